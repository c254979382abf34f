// Rewrites what makes async sessions: async_sessionmaker(), expire_on_commit=False, async_scoped_session().
import { isTestPath } from '../project/test-paths.ts';
import { asyncSession, functionOf } from '../project/asyncio/sessions.ts';
import { asyncFactory, type AsyncFactory } from '../project/asyncio/factories.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { itemRemovals, keyword, readCall } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';

const MAKER = 'async-sessionmaker';
const EXPIRE = 'async-expire-on-commit';
const SCOPED = 'async-scoped-session';

export default defineTransform({
  id: MAKER,
  family: [
    { id: MAKER, summary: 'Make async sessions with `async_sessionmaker()`', rows: [MAKER] },
    {
      id: EXPIRE,
      summary: 'Async sessions should not expire their objects at commit',
      rows: [EXPIRE],
      fixes: 'unsafe',
      rationale:
        'After a commit, an expired object would be loaded anew when it is read, which async code cannot do by reading an attribute.',
      reference:
        'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#preventing-implicit-io-when-using-asyncsession',
      example: {
        before: 'async_session = async_sessionmaker(engine)\n',
        after: 'async_session = async_sessionmaker(engine, expire_on_commit=False)\n',
      },
      explanation: {
        failure:
          'By default a commit expires every object of the session. The first read after it raises MissingGreenlet, typically where a response is written from the object that was just saved.',
        traceback:
          "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?",
        remedy:
          'Pass `expire_on_commit=False` to `async_sessionmaker()`. Objects then keep the values that they had at the commit; what the database computes at the UPDATE, or other transactions change, is seen only after `await session.refresh(obj)` or a new query.',
      },
    },
    {
      id: SCOPED,
      summary: 'Scope async sessions to the task, not to the thread',
      rows: [SCOPED],
      fixes: 'unsafe',
      rationale:
        'All tasks of an event loop run in one thread, so `scoped_session` hands all of them the same AsyncSession.',
      reference:
        'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#using-asyncio-scoped-session',
      example: {
        before: 'Session = scoped_session(async_sessionmaker(engine, expire_on_commit=False))\n',
        after:
          'Session = async_scoped_session(\n    async_sessionmaker(engine, expire_on_commit=False), scopefunc=asyncio.current_task\n)\n',
      },
      explanation: {
        failure:
          'Requests that overlap share one session: one commits or rolls back what the other has begun, and drivers refuse the second statement on the connection.',
        traceback:
          'sqlalchemy.exc.InterfaceError: cannot perform operation: another operation is in progress',
        remedy:
          'Use `async_scoped_session(maker, scopefunc=asyncio.current_task)` and `await Session.remove()` at the end of each task; better still, open a session with `async with` and pass it on.',
      },
    },
  ],
  summary: 'Make async sessions with `async_sessionmaker()`',
  rationale: '2.0 has a factory for async sessions, which type checkers understand.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#sqlalchemy.ext.asyncio.async_sessionmaker',
  fixes: 'safe',
  rows: [MAKER, EXPIRE, SCOPED],
  triggers: ['sessionmaker', 'AsyncSession(', 'scoped_session('],
  example: {
    before: 'async_session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)\n',
    after: 'async_session = async_sessionmaker(engine, expire_on_commit=False)\n',
  },
  explanation: {
    failure:
      'Nothing fails: `sessionmaker(class_=AsyncSession)` still works. Type checkers take what it makes for a Session, and ask for an `await` nowhere.',
    remedy: 'Write `async_sessionmaker(engine)`; `class_` is needed for classes of your own only.',
  },
  visit: {
    call(node, context) {
      const factory = asyncFactory(node, context.facts);
      if (factory) {
        rename(factory, context);
        keepObjects(factory, context);
      } else scoped(node, context);
    },
  },
});

function rename({ call, kind, classArgument, plain }: AsyncFactory, context: RuleContext): void {
  if (kind !== 'sessionmaker' || !classArgument || context.settings.targetVersion === '1.4') return;
  const use = context.use('sqlalchemy.ext.asyncio.async_sessionmaker', call.callee);
  const removed = plain ? itemRemovals(call.list, [classArgument]) : [];
  context.fix({
    at: call.node,
    message: '`sessionmaker()` of async sessions',
    safety: 'safe',
    edits: [
      context.replace(call.callee, use.text),
      ...removed.map((span) => context.replace(span, '')),
    ],
    uses: [use],
  });
}

function keepObjects({ call, kind }: AsyncFactory, context: RuleContext): void {
  if (keyword(call, 'expire_on_commit') || call.doubleStarred || call.starred) return;
  const last = call.list.named.at(-1);
  // A session that joins a transaction from outside, as tests make them, is thrown away afterwards.
  if (!last || (kind === 'session' && (!/engine/i.test(last.text) || isTestPath(context.path))))
    return;
  if (kind === 'session' && !savesObjects(call.node, context)) return;
  context.fix({
    at: call.node,
    message: `\`${call.callee.text}()\` expires objects at commit`,
    safety: 'unsafe',
    reason:
      'objects then keep their values after a commit, although other transactions may change them',
    rule: EXPIRE,
    edits: [context.after(last, ', expire_on_commit=False')],
  });
}

/** Whether the function that makes a session for itself names mapped classes, or hands sessions on: Core alone leaves nothing to expire. */
function savesObjects(node: PyNode, { facts }: RuleContext): boolean {
  const definition = functionOf(node);
  if (!definition) return true;
  return descendants(definition, 'identifier').some(
    (each) =>
      facts.mappedClass(each)?.role === 'mapped' ||
      (each.parent?.kind === 'argument_list' && asyncSession(each, facts) !== null),
  );
}

function scoped(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  const { facts } = context;
  if (!call || !call.callee.text.endsWith('scoped_session')) return;
  if (facts.qualifiedName(call.callee) !== 'sqlalchemy.orm.scoped_session') return;
  const [factory] = call.positional;
  const made = factory && facts.infer(factory)?.value;
  if (!factory || made?.kind !== 'instance' || !made.element) return;
  const { element } = made;
  const name =
    element.kind === 'library' ? element.name : element.kind === 'instance' ? element.of : '';
  if (!/asyncio(\.session)?\.AsyncSession$/.test(name)) return;
  const own = keyword(call, 'scopefunc') ?? call.positional[1];
  const registry = context.use('sqlalchemy.ext.asyncio.async_scoped_session', call.callee);
  const task = own ? null : context.use('asyncio.current_task', call.callee);
  context.fix({
    at: node,
    message: 'a registry of async sessions by thread',
    safety: 'unsafe',
    reason: 'its `remove()` must be awaited, at the end of each task',
    rule: SCOPED,
    edits: [
      context.replace(call.callee, registry.text),
      ...(task ? [context.after(factory, `, scopefunc=${task.text}`)] : []),
    ],
    uses: [registry, ...(task ? [task] : [])],
  });
}
