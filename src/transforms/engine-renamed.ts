// Renames members of engines, URLs and raw connections. The table is in src/sqlalchemy/renamed-members.ts.
import { renameMembers } from '../project/core/renamed-members.ts';
import { defineTransform } from '../project/rule.ts';
import { ENGINE_RENAMES } from '../sqlalchemy/renamed-members.ts';

export default defineTransform({
  id: 'engine-renamed',
  summary: 'Use the new names of members of engines, URLs and raw connections',
  rationale: 'The old names are deprecated or gone.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/engines.html#sqlalchemy.engine.URL.render_as_string',
  fixes: 'safe',
  rows: ENGINE_RENAMES.map(({ row }) => row),
  triggers: ENGINE_RENAMES.map(({ from }) => `.${from}`),
  example: {
    before: 'connection = engine.contextual_connect()\n',
    after: 'connection = engine.connect()\n',
  },
  visit: { attribute: renameMembers(ENGINE_RENAMES) },
});
