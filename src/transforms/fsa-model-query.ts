// Replace Model.query, of Flask-SQLAlchemy and of query_property(), with statements executed by the session
import { FLASK_HELPERS } from '../project/query/custom-query.ts';
import { finishOf } from '../project/query/finish.ts';
import { GET_LINKS } from '../project/query/get.ts';
import { describe, proposeChain } from '../project/query/rewrite.ts';
import { readSite, type QuerySite } from '../project/query/site.ts';
import { whyKept } from '../project/query/kept.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'fsa-model-query',
  family: [
    {
      id: 'fsa-get-or-404',
      summary: 'Replace `get_or_404()`, `first_or_404()` and `one_or_404()` of a query',
      rows: ['fsa-get-or-404'],
      example: {
        before: 'user = User.query.get_or_404(user_id)\n',
        after: 'user = db.get_or_404(User, user_id)\n',
      },
    },
    {
      id: 'fsa-paginate',
      summary: 'Replace `paginate()` of a query with `db.paginate()` of a `select()`',
      rows: ['fsa-paginate'],
      example: {
        before: 'page = User.query.order_by(User.name).paginate(page=2)\n',
        after: 'page = db.paginate(select(User).order_by(User.name), page=2)\n',
      },
    },
    {
      id: 'scoped-query-property',
      summary: 'Replace `Model.query` of a `query_property()` with a `select()`',
      rows: ['scoped-query-property'],
      example: {
        before: 'users = User.query.filter(User.active).all()\n',
        after: 'users = db_session.scalars(select(User).where(User.active)).all()\n',
      },
    },
  ],
  summary: 'Replace `Model.query` of Flask-SQLAlchemy with a `select()`',
  rationale: 'The attribute hides the session; statements are executed by a session that is named.',
  reference: 'https://flask-sqlalchemy.palletsprojects.com/en/stable/legacy-query/',
  fixes: 'safe',
  stillRuns: true,
  rows: ['fsa-model-query'],
  triggers: ['.query'],
  example: {
    before: 'users = User.query.filter(User.active).all()\n',
    after: 'users = db.session.scalars(select(User).where(User.active)).all()\n',
  },
  visit: {
    attribute(node, ctx) {
      const site = readSite(node, ctx);
      // Queries that are kept have a rule of their own.
      if (site && site.use.kind !== 'kept') rewrite(site, ctx);
    },
    call(node, ctx) {
      const site = readSite(node, ctx);
      if (site?.use.kind === 'terminal' && FLASK_HELPERS.has(site.use.call.method.text))
        rewrite(site, ctx);
    },
  },
});

function rewrite(site: QuerySite, ctx: RuleContext): void {
  const rule = ruleOf(site);
  const finish = finishOf(site);
  if (finish) return proposeChain(site, { finish, ...apartOf(site) }, ctx, { rule });
  ctx.manual({
    rule,
    at: site.span,
    message: describe(site),
    reason: site.blocked ?? whyKept(site) ?? '',
    evidence: site.session.trail,
  });
}

function ruleOf({ use, isProperty }: QuerySite): string {
  const name = use.kind === 'terminal' ? use.call.method.text : '';
  if (name === 'paginate') return 'fsa-paginate';
  if (FLASK_HELPERS.has(name)) return 'fsa-get-or-404';
  return isProperty ? 'scoped-query-property' : 'fsa-model-query';
}

function apartOf({ use }: QuerySite): { readonly apart?: ReadonlySet<string> } {
  return use.kind === 'terminal' && use.call.method.text === 'get' ? { apart: GET_LINKS } : {};
}
