// Renames the warning of 1.4 in the filters of test configurations.
import { defineTransform } from '../project/rule.ts';

const OLD = /\bsqlalchemy\.exc\.RemovedIn20Warning\b/g;

export default defineTransform({
  id: 'deps-warning-filter',
  summary: 'Name the warning that 2.x has in `filterwarnings`',
  rationale: 'pytest fails to start when a filter names a class that is gone.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/exceptions.html#sqlalchemy.exc.Base20DeprecationWarning',
  fixes: 'safe',
  rows: ['imp-removedin20warning'],
  triggers: ['sqlalchemy', 'SQLAlchemy'],
  example: {
    file: 'pytest.ini',
    before: '[pytest]\nfilterwarnings =\n    error::sqlalchemy.exc.RemovedIn20Warning\n',
    after: '[pytest]\nfilterwarnings =\n    error::sqlalchemy.exc.Base20DeprecationWarning\n',
  },
  visit: {},
  config({ text, path }, context) {
    if (!/\.(ini|cfg|toml)$/.test(path)) return;
    for (const { index, 0: name } of text.matchAll(OLD)) {
      const at = { start: index, end: index + name.length };
      context.fix({
        at,
        message: '`RemovedIn20Warning` is gone in 2.0',
        safety: 'safe',
        edits: [context.replace(at, 'sqlalchemy.exc.Base20DeprecationWarning')],
      });
    }
  },
});
