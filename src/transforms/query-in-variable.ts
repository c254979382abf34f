// Reports queries that are kept as a Query: in variables, arguments and return values. It rewrites none of them.
import { describe } from '../project/query/rewrite.ts';
import { readSite, type QuerySite } from '../project/query/site.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'query-in-variable',
  summary: 'Report a `Query` that is stored, passed on or returned',
  rationale:
    'Whoever receives a Query may execute it, extend it or iterate it again: all of its uses have to change together.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-query-usage',
  fixes: 'none',
  stillRuns: true,
  rows: [
    'query-deferred',
    'query-union',
    'query-from-self',
    'query-select-entity-from',
    'query-with-polymorphic',
    'query-join-aliased',
    'query-enable-eagerloads',
    'query-instances',
    'query-merge-result',
    'query-no-equivalent',
    'query-str',
  ],
  triggers: ['.query(', 'Query('],
  example: {
    before: 'query = session.query(User)\nif name:\n    query = query.filter(User.name == name)\n',
    after: 'query = session.query(User)\nif name:\n    query = query.filter(User.name == name)\n',
  },
  visit: {
    call(node, ctx) {
      const site = readSite(node, ctx);
      const reason = site && (site.blocked ?? whyKept(site));
      if (!site || reason === null || !isUnclaimed(site)) return;
      ctx.manual({ at: site.span, message: describe(site), reason, evidence: site.session.trail });
    },
  },
});

const UNCLAIMED: ReadonlySet<string> = new Set([
  'instances',
  'merge_result',
  'first_or_404',
  'get_or_404',
  'one_or_404',
  'paginate',
]);

/** What Flask-SQLAlchemy's methods of Query take as methods of the extension. */
const FLASK: ReadonlyMap<string, string> = new Map([
  ['first_or_404', 'select(…)'],
  ['get_or_404', 'Model, key'],
  ['one_or_404', 'select(…)'],
  ['paginate', 'select(…)'],
]);

function isUnclaimed({ use }: QuerySite): boolean {
  if (use.kind === 'terminal') return UNCLAIMED.has(use.call.method.text);
  if (use.kind === 'property')
    return !/^(column_descriptions|selectable|statement|whereclause)$/.test(use.name);
  return use.kind === 'kept';
}

function whyKept({ use }: QuerySite): string | null {
  switch (use.kind) {
    case 'kept':
      return `${use.how}, so what executes it is not seen here; build a \`select()\` instead and execute it where the rows are needed`;
    case 'terminal': {
      const name = use.call.method.text;
      return FLASK.has(name)
        ? `Flask-SQLAlchemy 3 has it on the extension: \`db.${name}(${FLASK.get(name) ?? ''})\``
        : `\`${name}()\` has no counterpart on a statement`;
    }
    case 'property':
      return `\`.${use.name}\` is taken from the Query itself`;
    default:
      return null;
  }
}
