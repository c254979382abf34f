// Finds the query that feeds a loop: from the iterated expression back to the statement that selects one mapped class. No judgement of the loop.
import {
  readCall,
  readMethodCall,
  unparenthesized,
  type Call,
  type MethodCall,
} from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';
import { headBehind, readChain } from '../query/chain.ts';

/** A query of one entity whose objects a loop runs over. */
export interface ElementSource {
  readonly entity: MappedClass;
  /** The expression that names the entity in the query. */
  readonly entityNode: PyNode;
  /** `select(…)` or `.query(…)`. */
  readonly head: Call;
  /** Where the statement ends: a generative call may be appended here. */
  readonly end: number;
  /** The calls that build the statement, in order. */
  readonly links: readonly MethodCall[];
  /** What executes it: the expression before `.query`, `.scalars` or `.execute`. */
  readonly session: PyNode;
  /** The call of `.query(…)`; `null` for a select(). */
  readonly query: PyNode | null;
  /** The method that executes a select(). */
  readonly executor: string | null;
  /** The local variables between the query and the loop, where they are read on the way. */
  readonly variables: readonly PyNode[];
  /** The node from which on the query may run: everything up to the loop lies after it. */
  readonly node: PyNode;
}

/** Methods that pass the objects of a result on, all of them and unchanged. */
const PASSING: ReadonlySet<string> = new Set(['all', 'unique', 'scalars', 'fetchall']);
const PASSING_BUILTINS: ReadonlySet<string> = new Set([
  'builtins.list',
  'builtins.tuple',
  'builtins.iter',
]);
const MAX_STEPS = 12;

/** The query whose objects the iterated expression yields; `null` if it is none, or not seen whole in this scope. */
export function elementSource(iterable: PyNode, facts: Facts): ElementSource | null {
  const variables: PyNode[] = [];
  const found = findSource(iterable, variables, facts);
  return found && { ...found, variables };
}

function findSource(iterable: PyNode, variables: PyNode[], facts: Facts): ElementSource | null {
  let node = iterable;
  let scalars = false;
  for (let step = 0; step < MAX_STEPS; step++) {
    node = unwrapped(node, facts);
    if (node.kind === 'identifier') {
      const value = localValue(node, facts);
      if (!value) return null;
      variables.push(node);
      node = value;
      continue;
    }
    const legacy = legacySource(node, facts);
    if (legacy) return legacy;
    const call = readMethodCall(node);
    if (!call) return null;
    const name = call.method.text;
    if (name === 'scalars' && call.positional.length > 0) return modernSource(call, facts);
    if (name === 'execute') return scalars ? modernSource(call, facts) : null;
    if (!PASSING.has(name) || call.list.named.length > 0) return null;
    if (name === 'scalars') scalars = true;
    node = call.receiver;
  }
  return null;
}

/** The expression behind parentheses, `await` and `list(…)`. */
function unwrapped(node: PyNode, facts: Facts): PyNode {
  const inner = unparenthesized(node);
  if (inner.kind === 'await' && inner.named[0]) return unwrapped(inner.named[0], facts);
  const call = readCall(inner);
  const only =
    call?.positional.length === 1 && call.keywords.length === 0 ? call.positional[0] : null;
  if (call && only && PASSING_BUILTINS.has(facts.qualifiedName(call.callee) ?? ''))
    return unwrapped(only, facts);
  return inner;
}

/** The value of a local variable that has just one. */
function localValue(identifier: PyNode, facts: Facts): PyNode | null {
  const binding = facts.definition(identifier);
  if (binding?.kind !== 'assignment' || binding.path.length > 0) return null;
  if (binding.scope !== functionScope(identifier, facts)) return null;
  return binding.value;
}

/** The function (or module) whose local names are read at `node`, comprehensions looked through. */
export function functionScope(node: PyNode, facts: Facts) {
  let scope = facts.binding.scopeOf(node);
  while (scope.kind === 'comprehension' && scope.parent) scope = scope.parent;
  return scope;
}

function legacySource(node: PyNode, facts: Facts): ElementSource | null {
  const head = headBehind(node);
  if (!head?.session) return null;
  const chain = readChain(head);
  const whole = chain.terminal ? chain.terminal.node : chain.built;
  if (chain.property || unparenthesized(whole) !== node) return null;
  if (chain.terminal && chain.terminal.method.text !== 'all') return null;
  return source(
    head.call,
    chain.links,
    { session: head.session, query: head.call.node, executor: null, node },
    facts,
  );
}

function modernSource(execution: MethodCall, facts: Facts): ElementSource | null {
  const [argument, ...more] = execution.positional;
  if (!argument || more.length > 0 || execution.keywords.length > 0) return null;
  const inner = unparenthesized(argument);
  const statement = inner.kind === 'identifier' ? localValue(inner, facts) : inner;
  if (!statement) return null;
  const links: MethodCall[] = [];
  let node = unparenthesized(statement);
  for (
    let link = readMethodCall(node);
    link && !isSelect(link, facts);
    link = readMethodCall(node)
  ) {
    links.unshift(link);
    node = unparenthesized(link.receiver);
  }
  const head = readCall(node);
  return head && isSelect(head, facts)
    ? source(
        head,
        links,
        {
          session: execution.receiver,
          query: null,
          executor: execution.method.text,
          node: statement,
        },
        facts,
      )
    : null;
}

function isSelect(call: Call, facts: Facts): boolean {
  return facts.qualifiedName(call.callee) === 'sqlalchemy.select';
}

/** Links after which the rows are no objects of the entity, or are not loaded as a whole. */
const REFUSED_LINKS: ReadonlySet<string> = new Set([
  'add_columns',
  'add_column',
  'add_entity',
  'with_entities',
  'with_only_columns',
  'yield_per',
  'from_statement',
  'enable_eagerloads',
]);

function source(
  head: Call,
  links: readonly MethodCall[],
  run: Pick<ElementSource, 'session' | 'query' | 'executor' | 'node'>,
  facts: Facts,
): ElementSource | null {
  const [entityNode, ...more] = head.positional;
  if (!entityNode || more.length > 0 || head.keywords.length > 0) return null;
  const entity = facts.mappedClass(entityNode);
  if (entity?.role !== 'mapped') return null;
  if (links.some((link) => REFUSED_LINKS.has(link.method.text))) return null;
  if (
    links.some(
      (link) => link.method.text === 'execution_options' && link.list.text.includes('yield_per'),
    )
  )
    return null;
  // An option that is held elsewhere may load the same relationship in another way, which SQLAlchemy refuses.
  if (links.some(({ method, list }) => method.text === 'options' && !list.named.every(isWritten)))
    return null;
  return {
    entity,
    entityNode,
    head,
    end: (links.at(-1) ?? head).node.end,
    links,
    variables: [],
    ...run,
  };
}

function isWritten(option: PyNode): boolean {
  return option.kind === 'call' || option.kind === 'comment';
}
