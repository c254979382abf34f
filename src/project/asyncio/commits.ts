// Finds the places of a function after which the objects of a session are expired: commits, rollbacks, ends of transaction blocks, also in called functions. It reads no attributes.
import { readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import { contains, descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { calledFunction, type CalledFunction } from './called.ts';
import { coroutines, howOftenCommits } from './committing.ts';
import { rollsBackOnFailure } from './failures.ts';
import { asyncSession, functionOf } from './sessions.ts';

/** Something that expires what a session holds. */
export interface Expiry {
  /** The statement after which the objects are expired. */
  readonly statement: PyNode;
  /** The session as the function names it. */
  readonly session: string;
  /** What happens, for people. */
  readonly what: string;
  readonly kind: 'commit' | 'rollback' | 'block';
  /** It may not happen every time: a called function does it under a condition. */
  readonly sure: boolean;
  /** It happens in one round or another of a loop. */
  readonly repeated: boolean;
  /** The call of the function that does it; `null` where the statement does it itself. */
  readonly call: PyNode | null;
}

/** The expiries in a function, in source order. */
export function expiriesIn(definition: PyNode, facts: Facts): readonly Expiry[] {
  const body = definition.child('body');
  if (!body || !MENTIONS.test(body.text)) return [];
  const found: Expiry[] = [];
  for (const node of descendants(body, 'await')) {
    if (functionOf(node) !== definition) continue;
    found.push(...awaitedExpiries(node, facts));
  }
  for (const node of descendants(body, 'with_statement')) {
    const begun = functionOf(node) === definition ? beginBlock(node, facts) : null;
    if (begun)
      found.push({
        statement: node,
        session: begun.session,
        what: `the end of \`${begun.call.text}\``,
        kind: 'block',
        sure: true,
        repeated: true,
        call: null,
      });
  }
  return found.toSorted((a, b) => a.statement.end - b.statement.end);
}

/** What a function must mention to be worth a look: the words, or a session that it hands on. */
const MENTIONS = /commit|rollback|begin\(|session|\bdb\b/;

function awaitedExpiries(node: PyNode, facts: Facts): readonly Expiry[] {
  const statement = statementOf(node);
  const call = node.named[0] ? readCall(unparenthesized(node.named[0])) : null;
  if (!statement || !call) return [];
  const method = readMethodCall(call.node);
  const name = method?.method.text;
  if (method && (name === 'commit' || name === 'rollback')) {
    if (asyncSession(method.receiver, facts) === null) return [];
    const what = `\`${call.node.text}\``;
    return [
      {
        statement,
        session: method.receiver.text,
        what,
        kind: name,
        sure: true,
        repeated: true,
        call: null,
      },
    ];
  }
  return coroutines(call.node, facts).flatMap((each) => expiriesInCall(each, statement, facts));
}

/** A called function that commits the session it is given, or rolls it back where it fails. */
function expiriesInCall(node: PyNode, statement: PyNode, facts: Facts): readonly Expiry[] {
  const call = readCall(node);
  if (!call) return [];
  const called = calledFunction(call.callee, facts);
  const session = called && (sessionIn(node, facts) ?? sessionAround(called, node));
  if (!session) return [];
  const found = { statement, session, call: node };
  const name = `\`${call.callee.text}()\``;
  const how = howOftenCommits(node, called);
  const commit = { ...found, what: `${name}, which commits`, kind: 'commit' as const };
  const rollback = { ...found, what: `${name}, which rolls back`, kind: 'rollback' as const };
  return [
    ...(rollsBackOnFailure(called.definition, called.facts)
      ? [{ ...rollback, sure: false, repeated: false }]
      : []),
    ...(how === 'never'
      ? []
      : [{ ...commit, sure: how === 'always', repeated: how !== 'perhaps' }]),
  ];
}

/** The session that a call is given, or that the object of its method was made with. */
function sessionIn(node: PyNode, facts: Facts): string | null {
  for (const each of descendants(node, 'argument_list').flatMap((list) => list.named)) {
    const value = each.kind === 'keyword_argument' ? each.child('value') : each;
    if (value && /^(identifier|attribute)$/.test(value.kind) && asyncSession(value, facts))
      return value.text;
  }
  return null;
}

/** The session of a function that one defined in it uses. */
function sessionAround({ definition, facts }: CalledFunction, call: PyNode): string | null {
  if (definition.source !== call.source || functionOf(definition) !== functionOf(call)) return null;
  if (functionOf(call) === null) return null;
  const found = descendants(definition.child('body') ?? definition, 'identifier').find(
    (each) =>
      /session|^db$/i.test(each.text) &&
      facts.binding.lookup(each.text, each)?.scope.node !== definition &&
      asyncSession(each, facts) !== null,
  );
  return found?.text ?? null;
}

/** The statement of a block that a node is part of. */
export function statementOf(node: PyNode): PyNode | null {
  let each = node;
  while (each.parent && each.parent.kind !== 'block' && each.parent.kind !== 'module')
    each = each.parent;
  return each.parent ? each : null;
}

/** The session of `async with session.begin():` and of `async with make.begin() as session:`. */
function beginBlock(
  node: PyNode,
  facts: Facts,
): { readonly session: string; readonly call: PyNode } | null {
  const clause = node.children.find((child) => child.kind === 'with_clause');
  for (const call of clause ? descendants(clause, 'call') : []) {
    const method = readMethodCall(call);
    if (method?.method.text !== 'begin') continue;
    if (asyncSession(method.receiver, facts)) return { session: method.receiver.text, call };
    const alias = call.parent?.kind === 'as_pattern' ? call.parent.child('alias') : null;
    const target = alias?.named[0] ?? alias;
    if (target?.kind === 'identifier' && asyncSession(target, facts))
      return { session: target.text, call };
  }
  return null;
}

/** Whether every way from a place to a later one passes the end of a statement. */
export function dominates(statement: PyNode, later: PyNode): boolean {
  if (statement.end > later.start) return false;
  let block = statement.parent;
  while (block) {
    if (block.start <= later.start && later.end <= block.end) return true;
    const owner: PyNode | null = block.parent;
    const passes =
      owner?.kind === 'with_statement' ||
      (owner?.kind === 'try_statement' && block.field === 'body');
    if (!owner || !passes) return false;
    block = owner.parent;
  }
  return false;
}

/** The statement beside a later place, or before it, that holds another one from which some way leads there; `null` if it leaves before. */
export function leadsTo(statement: PyNode, later: PyNode): PyNode | null {
  if (statement.end > later.start) return null;
  let each = statement;
  for (;;) {
    const block: PyNode | null = each.parent;
    if (block?.kind !== 'block') return block?.kind === 'module' ? each : null;
    if (contains(block, later)) return each;
    if (block.named.slice(block.named.indexOf(each)).some(leaves)) return null;
    let owner: PyNode | null = block.parent;
    while (owner && !owner.kind.endsWith('_statement')) {
      if (owner.kind === 'function_definition' || owner.kind === 'class_definition') return null;
      owner = owner.parent;
    }
    if (!owner || contains(owner, later)) return null;
    each = owner;
  }
}

function leaves({ kind }: PyNode): boolean {
  return /^(return|raise|continue|break)_statement$/.test(kind);
}
