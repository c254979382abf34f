// How often a function commits the AsyncSession that it is given: itself, or by the functions that it awaits. It judges no objects.
import { argumentFor, parameterName } from '../infer/arguments.ts';
import { readCall, readMethodCall, unparenthesized, type Call } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { calledFunction, type CalledFunction } from './called.ts';
import { asyncSession, functionOf } from './sessions.ts';
import { collectedTasks } from './tasks.ts';

/**
 * `at-times`: under a condition, or the object that it is about is refreshed afterwards. Called again and again, it expires what is left
 * sooner or later. `perhaps`: if it is told so, or something awaited afterwards may load any object again.
 */
export type Frequency = 'always' | 'at-times' | 'perhaps' | 'never';

/** What is known of the parameters of a function that are `True` or `False`. */
type Flags = ReadonlyMap<string, boolean>;

const MAX_DEPTH = 4;
const NO_FLAGS: Flags = new Map();

/** How often the function that a call runs commits. */
export function howOftenCommits(call: PyNode, called: CalledFunction): Frequency {
  return frequencyOf(call, called, NO_FLAGS, 0, new Set());
}

/** The calls whose coroutines an awaited call runs: itself, or those that `gather()` is given. */
export function coroutines(node: PyNode, facts: Facts): readonly PyNode[] {
  return collectedTasks(node, facts)?.spawned.map(({ call }) => call) ?? [node];
}

/** `save(session, commit=False)`, `update(session, auto_commit=False)`. */
function isToldNotTo({ keywords }: Call): boolean {
  return keywords.some(({ name, value }) => /commit/.test(name) && value.text === 'False');
}

function frequencyOf(
  node: PyNode,
  called: CalledFunction,
  given: Flags,
  depth: number,
  seen: ReadonlySet<PyNode>,
): Frequency {
  const call = readCall(node);
  const { definition, facts } = called;
  const body = definition.child('body');
  if (!call || !body || isToldNotTo(call) || depth > MAX_DEPTH || seen.has(definition))
    return 'never';
  const flags = flagsOf(node, called, given);
  const visited = new Set([...seen, definition]);
  let answer: Frequency = 'never';
  for (const awaited of descendants(body, 'await')) {
    if (functionOf(awaited) !== definition) continue;
    const inner = awaited.named[0] ? readCall(unparenthesized(awaited.named[0])) : null;
    const method = inner && readMethodCall(inner.node);
    const direct =
      method?.method.text === 'commit' && asyncSession(method.receiver, facts) !== null;
    if (direct && isOwn(method.receiver, called)) continue;
    const nested =
      direct || !inner
        ? []
        : coroutines(inner.node, facts).filter((each) => !takesOwn(each, called));
    const here = direct ? 'always' : mostOften(nested, facts, flags, depth + 1, visited);
    if (here === 'never') continue;
    const found = rarest([
      here,
      reaches(awaited, definition, flags, facts),
      reloadedAfter(awaited, called),
    ]);
    answer = mostFrequent([answer, found]);
  }
  return answer;
}

/** Whether a function opened a session itself: `async with make() as session`. */
function isOwn(session: PyNode, { definition, facts }: CalledFunction): boolean {
  const [root] = session.kind === 'identifier' ? [session] : descendants(session, 'identifier');
  const place = root && facts.binding.lookup(root.text, root);
  return (
    place?.scope.node === definition &&
    place.bindings.every(
      ({ kind, value }) =>
        kind === 'with' || kind === 'for' || (kind === 'assignment' && value?.kind === 'call'),
    )
  );
}

/** Whether a call is given a session that the function opened itself. */
function takesOwn(node: PyNode, called: CalledFunction): boolean {
  const list = node.child('arguments');
  const given = (list?.named ?? []).flatMap((each) =>
    each.kind === 'keyword_argument' ? (each.child('value') ?? []) : each,
  );
  return given.some(
    (each) =>
      each.kind === 'identifier' &&
      isOwn(each, called) &&
      asyncSession(each, called.facts) !== null,
  );
}

function mostOften(
  calls: readonly PyNode[],
  facts: Facts,
  flags: Flags,
  depth: number,
  seen: ReadonlySet<PyNode>,
): Frequency {
  return mostFrequent(
    calls.map((each) => {
      const callee = readCall(each)?.callee;
      const called = callee && calledFunction(callee, facts);
      return called ? frequencyOf(each, called, flags, depth, seen) : 'never';
    }),
  );
}

const FREQUENCIES: readonly Frequency[] = ['never', 'perhaps', 'at-times', 'always'];

function mostFrequent(found: readonly Frequency[]): Frequency {
  return FREQUENCIES.findLast((each) => found.includes(each)) ?? 'never';
}

function rarest(found: readonly Frequency[]): Frequency {
  return FREQUENCIES.find((each) => found.includes(each)) ?? 'never';
}

/** The parameters that a call gives `True` or `False`, by their defaults too. */
function flagsOf(call: PyNode, { definition, skipped }: CalledFunction, given: Flags): Flags {
  const parameters = definition.child('parameters')?.named ?? [];
  const flags = parameters.flatMap((parameter): [string, boolean][] => {
    const name = parameterName(parameter);
    const argument = argumentFor(call, parameter, skipped);
    const value = argument === 'default' ? parameter.child('value') : argument;
    if (name === null || value === null || value === 'unknown') return [];
    const truth = value === parameter.child('value') ? literal(value) : truthOf(value, given);
    return truth === null ? [] : [[name, truth]];
  });
  return new Map(flags);
}

function literal({ text }: PyNode): boolean | null {
  return text === 'True' ? true : text === 'False' ? false : null;
}

function truthOf(condition: PyNode, flags: Flags): boolean | null {
  const inner = unparenthesized(condition);
  if (inner.kind === 'not_operator') {
    const [operand] = inner.named;
    const truth = operand ? truthOf(operand, flags) : null;
    return truth === null ? null : !truth;
  }
  if (inner.kind === 'identifier') return flags.get(inner.text) ?? null;
  return literal(inner);
}

/** Whether a place of a function is reached; conditions that ask nothing of what the function is given or makes are settings. */
function reaches(node: PyNode, definition: PyNode, flags: Flags, facts: Facts): Frequency {
  let answer: Frequency = 'always';
  for (let each = node; each.parent && each !== definition; each = each.parent) {
    const { parent } = each;
    if (parent.kind === 'if_statement' && each.field !== 'condition') {
      const condition = parent.child('condition');
      const truth = condition && truthOf(condition, flags);
      const holds = each.kind === 'block' ? truth : truth === null ? null : !truth;
      if (holds === false) return 'never';
      if (holds === null && !(condition && isSetting(condition, definition, facts)))
        answer = rarest([answer, condition ? dependingOn(condition, definition) : 'perhaps']);
    } else if (CONDITIONAL.test(parent.kind) && each.kind === 'block')
      answer = rarest([answer, 'at-times']);
  }
  return rarest([answer, leftBefore(node, definition, flags)]);
}

const CONDITIONAL = /^(for_statement|while_statement|except_clause|elif_clause|case_clause)$/;

/** `if not auto_commit: return` before a place. */
function leftBefore(node: PyNode, definition: PyNode, flags: Flags): Frequency {
  let answer: Frequency = 'always';
  for (const each of descendants(definition, 'return_statement')) {
    if (each.start > node.start || functionOf(each) !== definition) continue;
    const branch = each.parent;
    const owner = branch?.parent;
    const condition =
      owner?.kind === 'if_statement' && branch?.field !== 'alternative'
        ? owner.child('condition')
        : null;
    const truth = condition && truthOf(condition, flags);
    if (truth === true && owner?.parent?.parent === definition) return 'never';
    if (truth !== false)
      answer = rarest([answer, condition ? dependingOn(condition, definition) : 'at-times']);
  }
  return answer;
}

/** `if commit:` and `if unit is None:` of a parameter may never hold: the caller decides. */
function dependingOn(condition: PyNode, definition: PyNode): Frequency {
  const parameters = (definition.child('parameters')?.named ?? []).map(parameterName);
  const told = condition.text.replace(/^not /, '').replace(/ is (not )?None$/, '');
  return /commit/.test(condition.text) || parameters.includes(told) ? 'perhaps' : 'at-times';
}

/** Whether a condition reads neither parameters nor variables of the function. */
function isSetting(condition: PyNode, definition: PyNode, facts: Facts): boolean {
  return descendants(condition, 'identifier').every(
    (each) =>
      each.field === 'attribute' ||
      facts.binding.lookup(each.text, each)?.scope.node !== definition,
  );
}

/** Whether something that is awaited after a place loads expired objects again: the one that it is about, or perhaps any. */
function reloadedAfter(node: PyNode, { definition, facts }: CalledFunction): Frequency {
  return rarest(
    descendants(definition, 'await').map((awaited) => {
      if (awaited.start <= node.end || functionOf(awaited) !== definition) return 'always';
      const [inner] = awaited.named;
      const call = inner ? readCall(unparenthesized(inner)) : null;
      if (!call) return inner?.text.includes('.awaitable_attrs.') === true ? 'at-times' : 'perhaps';
      const method = readMethodCall(call.node);
      if (method && asyncSession(method.receiver, facts) !== null)
        return method.method.text === 'refresh'
          ? 'at-times'
          : /^(commit|flush|close|aclose)$/.test(method.method.text)
            ? 'always'
            : 'perhaps';
      const called = calledFunction(call.callee, facts);
      if (called) return loads(called.definition);
      const takes = descendants(call.node, 'identifier', 'attribute').some(
        (each) => asyncSession(each, facts) !== null,
      );
      return takes ? 'perhaps' : 'always';
    }),
  );
}

function loads({ text }: PyNode): Frequency {
  if (/\b(execute|scalars?|exec|get|get_one|merge|stream(_scalars)?|query)\(/.test(text))
    return 'perhaps';
  return /\bawait\b/.test(text) ? 'at-times' : 'always';
}
