// Whether code between a query and the reads of its elements could change what those reads give. Conservative: what it does not know counts as an effect.
import { readCall, type Call } from '../../python/calls.ts';
import { contains, walk, type PyNode, type Span } from '../../python/tree.ts';
import { chainStart } from '../query/chain.ts';
import type { Facts } from '../facts.ts';
import { lineOf } from '../place.ts';
import { functionScope } from './source.ts';

/** What the effects are judged against. */
export interface Watched {
  /** The expression of the Session. */
  readonly session: PyNode;
  /** The places where an element, or the list of them, is read. */
  readonly elements: readonly PyNode[];
  /** From the end of the query to the end of the loop. */
  readonly region: Span;
}

/** Session methods that read only. */
const READING: ReadonlySet<string> = new Set(['query', 'get', 'get_one']);
/** What else a Session does: only these are worth the question whether the receiver is one. */
const SESSION_WRITES: ReadonlySet<string> = new Set(
  'add add_all begin begin_nested bulk_insert_mappings bulk_save_objects bulk_update_mappings close commit delete expire expire_all expunge expunge_all flush invalidate merge prepare refresh rollback'.split(
    ' ',
  ),
);
/** Methods that execute a statement. */
const EXECUTING: ReadonlySet<string> = new Set(
  'execute executemany exec_driver_sql scalars scalar stream stream_scalars'.split(' '),
);
/** Methods of Query that write, or refresh what is loaded. */
const WRITING_QUERY: ReadonlySet<string> = new Set(['update', 'delete', 'populate_existing']);
/** Methods of containers and strings that keep what they are given. */
const KEEPING: ReadonlySet<string> = new Set(
  'append add extend insert setdefault update join format get items keys values count index sort strip lower upper split startswith endswith replace strftime isoformat write writerow writerows appendleft popleft pop quantize'.split(
    ' ',
  ),
);

/** Methods of collections that only read. */
const READS: ReadonlySet<string> = new Set('get items keys values count index copy'.split(' '));
/** Builtins that can do anything to an object. */
const WRITERS: ReadonlySet<string> = new Set(
  ['setattr', 'delattr', 'exec', 'eval'].map((name) => `builtins.${name}`),
);

/** The first effect in the region, described for people with its line; `null` if there is none. */
export function firstEffect(scope: PyNode, watched: Watched, facts: Facts): string | null {
  let effect: string | null = null;
  walk(scope, (node) => {
    if (effect || node.end <= watched.region.start || node.start >= watched.region.end)
      return false;
    if (contains(watched.region, node) && !isOutside(node, watched))
      effect = effectOf(node, watched, facts);
    return effect === null;
  });
  return effect;
}

function isOutside(node: PyNode, watched: Watched): boolean {
  return node.start < watched.region.start;
}

function effectOf(node: PyNode, watched: Watched, facts: Facts): string | null {
  if (node.kind === 'assignment' || node.kind === 'augmented_assignment') {
    const target = assignedAttribute(node.child('left'));
    return target && target.child('object')?.text !== 'self'
      ? at(facts, node, `assigns ${target.text}`)
      : null;
  }
  if (node.kind === 'delete_statement') return at(facts, node, 'deletes');
  if (node.kind === 'yield') return at(facts, node, 'yields, so that other code runs in between');
  const call = readCall(node);
  return call ? callEffect(call, watched, facts) : null;
}

/** The attribute that an assignment sets, or whose item it sets. */
function assignedAttribute(left: PyNode | null): PyNode | null {
  if (left?.kind === 'attribute') return left;
  if (left?.kind === 'subscript') return assignedAttribute(left.child('value'));
  if (left?.kind !== 'pattern_list' && left?.kind !== 'tuple_pattern') return null;
  return left.named.map(assignedAttribute).find((each) => each !== null) ?? null;
}

function callEffect(call: Call, watched: Watched, facts: Facts): string | null {
  const session = watched.session.text;
  const root = session.split(/[.(]/)[0] ?? session;
  const callee = call.callee.text;
  const method = call.callee.kind === 'attribute' ? call.callee.child('attribute')?.text : null;
  const receiver = call.callee.kind === 'attribute' ? call.callee.child('object') : null;
  const database = receiver && method ? databaseCall(call, receiver, method, session, facts) : null;
  if (database !== null)
    return database === 'reads' ? null : at(facts, call.node, `calls ${callee}()`);
  if (receiver && !READS.has(method ?? '') && isElement(receiver, watched, facts))
    return at(facts, call.node, `calls ${callee}() on an element`);
  if (facts.mappedClass(call.callee)) return at(facts, call.node, `creates a ${callee}`);
  if (isKnown(call, method ?? null, facts)) return null;
  if (
    receiver?.text === root ||
    call.list.named.some((each) => isSessionOrRoot(each, session, root))
  )
    return at(facts, call.node, `calls ${callee}(), which can reach the session`);
  if (call.list.named.some((each) => mentionsElement(each, watched, facts)))
    return at(facts, call.node, `passes an element to ${callee}()`);
  if (isGlobalSession(watched.session, facts) && isProjectFunction(call, facts))
    return at(facts, call.node, `calls ${callee}(), which can reach the global session`);
  return null;
}

/** What a call on a session, a query or a connection does to the database or to loaded objects; `null` for any other call. */
function databaseCall(
  call: Call,
  receiver: PyNode,
  method: string,
  session: string,
  facts: Facts,
): 'reads' | 'writes' | null {
  const { text } = receiver;
  // `result.scalars()` and `result.scalar()` read what was executed.
  const [first] = call.positional;
  if (
    method.startsWith('scalar') &&
    (!first || first.kind === 'integer') &&
    call.keywords.length === 0
  )
    return 'reads';
  if (EXECUTING.has(method)) return isSelected(first, facts) ? 'reads' : 'writes';
  if (/\.query\b/.test(text)) return WRITING_QUERY.has(method) ? 'writes' : 'reads';
  if (text !== session && !(SESSION_WRITES.has(method) && isSession(receiver, facts)))
    return text.startsWith(`${session}.`) ? 'reads' : null;
  return READING.has(method) ? 'reads' : 'writes';
}

function isSession(receiver: PyNode, facts: Facts): boolean {
  const value = facts.infer(receiver)?.value;
  return value?.kind === 'instance' && /(?:^|\.)(?:\w*[sS]ession)$/.test(value.of);
}

/** Whether what is executed is a `select()`, here or in the variable that holds it. */
function isSelected(statement: PyNode | undefined, facts: Facts): boolean {
  if (!statement) return false;
  const value =
    statement.kind === 'identifier' ? (facts.definition(statement)?.value ?? null) : statement;
  const start = value && chainStart(value);
  return start !== null && facts.qualifiedName(start.callee) === 'sqlalchemy.select';
}

/** Builtins, library functions and methods of plain containers and strings do not touch mapped objects. */
function isKnown(call: Call, method: string | null, facts: Facts): boolean {
  const name = facts.qualifiedName(call.callee);
  if (name !== null && WRITERS.has(name)) return false;
  if (name?.startsWith('builtins.') || name?.startsWith('sqlalchemy.')) return true;
  return method !== null && KEEPING.has(method);
}

function isSessionOrRoot(argument: PyNode, session: string, root: string): boolean {
  const value =
    argument.kind === 'keyword_argument' ? (argument.child('value') ?? argument) : argument;
  return value.text === session || value.text === root;
}

/** Whether an expression hands on a mapped object or a collection of them, not just a value read from one. */
function mentionsElement(node: PyNode, watched: Watched, facts: Facts): boolean {
  return watched.elements.some(
    (element) => contains(node, element) && isElement(chainOf(element, node), watched, facts),
  );
}

/** The longest attribute chain on an element inside `limit`. */
function chainOf(element: PyNode, limit: PyNode): PyNode {
  let node = element;
  while (
    (node.parent?.kind === 'attribute' &&
      node.field === 'object' &&
      contains(limit, node.parent)) ||
    (node.parent?.kind === 'subscript' && node.field === 'value' && contains(limit, node.parent))
  )
    node = node.parent;
  return node;
}

/** An element itself, or what a relationship of it gives. */
function isElement(node: PyNode, watched: Watched, facts: Facts): boolean {
  if (node.kind === 'subscript')
    return isElement(node.child('value') ?? node.children[0] ?? node, watched, facts);
  if (node.kind !== 'attribute') return watched.elements.includes(node);
  if (!watched.elements.some((element) => contains(node, element))) return false;
  const name = node.child('attribute')?.text ?? '';
  for (const model of facts.models.classes.values()) {
    const attribute = model.attributes.get(name);
    if (attribute && attribute.kind !== 'column') return true;
  }
  return false;
}

/** A session that other code reaches without being given it. */
function isGlobalSession(session: PyNode, facts: Facts): boolean {
  const root = rootOf(session);
  if (root.kind !== 'identifier' || root.text === 'self' || root.text === 'cls') return false;
  const place = facts.binding.lookup(root.text, root);
  if (!place || place.scope.kind === 'module') return true;
  return isScoped(root, facts) || functionScope(root, facts) !== place.scope;
}

function rootOf(node: PyNode): PyNode {
  const inner =
    node.kind === 'attribute'
      ? node.child('object')
      : node.kind === 'call'
        ? node.child('function')
        : null;
  return inner ? rootOf(inner) : node;
}

/** `session = Session()` of a scoped registry is the same session everywhere in the thread. */
function isScoped(root: PyNode, facts: Facts): boolean {
  const value = facts.definition(root)?.value;
  const callee = value?.kind === 'call' ? value.child('function') : null;
  const made = callee ? facts.infer(callee) : null;
  return made?.value.kind === 'instance' && made.value.of === 'sqlalchemy.orm.scoped_session';
}

function isProjectFunction(call: Call, facts: Facts): boolean {
  const symbol = facts.symbols.symbolOf(facts.module, call.callee);
  return symbol === null || symbol.kind === 'definition';
}

function at({ module }: Facts, node: PyNode, what: string): string {
  return `line ${lineOf(module, node)} ${what}`;
}
