// Reports engines whose URL names a driver of the other kind: a blocking one for asyncio, an asyncio one without it.
import { asyncScheme, engineKind, syncScheme, urlOf } from '../project/asyncio/drivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

const SYNC_DRIVER = 'async-sync-driver';
const ASYNC_DRIVER = 'async-driver-in-sync';

const REFERENCE = 'https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls';

export default defineTransform({
  id: SYNC_DRIVER,
  family: [
    {
      id: SYNC_DRIVER,
      summary: 'Name an asyncio driver in the URL of an async engine',
      rows: ['async-sync-driver', 'lint-sync-driver'],
    },
    {
      id: ASYNC_DRIVER,
      summary: 'An engine without asyncio names an asyncio driver',
      rows: ['async-driver-in-sync'],
      fixes: 'none',
      rationale: 'Drivers such as asyncpg and aiosqlite need `create_async_engine()`.',
      example: {
        before: 'engine = create_engine("postgresql+asyncpg://localhost/app")\n',
        after: 'engine = create_engine("postgresql+asyncpg://localhost/app")\n',
      },
      explanation: {
        failure:
          'The engine is made without complaint. The first connection fails, because the driver can be awaited only, and nothing awaits it.',
        traceback:
          "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?",
        remedy:
          'Make the engine with `create_async_engine()`, or name a driver that blocks: `postgresql+psycopg://`, `mysql+pymysql://`, plain `sqlite://`. Alembic migrations that share the URL of an async application can go through `connection.run_sync(…)`, as its `async` template does.',
      },
    },
  ],
  summary: 'Name an asyncio driver in the URL of an async engine',
  rationale: 'An async engine needs a driver that can be awaited.',
  reference: REFERENCE,
  fixes: 'unsafe',
  rows: ['async-sync-driver', 'lint-sync-driver', 'async-driver-in-sync'],
  triggers: ['create_async_engine', 'create_engine'],
  example: {
    before: 'engine = create_async_engine("mysql://localhost/app")\n',
    after: 'engine = create_async_engine("mysql+aiomysql://localhost/app")\n',
  },
  explanation: {
    failure:
      'The engine refuses the driver when it is made: psycopg2, pysqlite, PyMySQL and the like block, and a URL without a driver means one of them.',
    traceback:
      "sqlalchemy.exc.InvalidRequestError: The asyncio extension requires an async driver to be used. The loaded 'psycopg2' is not async.",
    remedy:
      'Name the driver: `postgresql+asyncpg://` or `postgresql+psycopg://`, `sqlite+aiosqlite://`, `mysql+aiomysql://` or `mysql+asyncmy://`, `mssql+aioodbc://`, `oracle+oracledb://`, and add its package to the dependencies. Query parameters differ between drivers: `sslmode` of psycopg is `ssl` for asyncpg.',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const kind = call && engineKind(call, context.facts);
      const url = kind && urlOf(call, context.facts);
      if (!kind || !url) return;
      if (kind === 'async') blocking(node, url, context);
      else awaited(node, url.scheme, context);
    },
  },
});

function blocking(
  node: PyNode,
  url: NonNullable<ReturnType<typeof urlOf>>,
  context: RuleContext,
): void {
  const other = asyncScheme(url.scheme, context.settings.targetVersion);
  if (other === null) return;
  const message = `\`${url.scheme}\` is no asyncio driver`;
  const reason = `name one that is, such as \`${other}\`, and add its package to the dependencies`;
  if (!url.own) return context.manual({ at: node, message, reason });
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: `the package of \`${other}\` must be installed, and its options may be spelled differently`,
    edits: [context.replace({ start: url.start, end: url.start + url.scheme.length }, other)],
  });
}

function awaited(node: PyNode, scheme: string, context: RuleContext): void {
  const other = syncScheme(scheme);
  if (other === null) return;
  context.manual({
    at: node,
    message: `\`${scheme}\` works under asyncio only`,
    reason: `make the engine with create_async_engine(), or name another driver, such as \`${other}\``,
    rule: ASYNC_DRIVER,
  });
}
