// Drops or renames keyword arguments of types, tables and expressions. The table is in src/sqlalchemy/dropped-keywords.ts.
import { oldKeywords } from '../project/core/old-keywords.ts';
import { defineTransform } from '../project/rule.ts';
import { CORE_KEYWORDS } from '../sqlalchemy/dropped-keywords.ts';

export default defineTransform({
  id: 'core-old-keyword',
  summary: 'Drop keyword arguments of types and tables that are gone',
  rationale: '2.0 takes them no longer, and most raise TypeError.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html',
  fixes: 'safe',
  rows: [...new Set(CORE_KEYWORDS.map(({ row }) => row))],
  triggers: [...new Set(CORE_KEYWORDS.map(({ name }) => name))],
  example: {
    before: 'name = Column(String(50, convert_unicode=True))\n',
    after: 'name = Column(String(50))\n',
  },
  visit: { call: oldKeywords(CORE_KEYWORDS) },
});
