// The lock file must work with any registry: it names no host.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('package-lock.json names no host', () => {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const packages: unknown = JSON.parse(text);
  expect(packages).toHaveProperty('lockfileVersion', 3);
  expect(text).not.toContain('"resolved"');
});
