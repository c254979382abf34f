// Whether a function of the project sends a query by a value that it is given, itself or by the functions that it calls. It looks at no loops.
import { readCall, readMethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import { calledFunction, passedFor, type CalledFunction } from '../asyncio/called.ts';
import { asyncSession, functionOf, isAsync, isAwaited, syncSession } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import { parameterName } from '../infer/arguments.ts';
import type { Evidence } from '../values.ts';
import { executionOf } from './result.ts';
import { mentions } from './rounds.ts';

/** A query that a call leads to. */
export interface CalledQuery {
  readonly evidence: Evidence;
  /** The call that executes it, and the facts of its file. */
  readonly node: PyNode;
  readonly facts: Facts;
}

const MAX_DEPTH = 4;

/** The query that a call sends by what its arguments read of some names; `null` if it sends none, or one for many keys. */
export function queryOfCall(
  call: PyNode,
  names: ReadonlySet<string>,
  facts: Facts,
  depth = 0,
): CalledQuery | null {
  const callee = readCall(call)?.callee;
  const called = callee && depth <= MAX_DEPTH ? calledFunction(callee, facts) : null;
  if (!called || isRemembered(called.definition)) return null;
  if (isAsync(called.definition) && !isAwaited(call)) return null;
  const keys = keysOf(call, called, names);
  return keys.size > 0 ? queryBy(keys, called, depth) : null;
}

/** The parameters by which a function is given what is read of some names: not a whole batch in a variable. */
function keysOf(
  call: PyNode,
  { definition, skipped }: CalledFunction,
  names: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set(
    (definition.child('parameters')?.named ?? []).flatMap((parameter) => {
      const argument = passedFor(call, parameter, skipped);
      const name = parameterName(parameter);
      return argument && name !== null && mentions(argument, names) ? [name] : [];
    }),
  );
}

function queryBy(
  keys: ReadonlySet<string>,
  { definition, facts }: CalledFunction,
  depth: number,
): CalledQuery | null {
  const body = definition.child('body');
  if (!body) return null;
  const names = derivedFrom(keys, body);
  for (const node of descendants(body, 'call')) {
    const call = readCall(node);
    if (!call || functionOf(node) !== definition || !mentions(call.list, names)) continue;
    const found = executes(node, facts) ?? queryOfCall(node, names, facts, depth + 1);
    if (!found) continue;
    const evidence = isPlain(definition, node) ? found.evidence : 'likely';
    return { ...found, evidence };
  }
  return null;
}

function executes(node: PyNode, facts: Facts): CalledQuery | null {
  const call = readMethodCall(node);
  if (!call || !/^(get|get_one|scalar|scalars|execute|exec)$/.test(call.method.text)) return null;
  const execution = executionOf(node, facts);
  // A statement from elsewhere is a SELECT where its rows are read.
  const selects = execution
    ? execution.statements.every((each) => each.selects)
    : call.method.text.startsWith('exec') && READS.test(functionOf(node)?.text ?? '');
  if (!selects) return null;
  const evidence = asyncSession(call.receiver, facts) ?? syncSession(call.receiver, facts);
  return evidence && { evidence, node, facts };
}

const READS = /\.(scalar(s|_one|_one_or_none)?|all|first|one|one_or_none)\(/;

/** The names, and those of what a function makes of them. */
function derivedFrom(keys: ReadonlySet<string>, body: PyNode): ReadonlySet<string> {
  const names = new Set(keys);
  for (const each of descendants(body, 'assignment')) {
    const target = each.child('left');
    const value = each.child('right');
    if (target?.kind === 'identifier' && value && mentions(value, names)) names.add(target.text);
  }
  return names;
}

/** A function that keeps its results: `@cache`, `@lru_cache(maxsize=None)`. */
function isRemembered(definition: PyNode): boolean {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  return (decorated?.children ?? []).some(
    ({ kind, text }) => kind === 'decorator' && /cache|memoi/i.test(text),
  );
}

/** Whether a function just asks: it writes nothing, and does not answer from elsewhere before. */
function isPlain(definition: PyNode, query: PyNode): boolean {
  const body = definition.child('body') ?? definition;
  if (WRITES.test(body.text)) return false;
  return !descendants(body, 'return_statement').some(({ end }) => end <= query.start);
}

const WRITES = /\.(add|add_all|delete|flush|commit|rollback|merge)\(|\b(insert|update|delete)\(/;
