// Remembers answers, and settles questions that depend on themselves. It knows nothing of what is asked.
import type { Inferred } from '../values.ts';
import { PENDING, sameValue } from './value.ts';

/** A question that is being answered. */
interface Question {
  readonly depth: number;
  /** What is answered to the question while it is being answered. */
  assumed: Inferred;
  /** Whether it was asked while it was being answered. */
  asked: boolean;
  /** The depth of the outermost unanswered question that the answer rests on. */
  restsOn: number;
}

/** Remembers answers by the identity of what was asked. */
export interface Memory {
  once(key: object | string, compute: () => Inferred | null): Inferred | null;
}

const DEEPEST = 150;
/** Work on one question from outside; more than that is no longer worth the time. */
const MOST_STEPS = 30_000;

/** Creates an empty memory. */
export function createMemory(): Memory {
  const answers = new Map<object | string, Inferred | null>();
  const open = new Map<object | string, Question>();
  const stack: Question[] = [];
  let steps = 0;

  /** An answer that came from a limit or an assumption holds for this question alone. */
  function restOn(depth: number): void {
    const top = stack.at(-1);
    if (top && depth < top.restsOn) top.restsOn = depth;
  }

  function settle(question: Question, compute: () => Inferred | null): Inferred | null {
    const first = compute();
    if (!question.asked || !first || first === PENDING) return first;
    // It depends on itself: what was found must also be found when it is assumed.
    question.assumed = first;
    const second = compute();
    return second && sameValue(second.value, first.value) ? first : null;
  }

  return {
    once(key, compute) {
      const known = answers.get(key);
      if (known !== undefined) return known;
      const pending = open.get(key);
      if (pending) {
        pending.asked = true;
        restOn(pending.depth);
        return pending.assumed;
      }
      if (stack.length === 0) steps = 0;
      if (stack.length >= DEEPEST || ++steps > MOST_STEPS) {
        restOn(-1);
        return null;
      }
      const question: Question = {
        depth: stack.length,
        assumed: PENDING,
        asked: false,
        restsOn: Infinity,
      };
      open.set(key, question);
      stack.push(question);
      let answer: Inferred | null = null;
      try {
        answer = settle(question, compute);
      } finally {
        stack.pop();
        open.delete(key);
      }
      if (question.restsOn < question.depth) {
        restOn(question.restsOn);
        if (stack.length > 0) return answer;
      }
      if (answer === PENDING) answer = null;
      answers.set(key, answer);
      return answer;
    },
  };
}
