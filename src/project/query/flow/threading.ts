// Gives a function that executes queries of its callers a parameter for their session, where it has no other way to it. It decides nothing about queries.
import type { Edit } from '../../../edits/edit.ts';
import type { Binding } from '../../../binder/scope.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import { argumentFor } from '../../infer/arguments.ts';
import type { Call } from '../../infer/call-sites.ts';
import type { FunctionSource } from '../../infer/tracer.ts';
import type { Module } from '../../modules.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import { placeOf } from '../../place.ts';
import { newArgument, newParameter } from '../../thread-parameter.ts';
import { familyOf } from './functions.ts';
import { originsOf } from './origins.ts';
import { sessionOf, spellSession, type FlowSession } from './session.ts';
import type { Solved } from './solve.ts';

/** Parameters for the session that functions of a group get. */
export interface Threading {
  /** How the session is named where a query is executed that came through a parameter; `null` if no parameter can be added. */
  nameFor(solved: Solved): NameUse | null;
  /** The edits of all functions and calls concerned. */
  finish(): Threaded;
}

/** The edits that pass the session along. */
export interface Threaded {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly doubts: readonly string[];
  readonly refusals: readonly string[];
}

const NAME = 'session';

/** A function that gets the parameter, and the one through which its queries come. */
interface Receiver {
  readonly source: FunctionSource;
  readonly query: Binding;
}

/** Starts with no parameters. */
export function createThreading(
  solved: readonly Solved[],
  contextAt: (module: Module) => RuleContext,
): Threading {
  const receivers = new Map<PyNode, Receiver>();
  const byNode = new Map(solved.map((each) => [each.source.node, each]));

  function nameFor({ source, before }: Solved): NameUse | null {
    const query = before?.passed.session;
    const definition = query && enclosing(query.statement, 'function_definition');
    if (
      !query ||
      !definition ||
      enclosing(source.node, 'function_definition', 'lambda') !== definition
    )
      return null;
    const known = receivers.get(definition);
    if (known) return known.query === query ? { text: NAME, request: null } : null;
    const { facts } = contextAt(source.module);
    const receiver = facts.index.functionAt(source.module, definition);
    const isFree = !facts.binding.isBound(NAME, source.node);
    if (
      !isFree ||
      familyOf(receiver, facts).length > 1 ||
      newParameter(receiver.node, NAME) === null
    )
      return null;
    receivers.set(definition, { source: receiver, query });
    return { text: NAME, request: null };
  }

  function finish(): Threaded {
    const edits: Edit[] = [];
    const uses: NameUse[] = [];
    const doubts: string[] = [];
    const refusals: string[] = [];
    // Naming the session of a call may add the function around it.
    for (const receiver of receivers.values()) {
      const { source } = receiver;
      const ctx = contextAt(source.module);
      const place = newParameter(source.node, NAME);
      if (place) edits.push(ctx.after({ start: place.at, end: place.at }, place.text));
      doubts.push(`\`${source.name}()\` gets a parameter for the session`);
      for (const call of ctx.facts.callsOf(source).calls) {
        const named = sessionOfCall(call, receiver);
        const there = contextAt(call.module);
        const passed = typeof named === 'string' ? null : newArgument(call.call, NAME, named.text);
        if (typeof named === 'string' || !passed) {
          refusals.push(
            `${typeof named === 'string' ? named : ''} (${placeOf(call.module, call.call)})`,
          );
          continue;
        }
        uses.push(named);
        edits.push(there.after({ start: passed.at, end: passed.at }, passed.text));
      }
    }
    return { edits, uses, doubts, refusals };
  }

  function sessionOfCall(call: Call, { source, query }: Receiver): NameUse | string {
    const argument = argumentFor(call.call, query.statement, call.skipped);
    const [first] =
      typeof argument === 'string'
        ? []
        : originsOf(argument).starts.flatMap((start) => byNode.get(start) ?? []);
    if (!first) return `which session \`${source.name}()\` needs here is not known`;
    const ctx = contextAt(call.module);
    const spelled = spellSession(sessionAfter(first, ctx), call.call, ctx);
    return typeof spelled === 'string' ? (nameFor(first) ?? spelled) : spelled;
  }

  return { nameFor, finish };
}

function sessionAfter({ source, before }: Solved, { facts }: RuleContext): FlowSession {
  if (before) return before.session;
  return source.site
    ? sessionOf(source.site, facts)
    : { kind: 'lost', why: 'its session is not known' };
}
