// Reads one query of a file as a whole: its chain, its session, what is done with it, and what stands in the way. It rewrites nothing.
import { calledName, keyword, readCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { callHead, readChain, readSessionHead, type CallHead, type QueryChain } from './chain.ts';
import { listenerAround } from './listeners.ts';
import { readModelHead, type ModelHead } from './model-head.ts';
import { isFlaskObject, type Holder } from './query-properties.ts';
import { sessionFact, type SessionFact } from './session.ts';
import { spellName } from './spell.ts';
import { selectedItems } from './statement.ts';
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
  /** How the session is named that executes `User.query`; `null` for other queries, and where nothing executes it. */
  readonly executor: NameUse | null;
  /** How the `SQLAlchemy()` object is named whose helpers (`paginate()`) its query has, `null` if it has none. */
  readonly extension: NameUse | null;
  /** What holds the session of `User.query`; `null` for other queries. */
  readonly holder: Holder | null;
  /** It is made by `query_property()`. */
  readonly isProperty: boolean;
}

/** Reads the query that a call starts, `null` if the call starts none. */
export function readSite(node: PyNode, ctx: RuleContext): QuerySite | null {
  if (node.kind === 'attribute') return readModelSite(node, ctx);
  const head = readSessionHead(node) ?? readDirectHead(node, ctx);
  if (!head) return null;
  const { facts, settings } = ctx;
  const blockers = facts.queryBlockers();
  const items = selectedItems(head, facts);
  const session = head.session
    ? sessionFact(head.session, items, facts, settings, blockers)
    : DIRECT;
  // A rule of its own rewrites what has no `query()` at all.
  if (!session || (session.isAsync && session.evidence === 'proven')) return null;
  const chain = readChain(head);
  const use = useOf(chain, facts.binding);
  return {
    chain,
    use,
    session,
    span: spanOf(chain, use),
    blocked: isDirect(head) ? directBlock(head, use) : blockOf(session, node, ctx),
    doubts: doubtsOf(session, node, ctx),
    executor: null,
    extension: extensionOf(head, ctx),
    holder: null,
    isProperty: false,
  };
}

/** `db` of `db.session.query(…)`. */
function extensionOf({ session }: CallHead, { facts }: RuleContext): NameUse | null {
  const object =
    session?.kind === 'attribute' && session.child('attribute')?.text === 'session'
      ? session.child('object')
      : null;
  const symbol = object && facts.symbols.symbolOf(facts.module, object);
  return object && symbol?.kind === 'definition' && isFlaskObject(symbol, facts)
    ? { text: object.text, request: null }
    : null;
}

/** Reads `User.query`. */
function readModelSite(node: PyNode, ctx: RuleContext): QuerySite | null {
  const model = readModelHead(node, ctx.facts);
  if (!model) return null;
  const { head, holder, kind } = model;
  const chain = readChain(head);
  const use = useOf(chain, ctx.facts.binding);
  const isExpression = isPart(use);
  const named = holder && !isExpression ? spellName(holder, node, ctx) : null;
  const session = { ...DIRECT, trail: model.trail };
  return {
    chain,
    use,
    session,
    span: spanOf(chain, use),
    blocked:
      model.blocked ?? modelBlock(node, ctx) ?? (named || isExpression ? null : unnamed(model)),
    doubts: [...model.doubts, ...doubtsOf(session, node, ctx)],
    executor: named && { ...named, text: `${named.text}${holder?.path ?? ''}` },
    extension: kind === 'flask' && !model.isCustom ? named : null,
    holder,
    isProperty: kind === 'query-property',
  };
}

function modelBlock(node: PyNode, ctx: RuleContext): string | null {
  const { sessionClasses } = ctx.facts.queryBlockers();
  const override = [...sessionClasses.values()].find((place) => place !== null);
  return (
    blockOf(DIRECT, node, ctx) ??
    (override
      ? `a session class overrides what executes queries (${override}); what it adds has to hold for \`execute()\` and \`scalars()\` first`
      : null)
  );
}

function unnamed({ holder }: ModelHead): string {
  const name = `${holder?.name ?? ''}${holder?.path ?? ''}`;
  return `\`${holder?.name ?? ''}\` (${holder?.module.path ?? ''}) is not imported here, or only further down, and importing it could make a cycle; import it where you can and execute a \`select()\` with \`${name}\``;
}

/** Whether it becomes a part of another statement, which needs no session. */
function isPart(use: QueryUse): boolean {
  return (
    use.kind === 'subquery' ||
    use.kind === 'scalar-subquery' ||
    (use.kind === 'property' && !/^session$/.test(use.name)) ||
    isSubexpression(use)
  );
}

/** Whether the query is made by `Query(…)` itself. */
function isDirect(head: CallHead): boolean {
  return head.call.callee === head.name;
}

/** Why a `Query(…)` stays: what executes it is not written where a Session's method is. */
function directBlock({ call }: CallHead, use: QueryUse): string | null {
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

/** Nothing is asked of the session any more. */
export const DIRECT: SessionFact = {
  evidence: 'proven',
  isAsync: false,
  projectClass: null,
  trail: [],
  queryClass: null,
};

/** `Query(User)`, `Query(User, session=session)`. */
function readDirectHead(node: PyNode, ctx: RuleContext): CallHead | null {
  const call = calledName(node)?.endsWith('Query') ? readCall(node) : null;
  if (!call) return null;
  if (ctx.facts.qualifiedName(call.callee) !== 'sqlalchemy.orm.Query') return null;
  return callHead(call, keyword(call, 'session'), call.callee);
}

function spanOf(chain: QueryChain, use: QueryUse): PyNode {
  switch (use.kind) {
    case 'terminal':
      return use.call.node;
    case 'property':
    case 'bound':
    case 'subscript':
      return use.node;
    default:
      return chain.built;
  }
}

function blockOf(session: SessionFact, node: PyNode, { facts, path }: RuleContext): string | null {
  if (session.isAsync)
    return 'an AsyncSession has no `query()`; write `(await session.scalars(select(…)))`, or pass a function to `run_sync()`';
  const { listeners, sessionClasses } = facts.queryBlockers();
  const local = listenerAround(node, path, listeners.local);
  const listener = listeners.always[0] ?? (local?.isChanging ? local.place : undefined);
  if (listener !== undefined)
    return `a \`before_compile\` listener (${listener}) changes every Query, and would not see the statement; move it to \`do_orm_execute\` with \`with_loader_criteria()\` first`;
  if (session.queryClass?.isCertain)
    return `its session uses a Query class of its own (${session.queryClass.place}), whose behaviour a statement would not have; move that to \`do_orm_execute\` with \`with_loader_criteria()\` first`;
  const override = session.projectClass === null ? null : sessionClasses.get(session.projectClass);
  return override
    ? `its session class overrides what executes queries (${override}); what it adds has to hold for \`execute()\` and \`scalars()\` first`
    : null;
}

function doubtsOf(
  session: SessionFact,
  node: PyNode,
  { facts, path }: RuleContext,
): readonly string[] {
  const { listeners, mocks } = facts.queryBlockers();
  const mock = mocks.byPath.get(path);
  const local = listenerAround(node, path, listeners.local);
  return [
    ...(session.evidence === 'likely'
      ? [`the receiver is only likely to be a Session (${session.trail.at(-1) ?? ''})`]
      : []),
    ...(session.queryClass && !session.queryClass.isCertain
      ? [`its session may use a Query class of its own (${session.queryClass.place})`]
      : []),
    ...(local
      ? [
          `a test sees queries by a \`before_compile\` listener (${local.place}), and would not see the statement`,
        ]
      : []),
    ...(mock === undefined ? [] : [`a test replaces \`query()\` (${mock})`]),
  ];
}
