// Tells which classes are declarative bases, mapped, abstract or mixins, and in which order they inherit. It reads no attributes.
import type { Binding } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import { descendants } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Settings } from '../settings.ts';
import type { Symbol, Symbols } from '../symbols.ts';
import { booleanLiteral, readCall, unwrap } from './calls.ts';
import { linearize } from './linearize.ts';
import type { CallSource, ClassSource, Sources } from './sources.ts';

/** What is known about the ancestry of classes and base variables, by id. */
export interface Hierarchy {
  readonly mro: (id: string) => readonly string[];
  readonly isBase: (id: string) => boolean;
  readonly isAbstract: (id: string) => boolean;
  /** The declarative base (or the registry of a decorated class) that makes a class mapped or abstract. */
  readonly baseOf: (id: string) => string | null;
  readonly unknownBases: (id: string) => readonly string[];
  readonly isMapped: (id: string) => boolean;
  readonly isSqlModel: (id: string) => boolean;
  readonly isDataclass: (id: string) => boolean;
}

const DECLARATIVE_CLASSES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.DeclarativeBase',
  'sqlalchemy.orm.DeclarativeBaseNoMeta',
]);

const SQL_MODEL: ReadonlySet<string> = new Set(['sqlmodel.SQLModel', 'sqlmodel.main.SQLModel']);

/** Classes of libraries that are bases already. */
const LIBRARY_BASES: ReadonlySet<string> = new Set([
  'flask_sqlalchemy.SQLAlchemy.Model',
  'flask_appbuilder.Model',
  'flask_appbuilder.models.sqla.Model',
  ...SQL_MODEL,
]);

/** Stands for the base that `class User(declarative_base())` makes for itself. */
const INLINE_BASE = 'sqlalchemy.orm.declarative_base';

const BASE_FUNCTIONS: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.declarative_base',
  'sqlalchemy.ext.automap.automap_base',
]);

/** Ancestors from these libraries declare no columns. */
const WITHOUT_COLUMNS =
  /^(?:builtins|typing|typing_extensions|abc|enum|collections|dataclasses|sqlalchemy|flask_login|flask_sqlalchemy|sqlmodel)\./;

/** Judges all classes of the project. */
export function buildHierarchy(
  graph: ModuleGraph,
  sources: Sources,
  symbols: Symbols,
  settings: Settings,
): Hierarchy {
  const memo = new Map<string, readonly string[]>();
  const parents = new Map<string, readonly string[]>();
  const declared = new Set(settings.baseClasses);
  /** Variables that hold the base that a function of the project makes. */
  const made = new Set<string>();

  const isDeclared = (id: string): boolean =>
    declared.has(id) || declared.has(id.slice(id.lastIndexOf('.') + 1));

  function parentsOf(id: string): readonly string[] {
    const known = parents.get(id);
    if (known) return known;
    parents.set(id, []);
    const source = sources.classes.get(id);
    const found = source
      ? source.superclasses.flatMap((node) => ancestors(source.module, node))
      : baseVariableParents(sources.baseCalls.get(id) ?? null);
    parents.set(id, found);
    return found;
  }

  function baseVariableParents(source: CallSource | null): readonly string[] {
    const cls = source?.call.keywords.get('cls');
    if (!source || !cls) return [];
    const nodes = cls.kind === 'tuple' ? cls.named : [cls];
    return nodes.flatMap((node) => ancestors(source.module, node));
  }

  /** Ids and library names that one expression in a list of superclasses stands for; unknown ones as `?text`. */
  function ancestors(module: Module, expression: PyNode): readonly string[] {
    const node = unwrap(expression);
    if (node.kind === 'subscript') {
      const value = node.child('value');
      return value ? ancestors(module, value) : [];
    }
    const call = readCall(node);
    if (call) {
      if (/(^|\.)with_metaclass$/.test(call.callee.text))
        return call.positional.slice(1).flatMap((base) => ancestors(module, base));
      return isBaseCall(module, node) ? inlineBaseParents(module, node) : [`?${node.text}`];
    }
    const symbol = symbols.symbolOf(module, node);
    if (symbol) return fromSymbol(module, node, symbol);
    const alternatives =
      node.kind === 'identifier'
        ? alternativesOf(module, node.text, module.binding.reaching(node), 0)
        : [];
    return (
      alternatives.find((each) => baseAmong(each)) ??
      alternatives.find((each) => each.some((id) => sources.classes.has(id))) ??
      alternatives[0] ?? [`?${node.text}`]
    );
  }

  function inlineBaseParents(module: Module, node: PyNode): readonly string[] {
    const cls = readCall(node)?.keywords.get('cls');
    return [...(cls ? ancestors(module, cls) : []), INLINE_BASE];
  }

  function fromSymbol(module: Module, node: PyNode, symbol: Symbol): readonly string[] {
    if (symbol.kind === 'library')
      return symbol.name === 'flask_sqlalchemy.SQLAlchemy.Model'
        ? [symbol.name, ...flaskModelClass(module, node)]
        : [symbol.name];
    if (symbol.kind === 'module') return [`?${node.text}`];
    if (sources.classes.has(symbol.id) || sources.baseCalls.has(symbol.id)) return [symbol.id];
    const { value } = symbol.binding;
    const from = value ? madeByFunction(symbol.module, value, symbol.id) : null;
    return from ?? [`?${node.text}`];
  }

  /** `Base = make_base()` where the project's `make_base` returns a base. */
  function madeByFunction(module: Module, value: PyNode, id: string): readonly string[] | null {
    const call = readCall(value);
    const callee = call && symbols.symbolOf(module, call.callee);
    if (callee?.kind !== 'definition' || callee.binding.kind !== 'function') return null;
    const definition = callee.binding.value;
    const returned = definition ? descendants(definition, 'return_statement') : [];
    const expression = returned.length === 1 ? returned[0]?.named[0] : undefined;
    if (!expression) return null;
    if (isBaseCall(callee.module, expression)) {
      made.add(id);
      return [id];
    }
    return expression.kind === 'identifier' ? ancestors(callee.module, expression) : null;
  }

  function flaskModelClass(module: Module, node: PyNode): readonly string[] {
    const object = node.child('object');
    const symbol = object && symbols.symbolOf(module, object);
    if (symbol?.kind !== 'definition') return [];
    const cls = readCall(symbol.binding.value)?.keywords.get('model_class');
    return cls ? ancestors(symbol.module, cls) : [];
  }

  /** Where the bindings of a name disagree (`try: from a import Base` / `except: from b import Base`), what each leads to. */
  function alternativesOf(
    module: Module,
    name: string,
    bindings: readonly Binding[],
    depth: number,
  ): readonly (readonly string[])[] {
    if (depth > 8) return [];
    const modules = bindings.length > 0 ? [] : module.binding.starImports;
    return [
      ...bindings.flatMap((binding) => alternativesOfBinding(module, binding, depth)),
      ...modules.flatMap((star) => inModule(module, star.module, star.level, name, depth)),
    ];
  }

  function alternativesOfBinding(
    module: Module,
    binding: Binding,
    depth: number,
  ): readonly (readonly string[])[] {
    const { imported } = binding;
    if (imported?.name)
      return inModule(module, imported.module, imported.level, imported.name, depth);
    const id = symbols.idOf(module, binding);
    return sources.classes.has(id) || sources.baseCalls.has(id) ? [[id]] : [];
  }

  function inModule(
    from: Module,
    path: string,
    level: number,
    name: string,
    depth: number,
  ): readonly (readonly string[])[] {
    const target = graph.resolve(from, path, level);
    if (!target) return [[`${path}.${name}`]];
    return alternativesOf(target, name, target.binding.module.bindings.get(name) ?? [], depth + 1);
  }

  function baseAmong(ids: readonly string[]): boolean {
    return ids.some((id) => linearizeId(id).some((each) => isRoot(each)));
  }

  function isBaseCall(module: Module, node: PyNode): boolean {
    const call = readCall(node);
    if (!call) return false;
    const symbol = symbols.symbolOf(module, call.callee);
    if (symbol?.kind === 'library') return BASE_FUNCTIONS.has(symbol.name);
    return /\.(?:generate_base|make_declarative_base)$/.test(call.callee.text);
  }

  function linearizeId(id: string): readonly string[] {
    return linearize(id, parentsOf, memo);
  }

  const isBase = (id: string): boolean => {
    if (sources.baseCalls.has(id) || made.has(id)) return true;
    const source = sources.classes.get(id);
    if (!source) return false;
    return (
      isDeclared(id) ||
      parentsOf(id).some((parent) => DECLARATIVE_CLASSES.has(parent)) ||
      (parentsOf(id).includes(INLINE_BASE) && !hasTable(source)) ||
      source.decorators.some(isBaseDecorator) ||
      isMetaclassBase(source)
    );
  };

  const isRoot = (id: string): boolean =>
    isBase(id) ||
    id === INLINE_BASE ||
    LIBRARY_BASES.has(id) ||
    DECLARATIVE_CLASSES.has(id) ||
    isDeclared(id);

  const registryOf = (id: string): string | null => {
    const source = sources.classes.get(id);
    for (const decorator of source?.decorators ?? []) {
      const registry = source && registryOfDecorator(symbols, source.module, decorator);
      if (registry) return registry;
    }
    return null;
  };

  /** The registry of `registry.map_imperatively(User, …)`. */
  const classicalRegistry = (id: string): string | null => {
    const source = sources.mapperCalls.get(id);
    const object = source?.call.callee.child('object');
    const symbol = source && object && symbols.symbolOf(source.module, object);
    return symbol?.kind === 'definition' ? symbol.id : null;
  };

  const baseOf = (id: string): string | null => {
    const order = linearizeId(id);
    const root = order.find((each) => isRoot(each));
    if (root !== undefined) return root;
    return order.map(registryOf).find((registry) => registry !== null) ?? classicalRegistry(id);
  };

  const unknownBases = (id: string): readonly string[] =>
    linearizeId(id)
      .filter(
        (each) =>
          !sources.classes.has(each) &&
          !sources.baseCalls.has(each) &&
          !made.has(each) &&
          !WITHOUT_COLUMNS.test(each),
      )
      .map((each) => each.replace(/^\?/, ''));

  const isSqlModel = (id: string): boolean => linearizeId(id).some((each) => SQL_MODEL.has(each));

  const isAbstract = (id: string): boolean => {
    const binding = sources.classes.get(id)?.members.get('__abstract__')?.at(-1);
    return booleanLiteral(binding?.value) === true;
  };

  const isMappedOnce = (id: string): boolean => {
    const source = sources.classes.get(id);
    if (sources.mapperCalls.has(id)) return true;
    if (!source || isBase(id) || isAbstract(id)) return false;
    if (isSqlModel(id)) return booleanLiteral(source.keywords.get('table')) === true;
    if (baseOf(id) !== null) return true;
    return hasTable(source) && unknownBases(id).length > 0;
  };

  const mapped = new Map<string, boolean>();
  const isMapped = (id: string): boolean => {
    const answer = mapped.get(id) ?? isMappedOnce(id);
    mapped.set(id, answer);
    return answer;
  };

  return {
    mro: (id) => linearizeId(id).map((each) => each.replace(/^\?/, '')),
    isBase,
    isAbstract,
    baseOf,
    unknownBases,
    isMapped,
    isSqlModel,
    isDataclass: (id) =>
      linearizeId(id).some(
        (each) =>
          each === 'sqlalchemy.orm.MappedAsDataclass' ||
          (sources.classes.get(each)?.decorators ?? []).some((decorator) =>
            /\bmapped_as_dataclass\b/.test(decorator.text),
          ),
      ),
  };
}

/** The class says itself which table it has. */
function hasTable(source: ClassSource): boolean {
  return source.members.has('__tablename__') || source.members.has('__table__');
}

function isBaseDecorator(decorator: PyNode): boolean {
  const text = (readCall(decorator)?.callee ?? decorator).text;
  return /(^|\.)as_declarative(?:_base)?$/.test(text);
}

/** `class Base(metaclass=DeclarativeMeta): registry = …`, as typed projects of 1.4 spelled it. */
function isMetaclassBase(source: ClassSource): boolean {
  const metaclass = source.keywords.get('metaclass')?.text ?? '';
  return /(^|\.)DeclarativeMeta$/.test(metaclass) && source.members.has('registry');
}

/** The registry of `@registry.mapped`, `@registry.mapped_as_dataclass(…)`, `@mapped_as_dataclass(registry)`. */
function registryOfDecorator(symbols: Symbols, module: Module, decorator: PyNode): string | null {
  const call = readCall(decorator);
  const callee = call?.callee ?? decorator;
  const name = callee.kind === 'attribute' ? callee.child('attribute')?.text : callee.text;
  if (name !== 'mapped' && name !== 'mapped_as_dataclass') return null;
  const object = callee.kind === 'attribute' ? callee.child('object') : call?.positional[0];
  const symbol = object && symbols.symbolOf(module, object);
  if (symbol?.kind !== 'definition') return null;
  const made = readCall(symbol.binding.value);
  const maker = made && symbols.symbolOf(symbol.module, made.callee);
  return maker?.kind === 'library' && maker.name === 'sqlalchemy.orm.registry' ? symbol.id : null;
}
