// Rewrites `query()` of an AsyncSession, which has none, to an awaited select().
import type { Edit } from '../edits/edit.ts';
import { asyncSession, functionOf, isAsync } from '../project/asyncio/sessions.ts';
import { readChain, readSessionHead, type QueryChain } from '../project/query/chain.ts';
import { eagerCollectionOf } from '../project/query/eager.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { unparenthesized } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

/** Links that a select() has too, with their names there. */
const LINKS: ReadonlyMap<string, string> = new Map([
  ...[
    'where',
    'filter_by',
    'order_by',
    'limit',
    'offset',
    'options',
    'distinct',
    'with_for_update',
  ].map((name): [string, string] => [name, name]),
  ['filter', 'where'],
]);
const ENDINGS: ReadonlySet<string> = new Set(['all', 'first', 'one', 'one_or_none', 'get']);
const REASON =
  'write `(await session.scalars(select(…))).all()`, or pass a function that uses `query()` to `await session.run_sync(…)`';

export default defineTransform({
  id: 'async-session-query',
  summary: 'An AsyncSession has no `query()`: await a select()',
  rationale:
    '`Query` sends its statement by itself, which cannot be awaited, so async sessions never had it.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#synopsis-orm',
  fixes: 'safe',
  rows: ['async-session-query'],
  triggers: ['.query('],
  example: {
    before: 'users = session.query(User).filter(User.age > 30).all()\n',
    after: 'users = (await session.scalars(select(User).where(User.age > 30))).all()\n',
  },
  explanation: {
    failure: 'The attribute does not exist: the call fails whenever it is reached.',
    traceback: "AttributeError: 'AsyncSession' object has no attribute 'query'",
    remedy:
      'Select, and await: `(await session.scalars(select(User).where(…))).all()`, `await session.get(User, 5)`, `await session.scalar(select(func.count(User.id)))`. Code that cannot be rewritten at once can run as a function of a Session: `await session.run_sync(list_users)`.',
  },
  visit: {
    call(node, context) {
      const head = readSessionHead(node);
      const { facts } = context;
      if (!head?.session || asyncSession(head.session, facts) !== 'proven') return;
      const chain = readChain(head);
      const message = '`query()` of an AsyncSession';
      const edits = editsOf(chain, head.session, context);
      if (!edits) return context.manual({ at: node, message, reason: REASON });
      const use = context.use('sqlalchemy.select', node);
      context.fix({
        at: chain.terminal?.node ?? node,
        message,
        safety: 'safe',
        edits: edits(use.text),
        uses: chain.terminal?.method.text === 'get' ? [] : [use],
      });
    },
  },
});

function editsOf(
  chain: QueryChain,
  session: PyNode,
  context: RuleContext,
): ((select: string) => readonly Edit[]) | null {
  const { head, terminal, links } = chain;
  const [entity, ...others] = head.selected;
  if (!terminal || !entity || others.length > 0 || chain.inner.length > 0 || head.kind !== 'call')
    return null;
  if (!isAsync(functionOf(head.node)) || !ENDINGS.has(terminal.method.text)) return null;
  const model = context.facts.mappedClass(entity);
  if (model?.role !== 'mapped' || eagerCollectionOf(model, context.facts.models)) return null;
  if (
    !links.every(
      (link) => LINKS.has(link.method.text) && !/joinedload|contains_eager/.test(link.list.text),
    )
  )
    return null;
  if (links.some((link) => link.list.children.some((child) => child.kind === 'comment')))
    return null;
  const awaited = awaiting(terminal.node);
  const name = terminal.method.text;
  const whole = awaited ?? terminal.node;
  if (name === 'get') {
    const [key, ...more] = terminal.list.named;
    if (!key || more.length > 0 || links.length > 0) return null;
    return () => [
      ...(awaited
        ? []
        : [context.before(terminal.node, needsParentheses(whole) ? '(await ' : 'await ')]),
      context.replace({ start: session.end, end: key.start }, `.get(${entity.text}, `),
      ...(!awaited && needsParentheses(whole) ? [context.after(terminal.node, ')')] : []),
    ];
  }
  if (terminal.list.named.length > 0) return null;
  const limit =
    name === 'first' && !links.some(({ method }) => method.text === 'limit') ? '.limit(1)' : '';
  return (select) => [
    awaited
      ? context.replace({ start: awaited.start, end: session.start }, '(await ')
      : context.before(whole, '(await '),
    context.replace({ start: session.end, end: entity.start }, `.scalars(${select}(`),
    ...links.flatMap((link) => {
      const other = LINKS.get(link.method.text);
      return other && other !== link.method.text ? [context.replace(link.method, other)] : [];
    }),
    context.after(chain.built, `${limit}))`),
  ];
}

/** The `await` that someone wrote around the whole chain. */
function awaiting(node: PyNode): PyNode | null {
  const { parent } = node;
  const [inner] = parent?.kind === 'await' ? parent.named : [];
  return parent && inner && unparenthesized(inner) === node && inner === node ? parent : null;
}

function needsParentheses(node: PyNode): boolean {
  return node.parent?.kind === 'attribute' || node.parent?.kind === 'subscript';
}
