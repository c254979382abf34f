// Tells what the code around a query does with it. It knows neither sessions nor entities.
import type { ModuleBinding } from '../../binder/scope.ts';
import { readCall, readMethodCall, type MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { COMPOUNDS, headBehind, type QueryChain } from './chain.ts';

/** What becomes of a query in the expression where it is built. */
export type QueryUse =
  | { readonly kind: 'terminal'; readonly call: MethodCall }
  | { readonly kind: 'property'; readonly node: PyNode; readonly name: string }
  /** A terminal that somebody else calls: `retry(query.one)`. */
  | { readonly kind: 'bound'; readonly node: PyNode; readonly name: string }
  /** Something takes its elements one by one, once. `mapping` is `dict(…)`, which asks its argument for keys first. */
  | { readonly kind: 'iteration'; readonly mapping: boolean }
  | { readonly kind: 'subscript'; readonly node: PyNode; readonly index: PyNode }
  /** It is part of a SQL expression: a subquery that needs no session. `doubt` says what may differ from a Query; `isPart` that it is one of a union. */
  | { readonly kind: 'subquery'; readonly doubt?: string; readonly isPart?: boolean }
  /** It is compared with a SQL expression: a scalar subquery. */
  | { readonly kind: 'scalar-subquery' }
  /** It is kept as a Query. */
  | { readonly kind: 'kept'; readonly how: string };

const ITERATING_BUILTINS: ReadonlySet<string> = new Set([
  'all',
  'any',
  'dict',
  'enumerate',
  'frozenset',
  'iter',
  'list',
  'max',
  'min',
  'reversed',
  'set',
  'sorted',
  'sum',
  'tuple',
]);
const ITERATING_EVERYWHERE: ReadonlySet<string> = new Set(['zip', 'map', 'filter']);
/** Functions of the standard library that ask one of their arguments for an iterator at once, by its position: `chain()` asks later. */
const ITERATING_LIBRARY: ReadonlyMap<string, number> = new Map([
  ['collections.Counter', 0],
  ['collections.deque', 0],
  ['functools.reduce', 1],
  ['heapq.nlargest', 1],
  ['heapq.nsmallest', 1],
  ['itertools.accumulate', 0],
  ['itertools.combinations', 0],
  ['itertools.cycle', 0],
  ['itertools.dropwhile', 1],
  ['itertools.filterfalse', 1],
  ['itertools.groupby', 0],
  ['itertools.islice', 0],
  ['itertools.permutations', 0],
  ['itertools.starmap', 1],
  ['itertools.takewhile', 1],
]);
const ITERATING_METHODS: ReadonlySet<string> = new Set(['extend', 'join']);
/** Terminals without arguments, whose results are the same for whoever calls them. */
const BOUND: ReadonlySet<string> = new Set([
  'all',
  'count',
  'first',
  'one',
  'one_or_none',
  'scalar',
]);
const MEMBERSHIP: ReadonlySet<string> = new Set(['in_', 'notin_', 'not_in']);
const TRANSPARENT: ReadonlySet<string> = new Set(['parenthesized_expression']);

/** Classifies the place where the query stands. */
export function useOf(chain: QueryChain, binding: ModuleBinding): QueryUse {
  if (chain.terminal) return { kind: 'terminal', call: chain.terminal };
  if (chain.property) {
    const name = chain.property.child('attribute')?.text ?? '';
    const isBound = BOUND.has(name) && !isCalled(chain.property);
    return { kind: isBound ? 'bound' : 'property', node: chain.property, name };
  }
  if (chain.head.starred) return iterated;
  return consumerOf(chain.built, binding);
}

function isCalled(node: PyNode): boolean {
  return node.parent?.kind === 'call' && node.field === 'function';
}

/** What takes an iterable expression. */
export function consumerOf(iterable: PyNode, binding: ModuleBinding): QueryUse {
  let node = iterable;
  while (node.parent && TRANSPARENT.has(node.parent.kind)) node = node.parent;
  const { parent } = node;
  if (!parent) return kept('it stands alone');
  switch (parent.kind) {
    case 'for_statement':
    case 'for_in_clause':
      return isAsync(parent) || node.field !== 'right' ? kept('it is iterated') : iterated;
    case 'list_splat':
      return iterated;
    case 'yield':
      return parent.token('from') ? iterated : kept('it is yielded');
    case 'subscript':
      return subscripted(node, parent);
    case 'comparison_operator':
      return compared(node, parent);
    case 'assignment':
      return assigned(node, parent);
    case 'argument_list':
      return passed(node, parent, binding);
    case 'keyword_argument':
      return kept(`it is passed as \`${parent.child('name')?.text ?? ''}\``);
    case 'return_statement':
      return kept('the function returns it');
    case 'expression_statement':
      return kept('nothing executes it');
    default:
      return kept('it is used as a value');
  }
}

const iterated: QueryUse = { kind: 'iteration', mapping: false };

function kept(how: string): QueryUse {
  return { kind: 'kept', how };
}

function isAsync(node: PyNode): boolean {
  return node.token('async') !== null;
}

function subscripted(node: PyNode, parent: PyNode): QueryUse {
  const indexes = parent.childrenOf('subscript');
  const [index] = indexes;
  return node.field === 'value' && index && indexes.length === 1
    ? { kind: 'subscript', node: parent, index }
    : kept('it is an index');
}

function compared(node: PyNode, parent: PyNode): QueryUse {
  const operator = parent.childrenOf('operators');
  const only = operator.length === 1 || (operator.length === 2 && operator[0]?.text === 'not');
  const text = operator.map((each) => each.text).join(' ');
  if (!only) return kept('it is compared');
  if (text === 'in' || text === 'not in')
    return parent.named.at(-1) === node ? iterated : kept('it is compared');
  const others = parent.named.filter((each) => each !== node);
  return text !== 'is' &&
    !text.startsWith('is ') &&
    others.every((each) => EXPRESSIONS.test(each.kind))
    ? { kind: 'scalar-subquery' }
    : kept('it is compared');
}

/** What may be a column. A name or a literal is compared with the Query as an object. */
const EXPRESSIONS = /^(attribute|binary_operator|call|parenthesized_expression|subscript)$/;

/** `[a] = query`, `a, b = query`: unpacking iterates. */
function assigned(node: PyNode, parent: PyNode): QueryUse {
  const left = parent.child('left');
  if (node.field !== 'right' || !left) return kept('it is assigned');
  if (/^(pattern_list|tuple_pattern|list_pattern)$/.test(left.kind)) return iterated;
  return kept(`it is kept in \`${left.text}\``);
}

function passed(node: PyNode, list: PyNode, binding: ModuleBinding): QueryUse {
  const call = readCall(list.parent);
  if (!call) return kept('it is passed on');
  const position = ITERATING_LIBRARY.get(importedName(call.callee, binding) ?? '');
  if (position !== undefined && call.positional[position] === node) return iterated;
  const method = readMethodCall(list.parent);
  if (method) {
    if (MEMBERSHIP.has(method.method.text) && method.positional.length === 1)
      return { kind: 'subquery' };
    if (COMPOUNDS.has(method.method.text) && isMadeAsQuery(method.receiver, binding))
      return { kind: 'subquery', isPart: true };
    if (
      ITERATING_METHODS.has(method.method.text) &&
      method.positional.length === 1 &&
      isPlain(method)
    )
      return iterated;
    if (method.positional[0] === node && isTestingSuite(method, binding))
      return {
        kind: 'subquery',
        doubt: 'the labels of the columns differ from those in the text that it is compared with',
      };
    return kept(`it is passed to \`${method.callee.text.replaceAll(/\s+/g, ' ').slice(-60)}()\``);
  }
  const name = call.callee.text;
  if (call.callee.kind === 'identifier' && !binding.isBound(name, node)) {
    if (
      ITERATING_BUILTINS.has(name) &&
      call.positional[0] === node &&
      ((name !== 'max' && name !== 'min') || call.positional.length === 1)
    )
      return { kind: 'iteration', mapping: name === 'dict' };
    if (ITERATING_EVERYWHERE.has(name) && (name === 'zip' || call.positional[0] !== node))
      return iterated;
  }
  return kept(`it is passed to \`${name.replaceAll(/\s+/g, ' ').slice(-60)}()\``);
}

/** What a name, or a member of a module, is imported from: `itertools.islice`. */
function importedName(node: PyNode, binding: ModuleBinding): string | null {
  const root = node.kind === 'attribute' ? node.child('object') : node;
  if (root?.kind !== 'identifier') return null;
  const [only, ...others] = binding.lookup(root.text, root)?.bindings ?? [];
  if (!only?.imported || only.imported.level > 0 || others.length > 0) return null;
  const { module, name } = only.imported;
  const member = node === root ? name : name === null ? node.child('attribute')?.text : null;
  return member ? `${module}.${member}` : null;
}

/** Whether an expression, or all that its variable is ever given, starts with `query(…)`: sets have a `union()`, too. */
function isMadeAsQuery(node: PyNode, binding: ModuleBinding): boolean {
  if (headBehind(node)) return true;
  let start = node;
  while (start.kind !== 'identifier') {
    if (isProperty(start)) return true;
    const next = start.child('function') ?? start.child('object') ?? null;
    if (!next || !/^(attribute|call|identifier)$/.test(next.kind)) return false;
    start = next;
  }
  const bindings = binding.lookup(start.text, start)?.bindings ?? [];
  return (
    bindings.length > 0 &&
    bindings.every(
      ({ kind, path, value }) =>
        kind === 'assignment' &&
        path.length === 0 &&
        value !== null &&
        (headBehind(value) !== null || value.text.startsWith(`${start.text}.`)),
    ) &&
    bindings.some(({ value }) => value !== null && headBehind(value) !== null)
  );
}

/** `User.query`, `models.User.query`. */
function isProperty(node: PyNode): boolean {
  const owner = node.kind === 'attribute' ? node.child('object') : null;
  const name = owner?.child('attribute') ?? owner;
  return (
    node.child('attribute')?.text === 'query' &&
    name?.kind === 'identifier' &&
    /^(cls|[A-Z]\w*)$/.test(name.text)
  );
}

/** `self.assert_compile(query, "SELECT …")` of SQLAlchemy's own base class for tests. */
function isTestingSuite({ method, receiver }: MethodCall, binding: ModuleBinding): boolean {
  return (
    method.text === 'assert_compile' &&
    receiver.text === 'self' &&
    binding.imports.some((each) => /^sqlalchemy\.testing\b/.test(each.imported?.module ?? ''))
  );
}

/** `items.extend(query)`, `', '.join(query)`: the method of a list or string, not of a query. */
function isPlain(method: MethodCall): boolean {
  return method.method.text === 'extend'
    ? method.receiver.kind === 'identifier'
    : method.receiver.kind === 'string';
}
