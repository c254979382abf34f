// Reports classes that extend Query: what they do, no statement does. It rewrites none of them.
import { kindOfClass } from '../project/query/blockers.ts';
import { changesQueriesItself, changingMembers, members } from '../project/query/custom-query.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'custom-query-class',
  summary: 'Report classes that extend `Query`',
  rationale:
    'Default filters, overridden methods and methods of its own are lost when a query becomes a statement: sessions and models that are given such a class keep their queries.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/session_events.html#adding-global-where-on-criteria',
  fixes: 'none',
  stillRuns: true,
  rows: ['custom-query-class'],
  triggers: ['Query'],
  example: {
    before:
      'from sqlalchemy.orm import Query\n\n\nclass LivingQuery(Query):\n    def get(self, key):\n        return self.filter_by(id=key, deleted=False).first()\n',
    after:
      'from sqlalchemy.orm import Query\n\n\nclass LivingQuery(Query):\n    def get(self, key):\n        return self.filter_by(id=key, deleted=False).first()\n',
  },
  visit: {
    class_definition(node, ctx) {
      const { facts } = ctx;
      const name = node.child('name');
      if (!name || kindOfClass(node, facts.module, facts.symbols) !== 'query') return;
      const own = members(facts.module, node).map((each) => each.name);
      const { ofClass } = facts.queryBlockers().listeners;
      const isChange = changesQueriesItself(facts.module, node, facts.symbols, ofClass) !== null;
      ctx.manual({
        at: name,
        message: `\`${name.text}\` is a Query class`,
        reason: isChange
          ? changing(changingMembers(facts.module, node).map((each) => each.name))
          : adding(own),
      });
    },
  },
});

function changing(names: readonly string[]): string {
  return `it changes what queries do${listed(names)}, so the queries that have it are left as they are: move its criteria to a listener for \`do_orm_execute\` of the Session with \`with_loader_criteria()\`, its other methods to functions that take a statement`;
}

function adding(names: readonly string[]): string {
  return `statements do not have its methods${listed(names)}, so the queries that call them are left as they are: write functions that take a \`select()\` and return it`;
}

function listed(names: readonly string[]): string {
  return names.length > 0 ? ` (${names.map((name) => `\`${name}\``).join(', ')})` : '';
}
