// Drops or renames keyword arguments of create_engine() and of connections. The table is in src/sqlalchemy/dropped-keywords.ts.
import { oldKeywords } from '../project/core/old-keywords.ts';
import { defineTransform } from '../project/rule.ts';
import { ENGINE_KEYWORDS } from '../sqlalchemy/dropped-keywords.ts';

export default defineTransform({
  id: 'engine-old-keyword',
  summary: 'Drop keyword arguments of `create_engine()` that are gone',
  rationale: '2.0 raises TypeError for them; `future=True` says what is always so.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html',
  fixes: 'safe',
  rows: [...new Set(ENGINE_KEYWORDS.map(({ row }) => row))],
  triggers: [...new Set(ENGINE_KEYWORDS.map(({ name }) => name))],
  example: {
    before: 'engine = create_engine(url, encoding="utf8", future=True)\n',
    after: 'engine = create_engine(url)\n',
  },
  visit: { call: oldKeywords(ENGINE_KEYWORDS) },
});
