// Renames methods of tables and statements. The table is in src/sqlalchemy/renamed-members.ts.
import { renameMembers } from '../project/core/renamed-members.ts';
import { defineTransform } from '../project/rule.ts';
import { CORE_RENAMES } from '../sqlalchemy/renamed-members.ts';

export default defineTransform({
  id: 'core-renamed',
  summary: 'Use the new names of methods of tables and statements',
  rationale: 'The old names are deprecated or gone.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/metadata.html#sqlalchemy.schema.Table.to_metadata',
  fixes: 'safe',
  rows: CORE_RENAMES.map(({ row }) => row),
  triggers: CORE_RENAMES.map(({ from }) => `.${from}`),
  example: {
    before: 'copied = users.tometadata(other_metadata)\n',
    after: 'copied = users.to_metadata(other_metadata)\n',
  },
  visit: { attribute: renameMembers(CORE_RENAMES) },
});
