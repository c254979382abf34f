// Indexes the classes, functions and mentions of names of all files of a project. It infers no values.
import { enclosing, identifiers, type PyNode } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { locate, ownNodes } from './definitions.ts';
import type { IndexParts } from './index-parts.ts';
import { attributeSettings } from './settings-of-self.ts';
import type {
  AttributeSetting,
  BaseClass,
  ClassSource,
  FunctionSource,
  Mention,
  ProjectIndex,
} from './tracer.ts';

const COMPANIONS: ReadonlySet<string> = new Set([
  'sqlalchemy',
  'flask_sqlalchemy',
  'flask_sqlalchemy_lite',
  'sqlmodel',
  'geoalchemy2',
  'sqlalchemy_utils',
  'flask_appbuilder',
  'quart_sqlalchemy',
]);

/** Everything that one walk over the files finds. */
interface Walked {
  readonly classes: ReadonlyMap<string, ClassSource>;
  readonly classNodes: ReadonlyMap<PyNode, ClassSource>;
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>;
  readonly queryProperties: readonly Mention[];
  /** Assignments to attributes of anything but `self` and `cls`, by attribute. */
  readonly attributeAssignments: ReadonlyMap<string, readonly Mention[]>;
}

/** Creates the index; nothing is walked before the first question that needs it. */
export function createIndex(graph: ModuleGraph, symbols: Symbols, parts: IndexParts): ProjectIndex {
  let walkedOnce: Walked | null = null;
  const walked = (): Walked => (walkedOnce ??= joinParts(graph, symbols, parts));
  const functions = new Map<PyNode, FunctionSource>();
  const baseLists = new Map<ClassSource, readonly BaseClass[]>();
  const settingLists = new Map<ClassSource, ReadonlyMap<string, readonly AttributeSetting[]>>();
  const functionLists = new Map<string, readonly FunctionSource[]>();
  const mentionLists = new Map<string, readonly Mention[]>();
  let modulesByName: ReadonlyMap<string, Module> | null = null;
  const importers = new Map<Module, boolean>();
  let children: ReadonlyMap<string, readonly ClassSource[]> | null = null;
  let queryIds: ReadonlySet<string> | null = null;
  let uses: boolean | null = null;

  const functionAt = (module: Module, node: PyNode): FunctionSource =>
    remember(functions, node, () => describeFunction(module, node));

  function describeFunction(module: Module, node: PyNode): FunctionSource {
    const scope = module.binding.scopeOf(node);
    const name = node.child('name')?.text ?? '<lambda>';
    const binding = scope.bindings.get(name)?.find((each) => each.value === node);
    const decorated = node.parent?.kind === 'decorated_definition' ? node.parent : null;
    return {
      id: binding ? symbols.idOf(module, binding) : `${module.name}.${name}`,
      name,
      module,
      node,
      owner: scope.kind === 'class' ? classAt(scope.node) : null,
      isAsync: node.token('async') !== null,
      isGenerator: ownNodes(node, 'yield').length > 0,
      decorators: (decorated?.children ?? [])
        .filter((child) => child.kind === 'decorator')
        .flatMap((child) => child.named.slice(0, 1)),
    };
  }

  const classAt = (node: PyNode): ClassSource | null => walked().classNodes.get(node) ?? null;

  const bases = (source: ClassSource): readonly BaseClass[] =>
    remember(baseLists, source, () =>
      (source.node.child('superclasses')?.named ?? [])
        .filter((node) => node.kind !== 'keyword_argument')
        .map((node) => baseOf(source.module, node)),
    );

  function baseOf(module: Module, node: PyNode): BaseClass {
    const expression = node.kind === 'subscript' ? (node.child('value') ?? node) : node;
    const symbol = symbols.symbolOf(module, expression);
    if (symbol?.kind === 'library') return symbol.name;
    return symbol?.kind === 'definition' ? (walked().classes.get(symbol.id) ?? null) : null;
  }

  function ancestors(source: ClassSource): readonly BaseClass[] {
    const found: BaseClass[] = [];
    const visit = (each: BaseClass): void => {
      if (each !== null && typeof each !== 'string') {
        if (found.includes(each)) return;
        found.push(each);
        bases(each).forEach(visit);
      } else found.push(each);
    };
    visit(source);
    return found;
  }

  function childrenOf(id: string): readonly ClassSource[] {
    children ??= groupByBase([...walked().classes.values()], bases);
    return children.get(id) ?? [];
  }

  function descendants(source: ClassSource): readonly ClassSource[] {
    const found = new Set<ClassSource>();
    const visit = (each: ClassSource): void => {
      for (const child of childrenOf(each.id))
        if (child !== source && !found.has(child)) {
          found.add(child);
          visit(child);
        }
    };
    visit(source);
    return [...found];
  }

  const importsSqlalchemy = (module: Module): boolean =>
    remember(importers, module, () => {
      const { imports, starImports } = module.binding;
      const names = [
        ...imports.map((binding) => binding.imported?.module ?? ''),
        ...starImports.map((star) => star.module),
      ];
      return names.some((name) => COMPANIONS.has(name.split('.')[0] ?? ''));
    });

  return {
    classById: (id) => walked().classes.get(id) ?? null,
    classAt: (_, node) => classAt(node),
    functionsById: (id) =>
      remember(functionLists, id, () => {
        modulesByName ??= new Map(graph.modules.map((module) => [module.name, module]));
        return locate(modulesByName, id).map(({ module, node }) => functionAt(module, node));
      }),
    functionAt,
    bases,
    ancestors,
    descendants,
    settingsOfSelf: (source) =>
      remember(settingLists, source, () => attributeSettings(source, functionAt)),
    mentions: (name) =>
      remember(mentionLists, name, () =>
        [name, ...(walked().aliases.get(name) ?? [])].flatMap((each) =>
          mentionsIn(parts.modulesNaming(graph, each), each),
        ),
      ),
    attributeAssignments: (name) => walked().attributeAssignments.get(name) ?? [],
    hasQueryProperty(id) {
      queryIds ??= new Set(
        walked().queryProperties.flatMap(({ module, node }) => {
          const symbol = symbols.symbolOf(module, node);
          return symbol?.kind === 'definition' ? [symbol.id] : [];
        }),
      );
      return queryIds.has(id);
    },
    get usesSqlalchemy() {
      return (uses ??= graph.modules.some(importsSqlalchemy));
    },
    importsSqlalchemy,
  };
}

function remember<Key, Answer>(memo: Map<Key, Answer>, key: Key, compute: () => Answer): Answer {
  const known = memo.get(key);
  if (known !== undefined) return known;
  const answer = compute();
  memo.set(key, answer);
  return answer;
}

function joinParts(graph: ModuleGraph, symbols: Symbols, parts: IndexParts): Walked {
  const classes = new Map<string, ClassSource>();
  const classNodes = new Map<PyNode, ClassSource>();
  const aliases = new Map<string, Set<string>>();
  const queryProperties: Mention[] = [];
  const attributeAssignments = new Map<string, Mention[]>();
  for (const module of graph.modules) {
    const part = parts.partOf(module, symbols);
    for (const source of part.classes) {
      classNodes.set(source.node, source);
      if (!classes.has(source.id)) classes.set(source.id, source);
    }
    for (const [name, alias] of part.aliases) {
      const known = aliases.get(name);
      if (known) known.add(alias);
      else aliases.set(name, new Set([alias]));
    }
    queryProperties.push(...part.queryProperties);
    for (const [name, place] of part.attributeAssignments) add(attributeAssignments, name, place);
  }
  return { classes, classNodes, aliases, queryProperties, attributeAssignments };
}

function add<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

const PARAMETERS: ReadonlySet<string> = new Set([
  'parameters',
  'lambda_parameters',
  'typed_parameter',
]);

function mentionsIn(modules: readonly Module[], name: string): readonly Mention[] {
  return modules.flatMap((module) =>
    identifiers(module.tree.root, name)
      .filter(isMention)
      .map((node) => ({ module, node })),
  );
}

/** Names of imports, definitions, parameters and keywords mention nothing. */
function isMention(node: PyNode): boolean {
  const { parent, field } = node;
  if (!parent || field === 'name' || parent.kind === 'aliased_import') return false;
  if (parent.kind === 'dotted_name' && enclosing(parent, ...IMPORTS)) return false;
  return !PARAMETERS.has(parent.kind);
}

const IMPORTS: readonly string[] = [
  'import_statement',
  'import_from_statement',
  'future_import_statement',
];

function groupByBase(
  classes: readonly ClassSource[],
  bases: (source: ClassSource) => readonly BaseClass[],
): ReadonlyMap<string, readonly ClassSource[]> {
  const groups = new Map<string, ClassSource[]>();
  for (const source of classes)
    for (const base of bases(source))
      if (base !== null && typeof base !== 'string') add(groups, base.id, source);
  return groups;
}
