// Builds, compares and joins values. It knows no syntax.
import { isLibrarySubclass } from '../../sqlalchemy/returns.ts';
import type { Inferred, InstanceValue, Value } from '../values.ts';

/** The wrapper of what `async def` returns; its element is the awaited value. */
export const COROUTINE = 'types.CoroutineType';
/** The wrapper of what a `with` statement enters; its element is what `as` binds. */
export const CONTEXT_MANAGER = 'contextlib.AbstractContextManager';
export const GENERATOR = 'collections.abc.Generator';
export const CALLABLE = 'collections.abc.Callable';
export const LIST = 'builtins.list';
export const DICT = 'builtins.dict';
export const NONE = 'builtins.None';
export const ROW = 'sqlalchemy.Row';

/** Stands for a question that is still being answered: it agrees with everything. */
export const PENDING: Inferred = {
  value: { kind: 'instance', of: '<pending>', element: null },
  evidence: 'proven',
  trail: [],
};

/** Something of which only contradicting things are known. */
export const OBJECT: InstanceValue = { kind: 'instance', of: 'builtins.object', element: null };

const LONGEST_TRAIL = 12;

/** An object of a class. */
export function instance(of: string, element: Value | null = null): InstanceValue {
  return { kind: 'instance', of, element };
}

/** A row of known items, or of unknown ones. */
export function row(items: readonly (Value | null)[] | null): InstanceValue {
  return instance(ROW, items && { kind: 'tuple', items });
}

/** Whether two values are the same in every respect. */
export function sameValue(a: Value | null, b: Value | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  if (a.kind === 'instance')
    return b.kind === 'instance' && a.of === b.of && sameValue(a.element, b.element);
  if (a.kind === 'tuple')
    return (
      b.kind === 'tuple' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => sameValue(item, b.items[index] ?? null))
    );
  if (a.kind === 'function')
    return b.kind === 'function' && a.id === b.id && sameValue(a.self, b.self);
  if (a.kind === 'method')
    return b.kind === 'method' && a.name === b.name && sameValue(a.self, b.self);
  if (a.kind === 'class') return b.kind === 'class' && a.id === b.id;
  if (a.kind === 'classes') return b.kind === 'classes' && a.ids.join(' ') === b.ids.join(' ');
  return b.kind === a.kind && a.name === b.name;
}

/** What holds of either value; `null` if they have nothing in common. */
export function commonValue(a: Value, b: Value): Value | null {
  if (sameValue(a, b)) return a;
  if (a.kind === 'instance' && b.kind === 'instance' && a.of === b.of)
    return instance(a.of, a.element && b.element && commonValue(a.element, b.element));
  if (a.kind === 'instance' && b.kind === 'instance') return commonBase(a, b) ?? commonBase(b, a);
  const classes = [...classIds(a), ...classIds(b)];
  if (classIds(a).length > 0 && classIds(b).length > 0)
    return { kind: 'classes', ids: [...new Set(classes)].toSorted() };
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.items.length === b.items.length)
    return {
      kind: 'tuple',
      items: a.items.map((item, index) => {
        const other = b.items[index] ?? null;
        return item && other && commonValue(item, other);
      }),
    };
  return null;
}

/** The classes of the project that a value may be. */
export function classIds(value: Value): readonly string[] {
  if (value.kind === 'classes') return value.ids;
  return value.kind === 'class' ? [value.id] : [];
}

/** The second of two objects of library classes, if the class of the first derives from its class. */
function commonBase(derivedOne: InstanceValue, base: InstanceValue): InstanceValue | null {
  if (derivedOne.of === base.of || !isLibrarySubclass(derivedOne.of, base.of)) return null;
  const element =
    derivedOne.element && base.element && commonValue(derivedOne.element, base.element);
  return instance(base.of, element);
}

/** Whether it is `None`. */
export function isNone(inferred: Inferred | null): boolean {
  return inferred?.value.kind === 'instance' && inferred.value.of === NONE;
}

/**
 * The value of an expression that is one of several. `None` is left out where something else is there: a use as an object that
 * meets `None` fails before and after any rewrite. Unknown alternatives make the whole unknown; known ones that have nothing in
 * common leave a plain `object`.
 */
export function joined(alternatives: readonly (Inferred | null)[]): Inferred | null {
  const settled = alternatives.filter((each) => each !== PENDING);
  if (settled.length === 0) return alternatives.length > 0 ? PENDING : null;
  const some = settled.filter((each) => !isNone(each));
  const mock = some.find((each) => isMock(each?.value ?? null));
  const real = some.filter((each) => !isMock(each?.value ?? null));
  if (mock && real.length > 0)
    return likely(joined(real), `a mock stands for it: ${mock.trail[0] ?? ''}`);
  const [first, ...others] = some.length > 0 ? some : settled;
  let result = first ?? null;
  for (const other of others) {
    if (!result || !other) return null;
    const value = commonValue(result.value, other.value) ?? OBJECT;
    result = { value, evidence: weaker(result, other), trail: result.trail };
  }
  return result;
}

/** What all answers have in common; the first one that is unknown makes the whole unknown, so that the others are not asked for. */
export function joinedOf<Item>(
  items: Iterable<Item>,
  answerTo: (item: Item) => Inferred | null,
): Inferred | null {
  const answers: Inferred[] = [];
  for (const item of items) {
    const answer = answerTo(item);
    if (answer === null) return null;
    answers.push(answer);
  }
  return joined(answers);
}

/** Whether it is an object of Python's mock library, which stands for something else in tests. */
function isMock(value: Value | null): boolean {
  return value?.kind === 'instance' && /^(unittest\.)?mock\./.test(value.of);
}

/** The weaker evidence of two facts. */
export function weaker(a: Inferred, b: Inferred): Inferred['evidence'] {
  return a.evidence === 'proven' ? b.evidence : a.evidence;
}

/** Another value that follows from a fact. */
export function derived(from: Inferred, value: Value | null, why?: string): Inferred | null {
  if (from === PENDING) return PENDING;
  if (!value) return null;
  return { value, evidence: from.evidence, trail: why ? longer(from.trail, why) : from.trail };
}

/** The same fact with one more step of its trail. */
export function step(inferred: Inferred | null, text: string): Inferred | null {
  return inferred && derived(inferred, inferred.value, text);
}

/** The same value, known less well. */
export function likely(inferred: Inferred | null, reason: string): Inferred | null {
  if (!inferred || inferred === PENDING) return inferred;
  return { ...inferred, evidence: 'likely', trail: longer(inferred.trail, reason) };
}

function longer(trail: readonly string[], text: string): readonly string[] {
  return trail.length < LONGEST_TRAIL && trail.at(-1) !== text ? [...trail, text] : trail;
}

/** The value inside an unpacked one. */
export function unpacked(
  inferred: Inferred | null,
  path: readonly (number | '*')[],
  iterated: (value: Inferred) => Inferred | null,
): Inferred | null {
  let current = inferred;
  for (const part of path) {
    if (!current || current === PENDING) return current;
    const items = itemsOf(current.value);
    if (part === '*') {
      const element = iterated(current);
      current = derived(current, instance(LIST, element && element.value));
    } else if (items) current = derived(current, items[part] ?? null);
    else current = iterated(current);
  }
  return current;
}

/** The items of a tuple or of a row of known items. */
export function itemsOf(value: Value): readonly (Value | null)[] | null {
  if (value.kind === 'tuple') return value.items;
  if (value.kind === 'instance' && value.of === ROW && value.element?.kind === 'tuple')
    return value.element.items;
  return null;
}
