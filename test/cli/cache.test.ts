// Outcomes of runs on a few files are kept, and never taken when anything that they depend on has changed.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cli, command } from '../support/cli.ts';
import { temporaryFolder } from '../support/engine.ts';

const FOLDER = '.sqla_migrate_cache';
const FILES = {
  'sqla-migrate.toml': '',
  'app/__init__.py': '',
  'app/db.py':
    'from sqlalchemy.orm import Session\n\n\ndef make() -> Session:\n    return Session()\n',
  'app/models.py':
    'from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\n\nclass User(Base):\n    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n',
  'app/reports.py':
    'from .db import make\nfrom .models import User\n\nsession = make()\nusers = session.query(User).all()\n',
};

let folder: { readonly path: string; remove(): Promise<void> };
beforeEach(async () => {
  folder = await temporaryFolder(FILES);
});
afterEach(async () => folder.remove());

const report = async (...words: readonly string[]): Promise<string> => {
  const { code, stdout } = await cli(folder.path, [
    'app/reports.py',
    '--dry-run',
    '--output-format',
    'json',
    ...words,
  ]);
  expect(code).toBe(0);
  return stdout;
};
const entries = async (): Promise<readonly string[]> =>
  (await readdir(join(folder.path, FOLDER))).filter((name) => name.endsWith('.json'));

/** Marks what the only entry says, so that it can be told where an answer comes from. */
async function mark(): Promise<void> {
  const [only] = await entries();
  const file = join(folder.path, FOLDER, only ?? '');
  const text = await readFile(file, 'utf8');
  expect(text).toContain('is legacy');
  await writeFile(file, text.replaceAll('is legacy', 'is MARKED'));
}

describe('the outcome of an earlier run', () => {
  test('is taken when nothing has changed, and says the same', async () => {
    const first = await report();
    expect(first).toContain('is legacy');
    expect(await report()).toBe(first);
    expect(await report('--no-cache')).toBe(first);
    await mark();
    expect(await report()).toContain('is MARKED');
    expect(await report('--no-cache')).toBe(first);
    expect(await entries()).toHaveLength(1);
  });

  test.each([
    ['the file', 'app/reports.py', `${FILES['app/reports.py']}print(len(users))\n`],
    ['a file that gives facts', 'app/db.py', 'def make():\n    return object()\n'],
    ['the configuration', 'sqla-migrate.toml', 'line-length = 60\n'],
    ['the line length of another tool', 'ruff.toml', 'line-length = 60\n'],
    ['a new file', 'app/more.py', 'from sqlalchemy.orm import Query\n'],
  ])('is not taken when %s changes', async (_, name, text) => {
    await report();
    await mark();
    await writeFile(join(folder.path, name), text);
    const now = await report();
    expect(now).not.toContain('is MARKED');
    expect(now).toBe(await report('--no-cache'));
  });

  test('is not taken for other options', async () => {
    await report();
    await mark();
    expect(await report('--unsafe-fixes')).not.toContain('is MARKED');
    expect(await report('--target-version', '2.1')).not.toContain('is MARKED');
  });

  test('is not taken when its file is broken', async () => {
    const first = await report();
    const [only] = await entries();
    for (const text of ['{', '[]', '{"changed": []}']) {
      await writeFile(join(folder.path, FOLDER, only ?? ''), text);
      expect(await report()).toBe(first);
    }
  });

  test('is not seen by git', async () => {
    await command('git', ['init', '--quiet'], { cwd: folder.path });
    await report();
    const { stdout } = await command('git', ['status', '--porcelain', '--untracked-files=all'], {
      cwd: folder.path,
    });
    expect(stdout).not.toContain(FOLDER);
    expect(stdout).toContain('app/db.py');
  });

  test('is not kept with --no-cache', async () => {
    await report('--no-cache');
    expect(existsSync(join(folder.path, FOLDER))).toBe(false);
  });

  test('is written to the files like a new one', async () => {
    await report();
    await cli(folder.path, ['app/reports.py', '--allow-dirty']);
    const text = await readFile(join(folder.path, 'app/reports.py'), 'utf8');
    expect(text).toContain('session.scalars(select(User)).all()');
    expect(await report()).not.toContain('"applied"');
  });
});
