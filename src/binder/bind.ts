// Binds the names of one module by Python's scoping rules. It follows no import and infers no value.
import { contains, enclosing, identifiers, type PyNode, type PyTree } from '../python/tree.ts';
import { collectBindings } from './collect.ts';
import { reachingBindings } from './flow.ts';
import type { Lookup, ModuleBinding, Scope } from './scope.ts';

const NO_REFERENCE_FIELDS: ReadonlySet<string> = new Set(['attribute', 'name', 'alias']);

/**
 * Binds a parsed module.
 *
 * See the Python reference, section 4.2 "Naming and binding": class scopes do not enclose functions, the first iterable of a
 * comprehension is evaluated outside of it, a walrus in a comprehension binds in the enclosing function.
 */
export function bindModule(tree: PyTree): ModuleBinding {
  const { scopes, starImports, declared, bound } = collectBindings(tree);
  const module = requireScope(scopes, tree.root);
  const reads = new Map<string, ReadonlyMap<Scope, readonly PyNode[]>>();

  const scopeOf = (node: PyNode): Scope => {
    for (let child = node, owner = node.parent; owner; child = owner, owner = owner.parent) {
      const scope = scopes.get(owner);
      if (scope && isInside(owner, child, node)) return scope;
    }
    return module;
  };

  const lookup = (name: string, node: PyNode): Lookup | null => {
    const start = scopeOf(node);
    for (let scope: Scope | null = start; scope; scope = scope.parent) {
      if (scope.kind === 'class' && scope !== start) continue;
      const declaration = declared.get(scope)?.get(name);
      if (declaration === 'global') return found(module, name);
      if (declaration === 'nonlocal') continue;
      if (scope.bindings.has(name) && !isUnboundYet(scope, name, node)) return found(scope, name);
    }
    return null;
  };

  const byScope = (read: readonly PyNode[], name: string): ReadonlyMap<Scope, PyNode[]> => {
    const found = new Map<Scope, PyNode[]>();
    for (const node of read) {
      const scope = lookup(name, node)?.scope;
      if (!scope) continue;
      const list = found.get(scope);
      if (list) list.push(node);
      else found.set(scope, [node]);
    }
    return found;
  };

  return {
    tree,
    module,
    starImports,
    imports: importsOf(scopes),
    scopeOf,
    lookup,
    reaching(identifier) {
      const place = lookup(identifier.text, identifier);
      if (!place) return [];
      return scopeOf(identifier) === place.scope
        ? reachingBindings(identifier, place.scope, place.bindings)
        : place.bindings.filter((binding) => binding.kind !== 'delete');
    },
    references(scope, name) {
      const read = reads.get(name) ?? byScope(readsOf(tree, name, bound), name);
      reads.set(name, read);
      return read.get(scope) ?? [];
    },
    isBound: (name, node) => lookup(name, node) !== null,
  };
}

function requireScope(scopes: ReadonlyMap<PyNode, Scope>, node: PyNode): Scope {
  const scope = scopes.get(node);
  if (!scope) throw new Error(`no scope for ${node.kind}`);
  return scope;
}

/** In a class body a name that is bound only later is still that of the module: `tags = relationship(secondary=tags)`. */
function isUnboundYet(scope: Scope, name: string, node: PyNode): boolean {
  // An annotation may be evaluated after the assignment, or much later.
  if (scope.kind !== 'class' || node.kind !== 'identifier' || enclosing(node, 'type')) return false;
  const bindings = scope.bindings.get(name) ?? [];
  return bindings.every(
    ({ node: bound, statement }) =>
      bound !== node && (statement.start > node.start || contains(statement, node)),
  );
}

function found(scope: Scope, name: string): Lookup {
  return { scope, bindings: scope.bindings.get(name) ?? [] };
}

function importsOf(scopes: ReadonlyMap<PyNode, Scope>): ModuleBinding['imports'] {
  return [...scopes.values()]
    .flatMap((scope) => [...scope.bindings.values()].flat())
    .filter((binding) => binding.kind === 'import')
    .toSorted((a, b) => a.node.start - b.node.start);
}

/** Whether `node`, below `child` of the scope's `owner`, is evaluated inside that scope. */
function isInside(owner: PyNode, child: PyNode, node: PyNode): boolean {
  switch (owner.kind) {
    case 'module':
      return true;
    case 'class_definition':
      return child.field === 'body';
    case 'function_definition':
    case 'lambda':
      return (
        child.field === 'body' || (child.field === 'parameters' && isParameterName(node, child))
      );
    default: {
      const first = owner.children.find((each) => each.kind === 'for_in_clause');
      if (child !== first) return true;
      const iterable = first.child('right');
      return !iterable || node.start < iterable.start || node.end > iterable.end;
    }
  }
}

function isParameterName(node: PyNode, parameters: PyNode): boolean {
  for (let each: PyNode | null = node; each && each !== parameters; each = each.parent)
    if (each.field === 'value' || each.field === 'type') return false;
  return true;
}

function readsOf(tree: PyTree, name: string, bound: ReadonlySet<PyNode>): readonly PyNode[] {
  const found = identifiers(tree.root, name);
  const read = found.filter((node) => !bound.has(node) && isRead(node));
  // `x += 1` binds and reads.
  const augmented = found.filter(
    ({ parent, field }) => parent?.kind === 'augmented_assignment' && field === 'left',
  );
  return [...read, ...augmented];
}

function isRead(identifier: PyNode): boolean {
  const { parent, field } = identifier;
  if (!parent) return false;
  if (parent.kind === 'attribute') return field !== 'attribute';
  if (parent.kind === 'keyword_argument') return field !== 'name';
  if (parent.kind === 'keyword_pattern') return identifier !== parent.named[0];
  if (parent.kind === 'global_statement' || parent.kind === 'nonlocal_statement') return false;
  if (parent.kind === 'dotted_name') return isPatternHead(identifier, parent);
  return !(field !== null && NO_REFERENCE_FIELDS.has(field) && parent.kind !== 'type');
}

/** In `case Color.RED:` the head of the dotted name is read. */
function isPatternHead(identifier: PyNode, dotted: PyNode): boolean {
  const owner = enclosing(dotted, 'case_clause', 'import_statement', 'import_from_statement');
  return dotted.named[0] === identifier && owner?.kind === 'case_clause';
}
