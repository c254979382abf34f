// Collects the scopes of a module and every place that binds a name. It resolves nothing.
import { childrenHolding, type PyNode, type PyTree } from '../python/tree.ts';
import { importBindings } from './imports.ts';
import { patternCaptures, targets } from './targets.ts';
import type { Binding, BindingKind, Scope, ScopeKind, StarImport } from './scope.ts';

/** What a module's syntax says about names, before anything is resolved. */
export interface Collected {
  readonly scopes: ReadonlyMap<PyNode, Scope>;
  readonly starImports: readonly StarImport[];
  readonly declared: ReadonlyMap<Scope, ReadonlyMap<string, 'global' | 'nonlocal'>>;
  /** The identifier nodes that bind. */
  readonly bound: ReadonlySet<PyNode>;
}

const SCOPE_KINDS: ReadonlyMap<string, ScopeKind> = new Map([
  ['module', 'module'],
  ['class_definition', 'class'],
  ['function_definition', 'function'],
  ['lambda', 'lambda'],
  ['list_comprehension', 'comprehension'],
  ['set_comprehension', 'comprehension'],
  ['dictionary_comprehension', 'comprehension'],
  ['generator_expression', 'comprehension'],
]);

/** The nodes that bind names or open scopes; what holds none of them need not be visited. */
const BINDING_KINDS: readonly string[] = [
  ...SCOPE_KINDS.keys(),
  'import_statement',
  'import_from_statement',
  'future_import_statement',
  'assignment',
  'augmented_assignment',
  'named_expression',
  'for_statement',
  'for_in_clause',
  'with_item',
  'except_clause',
  'delete_statement',
  'global_statement',
  'nonlocal_statement',
  'type_alias_statement',
  'case_clause',
];

/** A scope while it is being filled. */
interface OpenScope extends Scope {
  readonly bindings: Map<string, Binding[]>;
}

interface Walk {
  readonly scopes: Map<PyNode, OpenScope>;
  readonly starImports: StarImport[];
  readonly declared: Map<Scope, Map<string, 'global' | 'nonlocal'>>;
  readonly bound: Set<PyNode>;
  readonly moduleScope: OpenScope;
}

/** The scope and circumstances in which a node is visited. */
interface Place {
  readonly scope: OpenScope;
  readonly typeChecking: boolean;
}

type BindingDetails = Partial<Pick<Binding, 'value' | 'annotation' | 'path' | 'imported'>>;

/** Walks the tree once. */
export function collectBindings(tree: PyTree): Collected {
  const moduleScope = openScope('module', tree.root, null);
  const state: Walk = {
    scopes: new Map([[tree.root, moduleScope]]),
    starImports: [],
    declared: new Map(),
    bound: new Set(),
    moduleScope,
  };
  visitChildren(state, tree.root, { scope: moduleScope, typeChecking: false });
  return state;
}

function openScope(kind: ScopeKind, node: PyNode, parent: Scope | null): OpenScope {
  return { kind, node, parent, bindings: new Map() };
}

function visitChildren(state: Walk, node: PyNode, place: Place): void {
  for (const child of childrenHolding(node, BINDING_KINDS)) visit(state, child, place);
}

function visit(state: Walk, node: PyNode, place: Place): void {
  bindHere(state, node, place);
  const kind = SCOPE_KINDS.get(node.kind);
  if (kind) visitScope(state, node, place, kind);
  else if (node.kind === 'if_statement') visitIf(state, node, place);
  else visitChildren(state, node, place);
}

function visitIf(state: Walk, node: PyNode, place: Place): void {
  const condition = node.child('condition')?.text ?? '';
  const guard = condition === 'TYPE_CHECKING' || condition.endsWith('.TYPE_CHECKING');
  for (const child of childrenHolding(node, BINDING_KINDS))
    visit(
      state,
      child,
      guard && child.field === 'consequence' ? { ...place, typeChecking: true } : place,
    );
}

function visitScope(state: Walk, node: PyNode, place: Place, kind: ScopeKind): void {
  const scope = openScope(kind, node, place.scope);
  state.scopes.set(node, scope);
  const inner: Place = { ...place, scope };
  if (kind === 'comprehension') return visitComprehension(state, node, place, inner);
  for (const child of node.children) {
    if (child.field === 'parameters') visitParameters(state, child, place, inner);
    else visit(state, child, child.field === 'body' ? inner : place);
  }
}

function visitComprehension(state: Walk, node: PyNode, outer: Place, inner: Place): void {
  const first = node.children.find((child) => child.kind === 'for_in_clause');
  for (const child of node.children) {
    if (child !== first) visit(state, child, inner);
    else {
      bindHere(state, child, inner);
      for (const part of child.children) visit(state, part, part.field === 'right' ? outer : inner);
    }
  }
}

function visitParameters(state: Walk, parameters: PyNode, outer: Place, inner: Place): void {
  for (const parameter of parameters.named) {
    const value = parameter.child('value');
    const type = parameter.child('type');
    const pattern = parameter.child('name') ?? parameter.named[0] ?? parameter;
    const names = parameter.kind === 'identifier' ? [parameter] : identifiersOf(pattern);
    for (const name of names)
      bind(state, inner, 'parameter', name, parameter, {
        value,
        annotation: type?.named[0] ?? null,
      });
    for (const child of [value, type]) if (child) visit(state, child, outer);
  }
}

function identifiersOf(pattern: PyNode): readonly PyNode[] {
  return targets(pattern).map((target) => target.node);
}

function bindHere(state: Walk, node: PyNode, place: Place): void {
  const add = (kind: BindingKind, pattern: PyNode | null, details: BindingDetails = {}): void => {
    if (!pattern) return;
    for (const { node: name, path } of targets(pattern))
      bind(state, place, kind, name, node, { ...details, path });
  };
  switch (node.kind) {
    case 'import_statement':
    case 'import_from_statement':
    case 'future_import_statement':
      return bindImport(state, node, place);
    case 'assignment': {
      const annotation = node.child('type')?.named[0] ?? null;
      const value = assignedValue(node);
      return add(value ? 'assignment' : 'annotation', node.child('left'), { value, annotation });
    }
    case 'augmented_assignment':
      return add('augmented', node.child('left'), { value: node.child('right') });
    case 'named_expression':
      return bindWalrus(state, node, place);
    case 'for_statement':
      return add('for', node.child('left'), { value: node.child('right') });
    case 'for_in_clause':
      return add('comprehension', node.child('left'), { value: node.child('right') });
    case 'with_item':
      return bindAs(state, node, node.child('value'), place, 'with');
    case 'except_clause':
      return bindExcept(state, node, place);
    case 'class_definition':
      return add('class', node.child('name'), { value: node });
    case 'function_definition':
      return add('function', node.child('name'), {
        value: node,
        annotation: node.child('return_type')?.named[0] ?? null,
      });
    case 'delete_statement':
      return node.named.forEach((child) => add('delete', child));
    case 'global_statement':
    case 'nonlocal_statement':
      return declare(state, node, place);
    case 'type_alias_statement':
      return add('type-alias', node.child('left')?.named[0] ?? null, {
        value: node.child('right'),
      });
    case 'case_clause':
      for (const name of patternCaptures(node)) bind(state, place, 'match', name, node, {});
  }
}

function assignedValue(assignment: PyNode): PyNode | null {
  const right = assignment.child('right');
  return right?.kind === 'assignment' ? assignedValue(right) : right;
}

function bindImport(state: Walk, node: PyNode, place: Place): void {
  const { names, star } = importBindings(node);
  if (star) state.starImports.push(star);
  for (const { node: name, imported } of names)
    bind(state, place, 'import', name, node, { imported });
}

function bindWalrus(state: Walk, node: PyNode, place: Place): void {
  const name = node.child('name');
  let scope: Scope = place.scope;
  while (scope.kind === 'comprehension' && scope.parent) scope = scope.parent;
  const target = state.scopes.get(scope.node);
  if (name && target)
    bind(state, { ...place, scope: target }, 'walrus', name, node, { value: node.child('value') });
}

function bindAs(
  state: Walk,
  node: PyNode,
  value: PyNode | null,
  place: Place,
  kind: BindingKind,
): void {
  if (value?.kind !== 'as_pattern') return;
  const alias = value.child('alias')?.named[0];
  if (!alias) return;
  for (const { node: name, path } of targets(alias))
    bind(state, place, kind, name, node, { value: value.named[0] ?? null, path });
}

function bindExcept(state: Walk, node: PyNode, place: Place): void {
  const value = node.child('value') ?? node.named[0] ?? null;
  bindAs(state, node, value, place, 'except');
  const alias = node.child('alias');
  if (alias?.kind === 'identifier') bind(state, place, 'except', alias, node, { value });
}

function declare(state: Walk, node: PyNode, place: Place): void {
  const kind = node.kind === 'global_statement' ? 'global' : 'nonlocal';
  const names = state.declared.get(place.scope) ?? new Map<string, 'global' | 'nonlocal'>();
  state.declared.set(place.scope, names);
  for (const name of node.named) names.set(name.text, kind);
}

function bind(
  state: Walk,
  place: Place,
  kind: BindingKind,
  name: PyNode,
  statement: PyNode,
  details: BindingDetails,
): void {
  const scope = owningScope(state, place.scope, name.text);
  const binding: Binding = {
    kind,
    name: name.text,
    node: name,
    scope,
    statement,
    value: details.value ?? null,
    annotation: details.annotation ?? null,
    path: details.path ?? [],
    imported: details.imported ?? null,
    typeChecking: place.typeChecking,
  };
  state.bound.add(name);
  const list = scope.bindings.get(name.text);
  if (list) list.push(binding);
  else scope.bindings.set(name.text, [binding]);
}

/** A name declared `global` or `nonlocal` is bound elsewhere; Python requires the declaration to come first. */
function owningScope(state: Walk, scope: OpenScope, name: string): OpenScope {
  const declaration = state.declared.get(scope)?.get(name);
  if (declaration === 'global') return state.moduleScope;
  if (declaration !== 'nonlocal') return scope;
  for (let outer = scope.parent; outer; outer = outer.parent) {
    const open = state.scopes.get(outer.node);
    if (open && outer.kind === 'function' && open.bindings.has(name)) return open;
  }
  return scope;
}
