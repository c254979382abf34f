// Adds the extra that brings greenlet where a project uses SQLAlchemy's asyncio extension.
import type { ConfigFile, Requirement } from '../project/dependencies/config-file.ts';
import { defineTransform, type ConfigContext } from '../project/rule.ts';

export default defineTransform({
  id: 'deps-asyncio-extra',
  summary: 'Ask for `sqlalchemy[asyncio]` where the asyncio extension is used',
  rationale:
    'The extension needs greenlet, which is not installed everywhere without the extra, and nowhere by 2.1.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#asyncio-platform-installation-notes-including-apple-m1',
  fixes: 'safe',
  rows: ['lint-asyncio-extra', 'async-greenlet-extra'],
  triggers: ['sqlalchemy', 'SQLAlchemy'],
  example: {
    file: 'requirements.txt',
    before: 'SQLAlchemy>=2.0\n',
    after: 'SQLAlchemy[asyncio]>=2.0\n',
  },
  explanation: {
    failure:
      'Where greenlet is missing, on processors for which 2.0 does not ask for it, in images that leave out what nobody names, and everywhere with 2.1, the first statement fails; 2.1 fails at the import.',
    traceback:
      "ValueError: the greenlet library is required to use this function. No module named 'greenlet'\n\nImportError: The SQLAlchemy asyncio module requires that the Python 'greenlet' library is installed.  In order to ensure this dependency is available, use the 'sqlalchemy[asyncio]' install target:  'pip install sqlalchemy[asyncio]'",
    remedy:
      'Ask for `sqlalchemy[asyncio]` in the dependency files, and lock again. Where an extra cannot be written (conda), name `greenlet` beside it.',
  },
  visit: {},
  config(file, context) {
    if (!context.usesAsyncio || hasGreenlet(file)) return;
    for (const requirement of file.requirements)
      if (
        requirement.name === 'sqlalchemy' &&
        !requirement.isConstraint &&
        !requirement.isConditional
      )
        addExtra(requirement, context);
  },
});

function hasGreenlet({ requirements }: ConfigFile): boolean {
  return requirements.some(({ name }) => name === 'greenlet');
}

function addExtra(requirement: Requirement, context: ConfigContext): void {
  const { extras, specifier, style, isLocked, nameEnd } = requirement;
  if (extras?.names.includes('asyncio')) return;
  const message = 'SQLAlchemy without its asyncio extra';
  if (isLocked || style === 'conda')
    return context.manual({
      at: requirement,
      message,
      reason: isLocked ? 'lock sqlalchemy[asyncio]' : 'add greenlet beside it',
    });
  const fix = (at: { readonly start: number; readonly end: number }, text: string): void =>
    context.fix({ at: requirement, message, safety: 'safe', edits: [context.replace(at, text)] });
  const quote = style === 'poetry' ? '"' : '';
  if (extras)
    return fix(
      { start: extras.start + 1, end: extras.end - 1 },
      ['asyncio', ...extras.names]
        .map((name) => quote + name + quote)
        .join(style === 'poetry' ? ', ' : ','),
    );
  if (style === 'pep508') return fix({ start: nameEnd, end: nameEnd }, '[asyncio]');
  if (!specifier) return;
  // `"^2.0"` becomes a table; a table gets one more key.
  const quoted = { start: specifier.start - 1, end: specifier.end + 1 };
  if (requirement.isTable)
    return fix({ start: quoted.end, end: quoted.end }, ', extras = ["asyncio"]');
  context.fix({
    at: requirement,
    message,
    safety: 'safe',
    edits: [
      context.replace(
        { start: quoted.start, end: quoted.start },
        '{extras = ["asyncio"], version = ',
      ),
      context.replace({ start: quoted.end, end: quoted.end }, '}'),
    ],
  });
}
