// Removes type stubs and mypy plugins for 1.x from requirements and settings.
import { defineTransform, type ConfigContext } from '../project/rule.ts';
import type { ConfigFile } from '../project/dependencies/config-file.ts';
import { itemSpan, lineSpan } from '../project/dependencies/spans.ts';
import { MYPY_PLUGINS, STUBS } from '../sqlalchemy/companions.ts';

export default defineTransform({
  id: 'deps-typing',
  summary: 'Remove type stubs and the mypy plugin for 1.x',
  rationale: '2.0 brings its own types, which the stubs contradict; 2.1 has no plugin any more.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#new-typing-support-in-core-and-orm-stubs-extensions-no-longer-used',
  fixes: 'safe',
  rows: ['imp-mypy-plugin'],
  triggers: ['sqlalchemy', 'SQLAlchemy'],
  example: {
    file: 'mypy.ini',
    before: '[mypy]\nplugins = sqlalchemy.ext.mypy.plugin\nstrict = true\n',
    after: '[mypy]\nstrict = true\n',
  },
  visit: {},
  config(file, context) {
    if (context.settings.targetVersion === '1.4') return;
    removeStubs(file, context);
    removePlugins(file, context);
  },
});

function removeStubs({ requirements }: ConfigFile, context: ConfigContext): void {
  for (const requirement of requirements) {
    const { name, whole, isLocked, extras, style } = requirement;
    if (STUBS.has(name)) {
      const message = `${name} is for SQLAlchemy 1.x`;
      if (isLocked)
        context.manual({
          at: requirement,
          message,
          reason: 'remove it where it is asked for, and lock again',
        });
      else
        context.fix({
          at: requirement,
          message,
          safety: 'safe',
          edits: [context.replace(whole, '')],
        });
    }
    if (name !== 'sqlalchemy' || !extras?.names.includes('mypy') || isLocked) continue;
    const kept = extras.names.filter((each) => each !== 'mypy');
    const quote = style === 'poetry' ? '"' : '';
    const list = kept.map((each) => quote + each + quote).join(style === 'poetry' ? ', ' : ',');
    context.fix({
      at: requirement,
      message: 'the extra `mypy` brings the plugin for 1.x',
      safety: 'safe',
      edits: [context.replace(extras, list === '' && style !== 'poetry' ? '' : `[${list}]`)],
    });
  }
}

function removePlugins({ path, text }: ConfigFile, context: ConfigContext): void {
  const isToml = path.endsWith('.toml');
  if (!isToml && !/\.(ini|cfg)$/.test(path)) return;
  for (const match of text.matchAll(
    /^[ \t]*plugins[ \t]*=[ \t]*(.*(?:\r?\n(?:[ \t]+\S.*|\]))*)/gm,
  )) {
    const value = match[1] ?? '';
    const from = match.index + match[0].length - value.length;
    const named = [...value.matchAll(/[\w.]+(?:\.[\w.]+)*/g)].map((each) => each[0]);
    const isOurs = named.filter((name) => MYPY_PLUGINS.includes(name));
    for (const name of isOurs) {
      const at =
        from + value.search(new RegExp(`(?<![\\w.])${name.replaceAll('.', '\\.')}(?![\\w.])`));
      const whole = { start: at, end: at + name.length };
      const isOnly = named.length === 1;
      const quoted = isToml && /["']/.test(text[at - 1] ?? '');
      const span = isOnly
        ? { start: match.index, end: lineSpan(text, match.index + match[0].length).end }
        : itemSpan(text, quoted ? { start: whole.start - 1, end: whole.end + 1 } : whole);
      context.fix({
        at: whole,
        message: `the mypy plugin \`${name}\` is for SQLAlchemy 1.x`,
        safety: 'safe',
        edits: [context.replace(span, '')],
      });
    }
  }
}
