// The documentation says what the rules do: the pages are current, and every example really becomes what it shows.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { rulePages } from '../scripts/docs-pages.ts';
import { listRules } from '../src/cli/rules.ts';
import { loadLayers } from '../src/engine/load-layers.ts';
import { migrateSources } from '../src/engine/run.ts';
import type { Settings } from '../src/project/settings.ts';
import { transforms } from '../src/transforms/index.ts';
import { exampleIn, PLACES } from './support/examples.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = rulePages(transforms);
const layers = await loadLayers();

test('there is a page for every rule, and for nothing else (npm run docs)', () => {
  const names = readdirSync(join(root, 'docs', 'rules')).map((name) => `docs/rules/${name}`);
  expect(names.toSorted()).toEqual([...pages.keys()]);
});

test.each([...pages])('%s is current (npm run docs)', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

describe('examples', () => {
  test.each(listRules(transforms))('$id becomes what its example shows', async (rule) => {
    const { before, after, file, targetVersion } = rule.example;
    if (file !== undefined) {
      const asyncio = 'from sqlalchemy.ext.asyncio import create_async_engine\n';
      const code: [string, string][] = rule.id.includes('asyncio') ? [['app.py', asyncio]] : [];
      const { files } = await migrateSources(new Map([...code, [file, before]]));
      expect(files.get(file)).toBe(after);
      return;
    }
    const outcomes = await Promise.all(
      Object.values(PLACES).flatMap((place) =>
        [false, true].map(async (unsafeFixes) => {
          const program = new Map([['app.py', place(before)]]);
          const options: Partial<Settings> = {
            lineLength: 100,
            unsafeFixes: unsafeFixes || rule.fixes === 'unsafe',
            // Rules of 2.1 alone, and those that must be asked for.
            ...(/^(async|lint)-/.test(rule.id) ? { select: [rule.id], targetVersion: '2.1' } : {}),
            ...(rule.default ? {} : { select: [rule.id] }),
            ...(targetVersion ? { targetVersion } : {}),
          };
          const { files, findings } = await migrateSources(program, options, layers);
          const text = exampleIn(files.get('app.py') ?? '');
          return { text, rules: findings.map((finding) => finding.rule) };
        }),
      ),
    );
    expect(outcomes.map(({ text }) => text)).toContain(after);
    const fitting = outcomes.filter(({ text }) => text === after);
    expect(fitting.flatMap(({ rules }) => rules)).toContain(rule.id);
  });
});
