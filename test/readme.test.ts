// What the README says exists and is so: options, commands, configuration keys, the rule table, the diff and the summary of the example.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { currentReadme } from '../scripts/docs-pages.ts';
import { checkConfig } from '../src/cli/config-schema.ts';
import { readToml, tableAt } from '../src/cli/config.ts';
import { addOptions } from '../src/cli/options.ts';
import { addVerifyOptions } from '../src/cli/verify-options.ts';
import { ruleIds, selects } from '../src/engine/select.ts';
import { transforms } from '../src/transforms/index.ts';
import { cli, type Outcome } from './support/cli.ts';
import { temporaryFolder } from './support/engine.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const RULES_OPTIONS = ['--all', '--json'];

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text]) => text ?? '',
  );
}

describe('against the program', () => {
  const options = [
    ...addOptions(new Command()).options,
    ...addVerifyOptions(new Command()).options,
  ];
  const known = options.flatMap(({ short, long }) => [short, long]).filter((each) => each);

  test('options that the README names exist', () => {
    const named = [...readme.matchAll(/(?<=[`\s])--?[a-z][a-z-]*(?=[`=\s,])/g)].map(
      ([flag]) => flag,
    );
    expect(new Set(named).size).toBeGreaterThan(20);
    expect(named.filter((flag) => ![...known, ...RULES_OPTIONS].includes(flag))).toEqual([]);
  });

  test('the README names every option', () => {
    const missing = options.filter(({ long }) => long && !readme.includes(`\`${long}`));
    expect(missing.map(({ long }) => long)).toEqual([]);
  });

  test('the npm scripts that it names exist', () => {
    const scripts = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    expect(scripts).toContain('demo');
  });

  test('rules that it says to ignore or select exist', () => {
    const ids = transforms.flatMap(ruleIds);
    const ignored = [...readme.matchAll(/ignore\[([\w-]+)\]/g)].map(([, id]) => id ?? '');
    expect(ignored.filter((id) => !ids.some((each) => selects(id, each)))).toEqual([]);
    expect(ignored.length).toBeGreaterThan(0);
  });

  test('its configuration is accepted', async () => {
    const [toml = ''] = blocks('toml');
    const folder = await temporaryFolder({ 'pyproject.toml': toml });
    const table = tableAt(readToml(join(folder.path, 'pyproject.toml')), 'tool', 'sqla-migrate');
    await folder.remove();
    expect(Object.keys(table).length).toBeGreaterThan(5);
    expect(() => checkConfig(table, 'README.md')).not.toThrow();
  });

  test('links within the repository lead somewhere', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('against a run on the example', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await cli(root, ['examples/bookshop', '--dry-run', '--color', 'never']);
  });

  test('rule table and summary are current (npm run docs)', () => {
    expect(currentReadme(readme, transforms, outcome.stderr)).toBe(readme);
  });

  test.each(blocks('diff'))('its diff is part of the real one:\n%s', (diff) => {
    expect(`\n${outcome.stdout}`.includes(`\n${diff}`)).toBe(true);
  });
});
