// Drops or reports keyword arguments of sessions and their factories. The table is in src/sqlalchemy/dropped-keywords.ts.
import { oldKeywords } from '../project/core/old-keywords.ts';
import { defineTransform } from '../project/rule.ts';
import { SESSION_KEYWORDS } from '../sqlalchemy/dropped-keywords.ts';

export default defineTransform({
  id: 'session-old-keyword',
  summary: 'Drop keyword arguments of sessions that are gone',
  rationale:
    '2.0 has no autocommit and no subtransactions: a session always begins a transaction by itself.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#session-autocommit-mode-removed-autobegin-support-added',
  fixes: 'safe',
  rows: [...new Set(SESSION_KEYWORDS.map(({ row }) => row))],
  triggers: [...new Set(SESSION_KEYWORDS.map(({ name }) => name))],
  example: {
    before: 'Session = sessionmaker(bind=engine, autocommit=False)\n',
    after: 'Session = sessionmaker(bind=engine)\n',
  },
  visit: { call: oldKeywords(SESSION_KEYWORDS) },
});
