// Renders the rule table of the README and one page a rule from the declarations of the rules. It reads and writes no files.
import { findRule, listRules } from '../src/cli/rules.ts';
import { ruleIds } from '../src/engine/select.ts';
import type { Transform } from '../src/project/rule.ts';

const START = '<!-- rules: written by `npm run docs` -->';
const END = '<!-- end of rules -->';

const CLAIMS = {
  safe: 'Rewritten by default where every fact is proven; the rest is reported.',
  unsafe: 'Rewritten only with `--unsafe-fixes`.',
  none: 'Only reported: a person must decide.',
} as const;

const SHORT = { safe: 'yes', unsafe: '`--unsafe-fixes`', none: 'reported' } as const;

/** The table of all rules, in Markdown. */
export function ruleTable(transforms: readonly Transform[]): string {
  const rows = listRules(transforms).map(({ id, summary, fixes, default: isDefault }) => {
    const note = isDefault ? '' : ' (off unless selected)';
    return `| [\`${id}\`](docs/rules/${id}.md) | ${cell(summary)}${note} | ${SHORT[fixes]} |`;
  });
  return ['| rule | what it does | rewrites |', '|---|---|---|', ...rows].join('\n');
}

/** The README with the current table between its markers. */
export function withTable(readme: string, transforms: readonly Transform[]): string {
  const from = readme.indexOf(START);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${START} and ${END}`);
  return `${readme.slice(0, from + START.length)}\n${ruleTable(transforms)}\n${readme.slice(to)}`;
}

/** The pages of all rules, by path relative to the repository. */
export function rulePages(transforms: readonly Transform[]): ReadonlyMap<string, string> {
  const pages = transforms.flatMap((transform) =>
    ruleIds(transform).map((id): [string, string] => [
      `docs/rules/${id}.md`,
      rulePage(id, transform),
    ]),
  );
  return new Map(pages.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function rulePage(id: string, transform: Transform): string {
  const rule = findRule(listRules([transform]), id);
  const { before, after } = rule.example;
  const example =
    before === after
      ? ['## Example', '', code('python', before)]
      : ['## Example', '', code('diff', `${marked('-', before)}${marked('+', after)}`)];
  const member = transform.family?.find((each) => each.id === id);
  const rows = member?.rows ?? transform.rows;
  return [
    `<!-- Written by \`npm run docs\` from src/transforms; do not edit. -->`,
    `# ${id}`,
    '',
    `${rule.summary}.`,
    '',
    rule.rationale,
    '',
    `**Rewrites:** ${CLAIMS[rule.fixes]}`,
    ...(rule.default ? [] : ['', `Off unless selected: \`--select ${id}\`.`]),
    '',
    ...example,
    '',
    `Leave one place as it is: \`# sqla-migrate: ignore[${id}]\` on its line. Leave the rule out: \`--ignore ${id}\`.`,
    '',
    `SQLAlchemy's documentation: <${rule.reference}>`,
    '',
    ...(rows.length === 0
      ? []
      : ['Covers: ' + rows.map((row) => `\`${row}\``).join(', ') + '.', '']),
  ].join('\n');
}

function code(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replace(/\n*$/, '\n')}\`\`\``;
}

function marked(sign: string, text: string): string {
  return text.replace(/\n*$/, '\n').replaceAll(/^(?=.)/gm, sign);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
