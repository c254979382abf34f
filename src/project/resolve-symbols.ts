// Implements symbol resolution (see symbols.ts): follows imports, re-exports and plain aliases through the project's modules.
import type { Binding, Scope } from '../binder/scope.ts';
import type { PyNode } from '../python/tree.ts';
import { FLASK_SQLALCHEMY, flaskMember } from '../sqlalchemy/members.ts';
import { canonicalName, isKnownName } from '../sqlalchemy/names.ts';
import { BUILTINS } from '../python/builtins.ts';
import type { Module, ModuleGraph } from './modules.ts';
import { firstDefinition, type Symbol, type Symbols } from './symbols.ts';

/** Creates the resolver of a project; answers are computed on demand and remembered. */
export function createSymbols(graph: ModuleGraph): Symbols {
  const known = new Map<PyNode, Symbol | null>();
  const exports = new Map<string, Symbol | null>();
  const definitions = new Map<string, { readonly module: Module; readonly binding: Binding }>();
  const projectPackages = new Set(graph.modules.map((module) => module.name.split('.')[0]));

  /** Remembers an answer; a question that depends on itself has none. */
  function once<Key>(
    memo: Map<Key, Symbol | null>,
    key: Key,
    compute: () => Symbol | null,
  ): Symbol | null {
    const before = memo.get(key);
    if (before !== undefined) return before;
    memo.set(key, null);
    const answer = compute();
    memo.set(key, answer);
    return answer;
  }

  const symbolOf = (module: Module, node: PyNode): Symbol | null => {
    const before = known.get(node);
    return before === undefined ? once(known, node, () => symbolAt(module, node)) : before;
  };

  const symbolAt = (module: Module, node: PyNode): Symbol | null => {
    if (node.kind === 'identifier')
      return nameAt(module, node.text, node, module.binding.reaching(node));
    if (node.kind === 'parenthesized_expression' && node.named[0])
      return symbolOf(module, node.named[0]);
    if (node.kind !== 'attribute') return null;
    const object = node.child('object');
    const attribute = node.child('attribute');
    const owner = object && symbolOf(module, object);
    return owner && attribute ? memberOf(owner, attribute.text) : null;
  };

  function nameAt(
    module: Module,
    name: string,
    node: PyNode,
    reaching: readonly Binding[],
  ): Symbol | null {
    const lookup = module.binding.lookup(name, node);
    if (!lookup) return starred(module, name) ?? builtin(name);
    const bindings = reaching.length > 0 ? reaching : lookup.bindings;
    return agree(bindings.filter(mayDefine).map((binding) => symbolOfBinding(module, binding)));
  }

  function symbolOfBinding(module: Module, binding: Binding): Symbol | null {
    switch (binding.kind) {
      case 'import':
        return importedSymbol(module, binding);
      case 'class':
      case 'function':
        return define(module, binding);
      case 'assignment': {
        const alias =
          binding.path.length === 0 && binding.value ? aliased(module, binding.value) : null;
        return alias ?? define(module, binding);
      }
      case 'annotation':
      case 'type-alias':
        return define(module, binding);
      default:
        return null;
    }
  }

  function aliased(module: Module, value: PyNode): Symbol | null {
    return value.kind === 'identifier' || value.kind === 'attribute'
      ? symbolOf(module, value)
      : null;
  }

  function importedSymbol(module: Module, binding: Binding): Symbol | null {
    const { imported } = binding;
    if (!imported) return null;
    const target = graph.resolve(module, imported.module, imported.level);
    if (imported.name === null)
      return { kind: 'module', name: target?.name ?? imported.module, module: target };
    if (target) {
      const member = exported(target, imported.name);
      if (member) return member;
    }
    const child = [imported.module, imported.name].filter((part) => part !== '').join('.');
    const submodule = graph.resolve(module, child, imported.level);
    if (submodule) return { kind: 'module', name: submodule.name, module: submodule };
    if (target || imported.level > 0) return null;
    return outside(`${imported.module}.${imported.name}`);
  }

  /** A dotted name that no file of the project defines; `null` if it belongs to a package of the project. */
  function outside(name: string): Symbol | null {
    if (projectPackages.has(name.split('.')[0])) return null;
    return { kind: 'library', name: canonicalName(name) };
  }

  function exported(module: Module, name: string): Symbol | null {
    return once(exports, `${module.path}\0${name}`, () => {
      const bindings = module.binding.module.bindings.get(name)?.filter(mayDefine) ?? [];
      if (bindings.length > 0) {
        const symbol = agree(bindings.map((binding) => symbolOfBinding(module, binding)));
        if (symbol) return symbol;
      }
      const through = starred(module, name);
      if (through) return through;
      const submodule = module.isPackage ? graph.resolve(module, name, 1) : null;
      return submodule ? { kind: 'module', name: submodule.name, module: submodule } : null;
    });
  }

  function starred(module: Module, name: string): Symbol | null {
    if (name.startsWith('_')) return null;
    for (const star of module.binding.starImports.toReversed()) {
      const target = graph.resolve(module, star.module, star.level);
      const symbol = target
        ? exported(target, name)
        : starredLibrary(star.module, star.level, name);
      if (symbol) return symbol;
    }
    return null;
  }

  function starredLibrary(module: string, level: number, name: string): Symbol | null {
    if (level > 0) return null;
    const symbol = outside(`${module}.${name}`);
    return symbol?.kind === 'library' && isKnownName(symbol.name) ? symbol : null;
  }

  function memberOf(owner: Symbol, name: string): Symbol | null {
    if (owner.kind === 'library') return outside(`${owner.name}.${name}`);
    if (owner.kind === 'module') {
      if (owner.module) return exported(owner.module, name) ?? submoduleOf(owner.module, name);
      return submodule(`${owner.name}.${name}`) ?? outside(`${owner.name}.${name}`);
    }
    const { binding, module } = owner;
    if (binding.kind === 'class') return classMember(module, binding, name);
    return isFlaskObject(owner) ? flaskSymbol(name) : null;
  }

  function submoduleOf(module: Module, name: string): Symbol | null {
    const found = module.isPackage ? graph.resolve(module, name, 1) : null;
    return found ? { kind: 'module', name: found.name, module: found } : null;
  }

  function submodule(name: string): Symbol | null {
    if (!projectPackages.has(name.split('.')[0])) return null;
    const first = graph.modules[0];
    const found = first ? graph.resolve(first, name, 0) : null;
    if (found) return { kind: 'module', name: found.name, module: found };
    const inside = graph.modules.some((module) => module.name.startsWith(`${name}.`));
    return inside ? { kind: 'module', name, module: null } : null;
  }

  function classMember(module: Module, binding: Binding, name: string): Symbol | null {
    const body = binding.value?.child('body');
    if (!body) return null;
    const members = module.binding.scopeOf(body.children[0] ?? body).bindings.get(name) ?? [];
    return agree(members.filter(mayDefine).map((member) => symbolOfBinding(module, member)));
  }

  /** Whether a variable holds a Flask-SQLAlchemy object: `db = SQLAlchemy(app)`. */
  function isFlaskObject(symbol: Symbol): boolean {
    if (symbol.kind !== 'definition') return false;
    const call = symbol.binding.value;
    const callee = call?.kind === 'call' ? call.child('function') : null;
    return callee !== null && isFlaskClass(symbolOf(symbol.module, callee));
  }

  function isFlaskClass(symbol: Symbol | null): boolean {
    if (symbol?.kind === 'library') return symbol.name === FLASK_SQLALCHEMY;
    if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class') return false;
    const bases = symbol.binding.value?.child('superclasses')?.named ?? [];
    return bases.some((base) => isFlaskClass(symbolOf(symbol.module, base)));
  }

  function flaskSymbol(name: string): Symbol | null {
    const member = flaskMember(name);
    if (member === null) return null;
    const isNamed = member.kind === 'library' || member.kind === 'module';
    return { kind: 'library', name: isNamed ? member.name : `${FLASK_SQLALCHEMY}.${name}` };
  }

  function define(module: Module, binding: Binding): Symbol {
    const id = idOf(module, binding);
    const first = definitions.get(id);
    if (!first) definitions.set(id, { module, binding });
    return { kind: 'definition', id, module, binding };
  }

  function idOf(module: Module, binding: Binding): string {
    const again = earlierClasses(binding) + 1;
    const ordinal = again > 1 ? [`<${again}>`] : [];
    return [module.name, ...scopePath(binding.scope), ...ordinal, binding.name].join('.');
  }

  return {
    symbolOf,
    symbolNamed(module, name, node) {
      const [head = '', ...rest] = name.split('.');
      let symbol = nameAt(module, head, node, []);
      for (const part of rest) symbol = symbol && memberOf(symbol, part);
      return symbol;
    },
    exported,
    definition: (id) => definitions.get(id) ?? null,
    idOf,
  };
}

/** How many classes of its name the scope of a class has defined before it. */
function earlierClasses({ kind, scope, name, value }: Binding): number {
  if (kind !== 'class') return 0;
  const named = scope.bindings.get(name)?.filter((each) => each.kind === 'class') ?? [];
  return Math.max(
    0,
    named.findIndex((each) => each.value === value),
  );
}

/** The names of the scopes around a binding, outermost first, as in `__qualname__`. */
function scopePath(scope: Scope): readonly string[] {
  if (!scope.parent) return [];
  const outer = scopePath(scope.parent);
  const name = scope.node.child('name')?.text ?? `<${scope.kind}>`;
  return scope.kind === 'class' ? [...outer, name] : [...outer, name, '<locals>'];
}

/** `X = None` in the fallback of a failed import defines nothing to reason about. */
function mayDefine(binding: Binding): boolean {
  if (binding.kind === 'delete') return false;
  return !(binding.kind === 'assignment' && binding.value?.kind === 'none');
}

/** The one symbol that all alternatives agree on. */
function agree(symbols: readonly (Symbol | null)[]): Symbol | null {
  const [first, ...others] = symbols;
  if (!first) return null;
  return others.every((other) => other !== null && keyOf(other) === keyOf(first)) ? first : null;
}

function keyOf(symbol: Symbol): string {
  return symbol.kind === 'definition'
    ? `definition ${firstDefinition(symbol.id)}`
    : `${symbol.kind} ${symbol.name}`;
}

function builtin(name: string): Symbol | null {
  return BUILTINS.has(name) ? { kind: 'library', name: `builtins.${name}` } : null;
}
