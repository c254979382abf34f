// The hook as its users meet it: the real pre-commit installs the tagged tree that the release script makes, and runs it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { command } from './support/cli.ts';
import { temporaryFolder } from './support/engine.ts';

const VERSION = '4.7.0';
const OLD =
  'from sqlalchemy.ext.declarative import declarative_base\n\nBase = declarative_base()\n';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const { program, reason } = install();
const folders: { remove(): Promise<void> }[] = [];
afterAll(async () => {
  for (const folder of folders) await folder.remove();
});

/** pre-commit in an environment of its own that is kept between runs, or why it cannot be had. */
function install(): { readonly program: string; readonly reason: string } {
  const folder = join(root, '.cache', `pre-commit-${VERSION}`);
  const found = join(folder, 'bin', 'pre-commit');
  if (existsSync(found)) return { program: found, reason: '' };
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
    const words = ['-m', 'pip', 'install', '--quiet', `pre-commit==${VERSION}`];
    execFileSync(join(folder, 'bin', 'python'), words, { stdio: 'pipe' });
    return { program: found, reason: '' };
  } catch (error) {
    const [line] = String(error).split('\n');
    return { program: '', reason: `pre-commit ${VERSION} cannot be installed: ${line}` };
  }
}

const title = reason === '' ? 'the pre-commit hook' : `the pre-commit hook: SKIPPED, ${reason}`;
describe.skipIf(reason !== '')(title, () => {
  test('installs from the tag, rewrites what is staged, and passes then', async () => {
    const { path: scratch } = await folderWith({
      'hooks/.keep': '',
      'project/app/db.py': OLD,
      'project/old/skipped.py': OLD,
      'project/pyproject.toml': '[tool.sqla-migrate]\nexclude = ["old"]\n',
      'project/.pre-commit-config.yaml': [
        'repos:',
        `  - repo: ../hooks`,
        `    rev: v${await versionOf()}`,
        '    hooks:',
        '      - id: sqla-migrate',
        '',
      ].join('\n'),
    });
    const hooks = join(scratch, 'hooks');
    const project = join(scratch, 'project');
    await succeed('git', ['init', '--quiet'], hooks);
    const release = [
      join(root, 'scripts', 'release.js'),
      join(scratch, 'tree'),
      '--commit-to',
      hooks,
    ];
    await succeed(process.execPath, release, root);
    await succeed('git', ['init', '--quiet'], project);
    await succeed('git', ['add', '.'], project);

    const env = { PRE_COMMIT_HOME: join(scratch, 'home') };
    const run = async () => command(program, ['run', '--all-files'], { cwd: project, env });
    const first = await run();
    expect(first.stdout).toContain('files were modified by this hook');
    expect(first.code).toBe(1);
    expect(await readFile(join(project, 'app/db.py'), 'utf8')).toContain('class Base(');
    expect(await readFile(join(project, 'old/skipped.py'), 'utf8')).toBe(OLD);

    await succeed('git', ['add', '.'], project);
    const second = await run();
    expect(second.stdout).toContain('Passed');
    expect(second.code).toBe(0);
  }, 240_000);
});

test('the tagged tree has no scripts, no dependencies, and both WebAssembly files', async () => {
  const { path: scratch } = await folderWith({});
  await succeed(
    process.execPath,
    [join(root, 'scripts', 'release.js'), join(scratch, 'tree')],
    root,
  );
  const text = await readFile(join(scratch, 'tree', 'package.json'), 'utf8');
  const keys: unknown = JSON.parse(text);
  expect(keys).toHaveProperty('bin');
  for (const key of ['scripts', 'dependencies', 'devDependencies', 'workspaces'])
    expect(keys).not.toHaveProperty(key);
  for (const name of ['web-tree-sitter.wasm', 'tree-sitter-python.wasm', 'THIRD-PARTY-NOTICES.txt'])
    expect(existsSync(join(scratch, 'tree', 'dist', name))).toBe(true);
  const help = await command(
    process.execPath,
    [join(scratch, 'tree', 'bin', 'sqla-migrate.js'), '--help'],
    {
      cwd: scratch,
    },
  );
  expect(help.code).toBe(0);
});

async function folderWith(files: Record<string, string>) {
  const folder = await temporaryFolder(files);
  folders.push(folder);
  return folder;
}

async function versionOf(): Promise<string> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? '';
}

async function succeed(file: string, args: readonly string[], cwd: string): Promise<void> {
  const outcome = await command(file, args, { cwd, env: IDENTITY });
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
}
