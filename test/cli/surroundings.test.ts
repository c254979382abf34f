// What the requirements of a project tell about the SQLAlchemy that it runs on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSurroundings } from '../../src/cli/surroundings.ts';

function runsOn(name: string, text: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'surroundings-'));
  try {
    writeFileSync(join(folder, name), text);
    return readSurroundings(folder).runsOn;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each([
  ['SQLAlchemy==1.3.24', '1.3'],
  ['sqlalchemy>=1.2.9, < 1.4', '1.3'],
  ['sqlalchemy~=1.3.0', '1.3'],
  ['sqlalchemy~=1.3', '1.4'],
  ['SQLAlchemy[asyncio]>=1.4,<2.0  # for now', '1.4'],
  ['sqlalchemy==1.4.*', '1.4'],
  ['sqlalchemy>=2.0', '2.x'],
  ['sqlalchemy~=2.0.4', '2.x'],
  ['sqlalchemy>=1.3.0', null],
  ['sqlalchemy', null],
  ['sqlalchemy-utils<1.0', null],
])('%s asks for %s', (line, series) => {
  expect(runsOn('requirements.txt', `flask>=2\n${line}\n`)).toBe(series);
});

test('setup.py and pyproject.toml say it too', () => {
  expect(runsOn('setup.py', 'setup(install_requires=["SQLAlchemy>=1.3,<1.4"])\n')).toBe('1.3');
  expect(runsOn('pyproject.toml', '[project]\ndependencies = ["sqlalchemy>=2.0"]\n')).toBe('2.x');
});
