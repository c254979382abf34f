// Reports what asyncio code takes for granted of errors and URLs: the fallback mode and the class of MissingGreenlet errors, which 2.1 changed, and the exceptions of asyncpg.
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { enclosing, type PyNode } from '../python/tree.ts';

const FALLBACK = 'async-fallback';
const GREENLET = 'async-missinggreenlet-except';
const EXCEPTIONS = 'async-dbapi-exceptions';

export default defineTransform({
  id: FALLBACK,
  family: [
    { id: FALLBACK, summary: 'The `async_fallback` mode is gone', rows: [FALLBACK] },
    {
      id: GREENLET,
      summary: '2.1 wraps MissingGreenlet in StatementError',
      rows: [GREENLET],
      rationale: 'A handler of MissingGreenlet alone no longer sees the errors of statements.',
      reference: 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html',
      example: {
        before: 'try:\n    print(user.orders)\nexcept MissingGreenlet:\n    print("not loaded")\n',
        after: 'try:\n    print(user.orders)\nexcept MissingGreenlet:\n    print("not loaded")\n',
      },
      explanation: {
        failure: 'The handler that worked on 2.0 lets the error of 2.1 pass.',
        traceback:
          "sqlalchemy.exc.StatementError: (sqlalchemy.exc.MissingGreenlet) greenlet_spawn has not been called; can't call await_only() here.",
        remedy:
          'Catch `(MissingGreenlet, StatementError)`; better, ask `inspect(user).unloaded` before the read, or load what is read.',
      },
    },
    {
      id: EXCEPTIONS,
      summary: 'Exceptions of asyncpg are found in `driver_exception`',
      rows: [EXCEPTIONS],
      rationale: '`orig` is an exception of SQLAlchemy that stands for the one of the driver.',
      reference: 'https://docs.sqlalchemy.org/en/21/changelog/changelog_21.html',
      example: {
        before: 'if isinstance(error.orig, asyncpg.UniqueViolationError): ...\n',
        after: 'if isinstance(error.orig, asyncpg.UniqueViolationError): ...\n',
      },
      explanation: {
        failure: 'The test is never true, so that the error is taken for another one.',
        remedy:
          'Test `error.driver_exception` on 2.1; `error.orig.__cause__` works on 2.0 and 2.1.',
      },
    },
  ],
  summary: 'The `async_fallback` mode is gone',
  rationale: '2.1 removed the parameter by which an asyncio driver could be used without asyncio.',
  reference: 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html',
  fixes: 'none',
  rows: [FALLBACK, GREENLET, EXCEPTIONS],
  triggers: ['async_fallback', 'MissingGreenlet', '.orig'],
  example: {
    before: 'engine = create_engine("postgresql+asyncpg://localhost/app?async_fallback=true")\n',
    after: 'engine = create_engine("postgresql+asyncpg://localhost/app?async_fallback=true")\n',
  },
  explanation: {
    failure: 'On 2.1 the driver gets an argument that it does not know.',
    traceback: "TypeError: connect() got an unexpected keyword argument 'async_fallback'",
    remedy: 'Name a driver that blocks (`postgresql+psycopg://`), or use the engine under asyncio.',
  },
  visit: {
    string(node, context) {
      if (!/[?&]async_fallback=(true|1)/i.test(node.text)) return;
      context.manual({
        at: node,
        message: '`async_fallback` in a URL',
        reason: '2.1 has removed it: name a driver that blocks, or use the engine under asyncio',
        rule: FALLBACK,
      });
    },
    except_clause: handler,
    attribute: originalError,
  },
});

function handler(node: PyNode, context: RuleContext): void {
  if (context.settings.targetVersion !== '2.1') return;
  const caught = node.named.find((child) => child.kind !== 'block');
  if (!caught || !/\bMissingGreenlet\b/.test(caught.text)) return;
  if (/\b(StatementError|SQLAlchemyError|Exception|DBAPIError)\b/.test(caught.text)) return;
  context.manual({
    at: caught,
    message: 'a handler of MissingGreenlet alone',
    reason: '2.1 raises a StatementError that wraps it: catch both',
    rule: GREENLET,
  });
}

const DRIVER =
  /\basyncpg\b|\b(UniqueViolation|ForeignKeyViolation|NotNullViolation|CheckViolation)\w*Error\b/;

function originalError(node: PyNode, context: RuleContext): void {
  if (node.child('attribute')?.text !== 'orig') return;
  const around = [enclosing(node, 'call'), enclosing(node, 'comparison_operator')];
  if (!around.some((each) => each !== null && DRIVER.test(each.text))) return;
  context.manual({
    at: node,
    message: '`orig` is compared with an exception of asyncpg',
    reason:
      context.settings.targetVersion === '2.1'
        ? 'it is one of SQLAlchemy: test `driver_exception`'
        : 'it is one of SQLAlchemy: test `orig.__cause__`, in 2.1 `driver_exception`',
    rule: EXCEPTIONS,
  });
}
