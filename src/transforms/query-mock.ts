// Lists the places of tests that answer `query()` in place of a session or model, with the queries that they stand for. It rewrites none of them.
import { readCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'query-mock',
  summary: 'Report mocks and fakes that answer `query()`',
  rationale:
    'A test that replaces `query()` replaces nothing any more once the code calls `execute()` or `scalars()`: the queries that it stands for are rewritten only with `--unsafe-fixes`.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'none',
  rows: [],
  triggers: ['query', 'Query'],
  example: {
    before:
      'session.query.return_value.all.return_value = [user]\nprint(session.query(User).all())\n',
    after:
      'session.query.return_value.all.return_value = [user]\nprint(session.query(User).all())\n',
  },
  visit: {
    attribute: report,
    call(node, ctx) {
      if (patchesQuery(node, ctx))
        ctx.manual({
          at: node,
          message: 'a test replaces a method of `Query`',
          reason:
            'queries that are rewritten do not call it: replace the method of the session that executes them (`execute()`, `scalars()`, `scalar()`, `get()`)',
        });
      else report(node, ctx);
    },
    class_definition: report,
    pair: report,
  },
});

/** `patch.object(Query, "all")`, `patch("sqlalchemy.orm.Query.all")`, `monkeypatch.setattr(Query, "all", f)`. */
function patchesQuery(node: PyNode, { facts }: RuleContext): boolean {
  const call = readCall(node);
  const [first] = call?.positional ?? [];
  if (!call || !first || !/\b(patch(\.object)?|setattr)$/.test(call.callee.text)) return false;
  const text = stringValue(first);
  if (text !== null) return /^sqlalchemy\.orm\.(query\.)?Query\.\w/.test(text);
  return facts.qualifiedName(first) === 'sqlalchemy.orm.Query';
}

/** How many places are named before the rest is counted. */
const NAMED = 5;

function report(node: PyNode, ctx: RuleContext): void {
  const mock = ctx.facts.queryBlockers().mocks.mocksIn(ctx.facts.module).get(node);
  if (!mock || mock.standsFor.length === 0) return;
  const rest = mock.standsFor.length - NAMED;
  const places = [
    ...mock.standsFor.slice(0, NAMED),
    ...(rest > 0 ? [`${String(rest)} more`] : []),
  ].join(', ');
  ctx.manual({
    at: node.kind === 'class_definition' ? (node.child('name') ?? node) : node,
    message: 'a test answers `query()` itself',
    reason: `it stands for ${places}, which call \`execute()\`, \`scalars()\` or \`get()\` once they are rewritten (--unsafe-fixes): let it answer those, or give the test a session on an SQLite database in memory`,
  });
}
