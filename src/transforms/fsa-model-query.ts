// Reports `Model.query` of Flask-SQLAlchemy and of `query_property()`. It rewrites none.
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'fsa-model-query',
  summary: 'Report `Model.query`',
  rationale: 'The attribute hides the session; statements are executed by a session that is named.',
  reference: 'https://flask-sqlalchemy.palletsprojects.com/en/stable/legacy-query/',
  fixes: 'none',
  stillRuns: true,
  rows: ['fsa-model-query', 'fsa-get-or-404', 'fsa-paginate', 'scoped-query-property'],
  triggers: ['.query'],
  example: { before: 'users = User.query.all()\n', after: 'users = User.query.all()\n' },
  visit: {
    attribute(node, ctx) {
      const object = node.child('object');
      if (node.child('attribute')?.text !== 'query' || node.field === 'function' || !object) return;
      const model = ctx.facts.mappedClass(object);
      if (!model || model.role === 'mixin' || model.attributes.has('query')) return;
      if (node.parent?.kind === 'assignment' && node.field === 'left') return;
      ctx.manual({
        at: node,
        message: `\`${object.text}.query\` is legacy`,
        reason: `execute \`select(${object.text})\` with the session: \`db.session.scalars(db.select(${object.text})…)\``,
      });
    },
  },
});
