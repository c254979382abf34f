// Reads one query of a file as a whole: its chain, its session, what is done with it, and what stands in the way. It rewrites nothing.
import { keyword, readCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import type { QueryBlockers } from './blockers.ts';
import { readChain, readSessionHead, type QueryChain, type QueryHead } from './chain.ts';
import { itemOf } from './entity.ts';
import { sessionFact, type SessionFact } from './session.ts';
import { useOf, type QueryUse } from './use.ts';

/** A query where it is built. */
export interface QuerySite {
  readonly chain: QueryChain;
  readonly use: QueryUse;
  readonly session: SessionFact;
  /** The expression that a rewrite replaces. */
  readonly span: PyNode;
  /** Why no query of this session may be rewritten; `null` if nothing stands in the way. */
  readonly blocked: string | null;
  /** Why a rewrite here is not certain, whatever the chain. */
  readonly doubts: readonly string[];
}

/** Reads the query that a call starts, `null` if the call starts none. */
export function readSite(node: PyNode, ctx: RuleContext): QuerySite | null {
  const head = readSessionHead(node) ?? readDirectHead(node, ctx);
  if (!head) return null;
  const { facts, settings } = ctx;
  const blockers = facts.queryBlockers();
  const items = head.call.list.named.map((each) => itemOf(each, facts));
  const session = head.session
    ? sessionFact(head.session, items, facts, settings, blockers)
    : DIRECT;
  if (!session) return null;
  const chain = readChain(head);
  const use = useOf(chain, facts.binding);
  return {
    chain,
    use,
    session,
    span: spanOf(chain, use),
    blocked: isDirect(head) ? directBlock(head, use) : blockOf(session, blockers),
    doubts: doubtsOf(session, blockers, ctx.path),
  };
}

/** Whether the query is made by `Query(…)` itself. */
function isDirect(head: QueryHead): boolean {
  return head.call.callee === head.name;
}

/** Why a `Query(…)` stays: what executes it is not written where a Session's method is. */
function directBlock({ call }: QueryHead, use: QueryUse): string | null {
  const isPlain = call.positional.length === 1 && call.keywords.length === 0;
  const isExpression = use.kind === 'subquery' || use.kind === 'scalar-subquery';
  if (isPlain && (isExpression || isSubexpression(use))) return null;
  return 'it is made by `Query(…)`; execute a `select()` with the session: `session.scalars(select(…))`';
}

const SUBEXPRESSIONS: ReadonlySet<string> = new Set([
  'subquery',
  'cte',
  'label',
  'as_scalar',
  'scalar_subquery',
  'exists',
]);

function isSubexpression(use: QueryUse): boolean {
  return use.kind === 'terminal' && SUBEXPRESSIONS.has(use.call.method.text);
}

const DIRECT: SessionFact = { evidence: 'proven', isAsync: false, projectClass: null, trail: [] };

/** `Query(User)`, `Query(User, session=session)`. */
function readDirectHead(node: PyNode, ctx: RuleContext): QueryHead | null {
  const call = readCall(node);
  if (!call || call.callee.text.slice(-5) !== 'Query') return null;
  if (ctx.facts.qualifiedName(call.callee) !== 'sqlalchemy.orm.Query') return null;
  return { call, session: keyword(call, 'session'), name: call.callee };
}

function spanOf(chain: QueryChain, use: QueryUse): PyNode {
  switch (use.kind) {
    case 'terminal':
      return use.call.node;
    case 'property':
    case 'subscript':
      return use.node;
    default:
      return chain.built;
  }
}

function blockOf(session: SessionFact, blockers: QueryBlockers): string | null {
  if (session.isAsync)
    return 'an AsyncSession has no `query()`; write `(await session.scalars(select(…)))`, or pass a function to `run_sync()`';
  const [listener] = blockers.compileListeners;
  if (listener !== undefined)
    return `a \`before_compile\` listener (${listener}) changes every Query, and would not see the statement; move it to \`do_orm_execute\` with \`with_loader_criteria()\` first`;
  const [custom] = blockers.queryClassUses;
  if (custom !== undefined)
    return `sessions use a Query class of their own (${custom}), whose behaviour a statement would not have`;
  const override =
    session.projectClass === null ? null : blockers.sessionClasses.get(session.projectClass);
  return override ? `its session class overrides what executes queries (${override})` : null;
}

function doubtsOf(session: SessionFact, blockers: QueryBlockers, path: string): readonly string[] {
  const mock = blockers.mocked.get(path);
  return [
    ...(session.evidence === 'likely'
      ? [`the receiver is only likely to be a Session (${session.trail.at(-1) ?? ''})`]
      : []),
    ...(mock === undefined ? [] : [`a test replaces \`query()\` (${mock})`]),
  ];
}
