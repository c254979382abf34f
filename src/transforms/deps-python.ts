// Reports a floor of Python that SQLAlchemy 2.1 does not run on. Whom a project drops is its own decision: it raises none.
import { defineTransform } from '../project/rule.ts';

const OLDEST = 10;
/** `requires-python = ">=3.8"`, Poetry's `python = "^3.8"`, `python_requires = >=3.7` of setuptools. */
const FLOORS =
  /^[ \t]*(?:requires-python|python_requires|python)\s*=\s*["']?\s*(?:>=|~=|\^|~|==)?\s*3\.(\d+)[^\n#]*/gm;

export default defineTransform({
  id: 'deps-python',
  summary: 'Ask for a Python that SQLAlchemy 2.1 runs on',
  rationale: 'Only with `--target-version 2.1`: it needs Python 3.10.',
  reference: 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html',
  fixes: 'none',
  rows: ['v21-python'],
  triggers: ['sqlalchemy', 'SQLAlchemy'],
  example: {
    file: 'pyproject.toml',
    before: '[project]\nrequires-python = ">=3.8"\ndependencies = ["sqlalchemy>=2.1"]\n',
    after: '[project]\nrequires-python = ">=3.8"\ndependencies = ["sqlalchemy>=2.1"]\n',
    targetVersion: '2.1',
  },
  visit: {},
  config({ path, text, requirements }, context) {
    if (context.settings.targetVersion !== '2.1') return;
    if (!/(^|\/)(pyproject\.toml|setup\.(cfg|py))$/.test(path)) return;
    if (!requirements.some(({ name }) => name === 'sqlalchemy')) return;
    for (const { index, 0: line, 1: minor } of text.matchAll(FLOORS)) {
      if (Number(minor) >= OLDEST) continue;
      const start = index + (/^\s*/.exec(line)?.[0].length ?? 0);
      context.manual({
        at: { start, end: index + line.trimEnd().length },
        message: `Python 3.${minor ?? ''} is asked for`,
        reason: `SQLAlchemy 2.1 needs Python 3.${OLDEST}: raise it, or stay with 2.0 on older ones`,
      });
    }
  },
});
