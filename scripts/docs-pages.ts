// Renders the rule table of the README and one page a rule from the declarations, and the summary that it quotes from a run. It reads and writes no files.
import { findRule, listRules } from '../src/cli/rules.ts';
import { ruleIds } from '../src/engine/select.ts';
import type { Explanation, Transform } from '../src/project/rule.ts';

const SHOWN = 2;

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

/** The README with the current rule table and the summary of a run between their markers. */
export function currentReadme(
  readme: string,
  transforms: readonly Transform[],
  summary: string,
): string {
  const quoted = `\n${code('text', summaryExcerpt(summary))}\n`;
  return filled(filled(readme, 'rules', ruleTable(transforms)), 'summary', quoted);
}

/** The text with new content between the markers of a part. */
function filled(text: string, part: string, content: string): string {
  const start = `<!-- ${part}: written by \`npm run docs\` -->`;
  const end = `<!-- end of ${part} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${start} and ${end}`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

/** The first and last line of a summary and the first of what it lists between them. */
function summaryExcerpt(summary: string): string {
  const lines = summary.trim().split('\n');
  const listed = lines.slice(1, -1);
  const more = listed.length > SHOWN ? ['  …'] : [];
  return [lines[0], ...listed.slice(0, SHOWN), ...more, lines.at(-1)].join('\n');
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
    ...explained(rule.explanation),
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

/** The failure, what is printed when it happens, and the ways out. */
function explained(explanation: Explanation | undefined): readonly string[] {
  if (!explanation) return [];
  const { failure, traceback, remedy } = explanation;
  return [
    '## What goes wrong',
    '',
    failure,
    '',
    ...(traceback === undefined ? [] : [code('text', traceback), '']),
    '## What to do',
    '',
    remedy,
    '',
  ];
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
