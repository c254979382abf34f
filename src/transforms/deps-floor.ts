// Raises the SQLAlchemy that a project asks for, and reports packages that are too old to run beside it.
import { admits, raised } from '../project/dependencies/versions.ts';
import type { Requirement } from '../project/dependencies/config-file.ts';
import { defineTransform, type ConfigContext } from '../project/rule.ts';
import { COMPANIONS } from '../sqlalchemy/companions.ts';

export default defineTransform({
  id: 'deps-floor',
  summary: 'Ask for a SQLAlchemy that runs the migrated code',
  rationale:
    'Code in the 2.0 style does not run on older versions, and many pins do not allow 2.0.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html',
  fixes: 'safe',
  rows: ['dependency-floors', 'pandas-read-sql'],
  triggers: ['sqlalchemy', 'SQLAlchemy'],
  example: {
    file: 'requirements.txt',
    before: 'SQLAlchemy>=1.3,<2.0\n',
    after: 'SQLAlchemy>=2.0,<2.1\n',
  },
  visit: {},
  config(file, context) {
    for (const requirement of file.requirements) {
      if (requirement.name === 'sqlalchemy') ofSqlalchemy(requirement, context);
      else ofCompanion(requirement, context);
    }
  },
});

function ofSqlalchemy(requirement: Requirement, context: ConfigContext): void {
  const { specifier, style, isLocked, isConditional } = requirement;
  if (!specifier) return;
  const target = context.settings.targetVersion;
  const next = raised(specifier.text, style, target);
  if (next.kind === 'same') return;
  const message = `SQLAlchemy ${specifier.text} is asked for`;
  if (isConditional)
    return context.manual({
      at: requirement,
      message,
      reason: `an environment of its own tests it: replace it by one for ${target}`,
    });
  if (next.kind === 'unreadable' || isLocked)
    return context.manual({
      at: requirement,
      message,
      reason: isLocked
        ? `the version is locked: lock it again for ${target}`
        : `ask for ${target}: the specifier cannot be raised for you`,
    });
  context.fix({
    at: requirement,
    message,
    safety: 'safe',
    edits: [context.replace(specifier, next.text)],
  });
}

function ofCompanion(requirement: Requirement, context: ConfigContext): void {
  const { specifier, style, name } = requirement;
  const first = COMPANIONS.get(name);
  if (first === undefined || !specifier || context.settings.targetVersion === '1.4') return;
  if (admits(specifier.text, first, style)) return;
  context.manual({
    at: requirement,
    message: `${name} ${specifier.text} does not run on SQLAlchemy 2.0`,
    reason: `the first version that does is ${first}`,
  });
}
