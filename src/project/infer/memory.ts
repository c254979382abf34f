// Remembers answers, and settles questions that depend on themselves. It knows nothing of what is asked.
import type { Inferred } from '../values.ts';
import { PENDING, sameValue } from './value.ts';

type Key = object | string;
type Answer = Inferred | null;

/** A question that is being answered. */
interface Question {
  readonly depth: number;
  /** What is answered to the question while it is being answered. */
  assumed: Answer;
  /** Whether it was asked while it was being answered. */
  asked: boolean;
  /** The depth of the outermost open question that the answer rests on; `-1` if it rests on a limit. */
  restsOn: number;
  /** Some answer inside was not what had been assumed of it. */
  unstable: boolean;
  /** How often the circle that it heads was gone through. */
  round: number;
}

/** An answer that holds as long as the open questions that it rests on are assumed to have their answers. */
interface Draft {
  readonly key: Key;
  readonly answer: Answer;
  readonly restsOn: number;
}

/** Remembers answers by the identity of what was asked. */
export interface Memory {
  once(key: Key, compute: () => Answer): Answer;
}

const DEEPEST = 500;
/** How often a question from outside is asked again after those that were too deep for it. */
const MOST_REPEATS = 20;
/** Work on one question from outside; more than that is no longer worth the time. */
const MOST_STEPS = 20_000;
/** How often a circle of questions is gone through until nothing changes. */
const MOST_ROUNDS = 8;
/** An answer that still changes after so many rounds is given up, so that the others may settle. */
const PATIENCE = 2;

/**
 * Creates an empty memory.
 *
 * Questions may form circles (`q = q.filter(…)` in a loop, functions that call each other). The first one asked heads the circle: it is
 * first assumed to agree with everything, then to be what was found, until what is found is what was assumed; else nothing is known.
 * A question that is too deep inside another one is asked on its own, and then the other one again.
 */
export function createMemory(): Memory {
  const answers = new Map<Key, Answer>();
  const open = new Map<Key, Question>();
  const stack: Question[] = [];
  const drafts = new Map<Key, Draft>();
  const written: Draft[] = [];
  const earlier = new Map<Key, Answer>();
  const tooDeep = new Map<Key, () => Answer>();
  const outside = new Set<Key>();
  let steps = 0;

  function restOn(depth: number): void {
    const top = stack.at(-1);
    if (top && depth < top.restsOn) top.restsOn = depth;
  }

  /** Takes back the drafts written since there were `start` of them. */
  function takeBack(start: number): readonly Draft[] {
    const taken = written.splice(start);
    for (const { key } of taken) drafts.delete(key);
    return taken;
  }

  function headCircle(
    key: Key,
    question: Question,
    compute: () => Answer,
    start: number,
    found: Answer,
  ): Answer {
    let answer = found;
    for (let round = 1; round < MOST_ROUNDS; round++) {
      const previous = takeBack(start);
      for (const draft of previous) earlier.set(draft.key, draft.answer);
      question.assumed = answer;
      question.unstable = false;
      question.round = round;
      const next = compute();
      const stable = !question.unstable && same(next, answer);
      for (const draft of previous) earlier.delete(draft.key);
      answer = next;
      if (stable) return answer;
    }
    for (const draft of takeBack(start)) answers.set(draft.key, null);
    answers.set(key, null);
    return null;
  }

  /** Drafts become answers once nothing that they rest on is open. */
  function publish(start: number): void {
    for (const { key, answer, restsOn } of takeBack(start))
      if (restsOn >= 0) answers.set(key, answer === PENDING ? null : answer);
  }

  function answerTo(key: Key, question: Question, compute: () => Answer): Answer {
    const start = written.length;
    const found = compute();
    const isClosed = question.restsOn >= question.depth;
    if (!isClosed) {
      // Part of a larger circle, whose head goes round.
      if (!question.asked || same(found, question.assumed)) return found;
      const head = stack[question.restsOn];
      if (!head) return null;
      head.unstable = true;
      if (head.round < PATIENCE) return found;
      answers.set(key, null);
      return null;
    }
    const answer = question.asked ? headCircle(key, question, compute, start, found) : found;
    publish(start);
    return answer === PENDING ? null : answer;
  }

  /** Answers a question inside of others, or the first one. */
  function answer(key: Key, compute: () => Answer): Answer {
    const question: Question = {
      depth: stack.length,
      assumed: earlier.get(key) ?? PENDING,
      asked: false,
      restsOn: Infinity,
      unstable: false,
      round: 0,
    };
    open.set(key, question);
    stack.push(question);
    const found = answerTo(key, question, compute);
    stack.pop();
    open.delete(key);
    if (question.restsOn < question.depth && stack.length > 0) {
      restOn(question.restsOn);
      if (!answers.has(key)) {
        const entry = { key, answer: found, restsOn: question.restsOn };
        drafts.set(key, entry);
        written.push(entry);
      }
      return found;
    }
    const settled = found === PENDING ? null : found;
    answers.set(key, settled);
    if (stack.length === 0) takeBack(0);
    return settled;
  }

  /** Answers a question that no other one asks. */
  function answerFromOutside(key: Key, compute: () => Answer): Answer {
    outside.add(key);
    for (let repeat = 0; ; repeat++) {
      steps = 0;
      const found = answer(key, compute);
      const left = [...tooDeep].filter(([each]) => !answers.has(each) && !outside.has(each));
      tooDeep.clear();
      if (left.length === 0 || repeat === MOST_REPEATS) {
        outside.delete(key);
        return found;
      }
      for (const [each, computeIt] of left)
        if (!answers.has(each)) answerFromOutside(each, computeIt);
      answers.delete(key);
    }
  }

  return {
    once(key, compute) {
      const known = answers.get(key);
      if (known !== undefined) return known;
      const draft = drafts.get(key);
      if (draft) {
        restOn(draft.restsOn);
        return draft.answer;
      }
      const pending = open.get(key);
      if (pending) {
        pending.asked = true;
        restOn(pending.depth);
        return pending.assumed;
      }
      if (stack.length === 0) return answerFromOutside(key, compute);
      if (stack.length >= DEEPEST || ++steps > MOST_STEPS) {
        if (stack.length >= DEEPEST) tooDeep.set(key, compute);
        restOn(-1);
        return null;
      }
      return answer(key, compute);
    },
  };
}

function same(a: Answer, b: Answer): boolean {
  return a === b || (a !== null && b !== null && sameValue(a.value, b.value));
}
