// The command line through the real bundle: modes, streams, exit codes, guard, configuration.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cli, command } from '../support/cli.ts';
import { temporaryFolder } from '../support/engine.ts';

const OLD =
  'from sqlalchemy.ext.declarative import declarative_base\n\nBase = declarative_base()\n';

const LONG = `from models import User
from sqlalchemy.orm import Session

session = Session()
u = session.query(User).filter(User.name == "somebody").all()
`;

const folders: { remove(): Promise<void> }[] = [];
const folderWith = async (files: Record<string, string>): Promise<string> => {
  const folder = await temporaryFolder(files);
  folders.push(folder);
  return folder.path;
};
const repositoryWith = async (files: Record<string, string>): Promise<string> => {
  const path = await folderWith(files);
  await git(path, 'init', '--quiet');
  await git(path, 'add', '.');
  return path;
};
const git = async (cwd: string, ...args: readonly string[]) => {
  const outcome = await command('git', args, { cwd });
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
};
const read = async (folder: string, name: string): Promise<string> =>
  readFile(join(folder, name), 'utf8');
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

describe('modes', () => {
  test('the default rewrites, and a second run finds nothing', async () => {
    const folder = await repositoryWith({ 'app/db.py': OLD });
    const first = await cli(folder, []);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(/^Rewrote \d+ sites? in 1 file\./);
    const text = await read(folder, 'app/db.py');
    expect(text).toContain('class Base(');
    await git(folder, 'add', '.');
    const second = await cli(folder, []);
    expect(second.stderr).toMatch(/^Rewrote 0 sites in 0 files\./);
    expect(await read(folder, 'app/db.py')).toBe(text);
  });

  test('the nearest configuration of a formatter decides the line length', async () => {
    const model =
      'from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\n\nclass User(Base):\n    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n    name = Column(String)\n';
    const folder = await folderWith({
      'models.py': model,
      'pyproject.toml': '[tool.black]\nline-length = 100\n',
      'app/a.py': LONG,
      'back/pyproject.toml': '[tool.black]\nline_length = 65\n',
      'back/app/b.py': LONG,
    });
    await cli(folder, ['--allow-dirty', '--select', 'query']);
    const line = 'u = session.scalars(select(User).where(User.name == "somebody")).all()\n';
    expect(await read(folder, 'app/a.py')).toContain(line);
    expect(await read(folder, 'back/app/b.py')).toContain('u = session.scalars(\n');
  });

  test('--dry-run shows the diff on stdout and writes nothing', async () => {
    const folder = await folderWith({ 'app/db.py': OLD });
    const { code, stdout, stderr } = await cli(folder, ['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('--- a/app/db.py\n+++ b/app/db.py\n@@');
    expect(stdout).toContain('-Base = declarative_base()');
    expect(stderr).toMatch(/^Would rewrite/);
    expect(await read(folder, 'app/db.py')).toBe(OLD);
  });

  test('--diff prints a patch that git takes, without line end at the end of the file too', async () => {
    const folder = await repositoryWith({ 'a.py': OLD.trimEnd(), 'sub/b.py': OLD });
    const { code, stdout } = await cli(folder, ['--diff']);
    expect(code).toBe(0);
    expect(stdout).toContain('\\ No newline at end of file');
    await writeFile(join(folder, 'change.patch'), stdout);
    await git(folder, 'apply', 'change.patch');
    await git(folder, 'add', 'a.py', 'sub/b.py');
    expect((await cli(folder, ['--check'])).code).toBe(0);
  });

  test('--check exits with 1 when there is work, and writes nothing', async () => {
    const folder = await folderWith({ 'a.py': OLD });
    const found = await cli(folder, ['--check']);
    expect(found).toMatchObject({ code: 1, stdout: '' });
    expect(found.stderr).toContain('Would rewrite a.py');
    expect(await read(folder, 'a.py')).toBe(OLD);
    expect((await cli(folder, ['--check', '--ignore', 'model,import'])).code).toBe(0);
  });

  test('standard input to standard output', async () => {
    const folder = await folderWith({});
    const { code, stdout } = await cli(folder, ['-'], { input: OLD });
    expect(code).toBe(0);
    expect(stdout).toContain('class Base(');
    const untouched = await cli(folder, ['-'], { input: 'def f(:\r\n import sqlalchemy' });
    expect(untouched).toMatchObject({ code: 0, stdout: 'def f(:\r\n import sqlalchemy' });
    expect(untouched.stderr).toContain('left as it is');
    const check = await cli(folder, ['-', '--check', '--stdin-filename', 'a.py'], { input: OLD });
    expect(check).toMatchObject({ code: 1, stdout: '' });
  });

  test('--output-format json', async () => {
    const folder = await folderWith({ 'a.py': OLD, 'old.py': 'import sqlalchemy\nprint 1\n' });
    const { stdout } = await cli(folder, ['--dry-run', '--output-format', 'json']);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({
      schema_version: 1,
      tool: { name: 'sqla-migrate' },
      target_version: '2.0',
      summary: { files: 1 },
      unprocessed: [{ path: 'old.py', line: 2 }],
    });
    expect(report).toHaveProperty('findings.0.range.start.line');
    expect(stdout).not.toContain(folder);
    expect((await cli(folder, ['--dry-run', '--output-format', 'json'])).stdout).toBe(stdout);
  });

  test('--statistics, --explain-evidence, -q', async () => {
    const folder = await folderWith({ 'a.py': OLD });
    expect((await cli(folder, ['--check', '--statistics'])).stderr).toMatch(
      /rule +safe +unsafe +manual/,
    );
    expect((await cli(folder, ['--check', '--explain-evidence'])).stderr).toMatch(
      /a\.py:3:1 model-declarative-base safe, applied/,
    );
    expect((await cli(folder, ['--check', '-q'])).stderr).toBe('');
  });
});

describe('colour', () => {
  test('only where it is wanted', async () => {
    const folder = await folderWith({ 'a.py': OLD });
    const escape = '\u001B[';
    const dry = async (args: readonly string[], env = {}) =>
      (await cli(folder, ['--dry-run', ...args], { env })).stdout.includes(escape);
    expect(await dry([])).toBe(false);
    expect(await dry([], { CI: 'true' })).toBe(false);
    expect((await cli(folder, ['--check'], { env: { CI: 'true' } })).stderr).not.toContain(escape);
    expect((await cli(folder, ['rules'], { env: { CI: 'true' } })).stdout).not.toContain(escape);
    expect(await dry(['--color', 'always'])).toBe(true);
    expect(await dry([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await dry([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });
});

describe('the git guard', () => {
  test('refuses files that are untracked or changed, by name, and writes nothing', async () => {
    const folder = await repositoryWith({ 'a.py': OLD, 'b.py': OLD, 'clean.py': 'x = 1\n' });
    await writeFile(join(folder, 'b.py'), `${OLD}x = 1\n`);
    await writeFile(join(folder, 'c.py'), OLD);
    await writeFile(join(folder, 'clean.py'), 'x = 2\n');
    const refused = await cli(folder, []);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/:\n {2}b\.py\n {2}c\.py\nNothing was written\..*--allow-dirty/);
    expect(await read(folder, 'a.py')).toBe(OLD);
    expect((await cli(folder, ['a.py'])).code).toBe(0);
    expect((await cli(folder, ['--allow-dirty'])).code).toBe(0);
    expect(await read(folder, 'c.py')).toContain('class Base(');
  });

  test('without a repository it says so and goes on', async () => {
    const folder = await folderWith({ 'a.py': OLD });
    const { code, stderr } = await cli(folder, [], { env: { GIT_CEILING_DIRECTORIES: folder } });
    expect(code).toBe(0);
    expect(stderr).toContain('this is not a git repository');
    expect(await read(folder, 'a.py')).toContain('class Base(');
  });
});

describe('bad usage exits with 2 and says what would be right', () => {
  test.each([
    [['--dryrun'], "unknown option '--dryrun'", 'Did you mean --dry-run?'],
    [['nope.py'], 'nope.py: no such file or folder', ''],
    [
      ['--select', 'model-colum'],
      "no rule is called 'model-colum'",
      "Did you mean 'model-column'?",
    ],
    [['--target-version', '3'], "argument '3' is invalid", 'Allowed choices are 1.4, 2.0, 2.1'],
    [['--python-version', '2.7'], "argument '2.7' is invalid", 'Expected a version like 3.9.'],
    [['--output-format', 'xml'], "argument 'xml' is invalid", 'text, json'],
    [['-', 'a.py'], 'standard input', 'cannot be combined'],
    [['--stdin-filename', 'a.py'], '--stdin-filename needs -', ''],
    [['--diff', '--output-format', 'json'], 'choose one', ''],
    [['--config', 'none.toml'], 'none.toml: no such file', ''],
    [['rules', 'model-colum'], "there is no rule 'model-colum'", 'model-column'],
  ])('%j', async (args, problem, hint) => {
    const folder = await folderWith({ 'a.py': '' });
    const { code, stderr } = await cli(folder, args);
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('    at ');
  });
});

describe('configuration', () => {
  const withConfig = async (lines: string, args: readonly string[] = ['--check']) => {
    const folder = await folderWith({
      'a.py': OLD,
      'pyproject.toml': `[tool.sqla-migrate]\n${lines}\n`,
    });
    return cli(folder, args);
  };

  test('is read, and the command line wins', async () => {
    expect((await withConfig('ignore = ["model", "import"]')).code).toBe(0);
    expect(
      (await withConfig('ignore = ["model", "import"]', ['--check', '--ignore', 'rel'])).code,
    ).toBe(1);
    expect((await withConfig('ignore = ["model", "import"]', ['--check', '--isolated'])).code).toBe(
      1,
    );
    expect((await withConfig('exclude = ["a.py"]')).code).toBe(0);
  });

  test.each([
    ['selct = []', "unknown key 'selct'. Did you mean 'select'?"],
    ['select = "query"', '\'select\' must be a list of strings, not "query"'],
    ['unsafe-fixes = 1', "'unsafe-fixes' must be true or false, not 1"],
    ['target-version = "2.2"', '\'target-version\' must be "1.4", "2.0" or "2.1"'],
    ['line-length = 0', "'line-length' must be a number from 1 to 1000"],
    ['select = [', 'Invalid TOML'],
  ])('%s is refused', async (lines, problem) => {
    const { code, stderr } = await withConfig(lines);
    expect(code).toBe(2);
    expect(stderr).toContain('pyproject.toml');
    expect(stderr).toContain(problem);
  });

  test('facts cover the project whatever the paths', async () => {
    const model =
      'from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\n\nclass User(Base):\n    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n    name = Column(String)\n';
    const folder = await folderWith({
      'models.py': model,
      'pyproject.toml': '[tool.sqla-migrate]\n',
      'app/names.py': 'from sqlalchemy.ext.declarative import declarative_base\n',
      'app/db.py': 'from app.names import declarative_base\n\nBase = declarative_base()\n',
    });
    const { stdout } = await cli(join(folder, 'app'), [
      'db.py',
      '--diff',
      '--select',
      'model-declarative-base',
    ]);
    expect(stdout).toContain('--- a/db.py');
    expect(stdout).not.toContain('names.py');
  });
});

test('rules are listed and explained', async () => {
  const folder = await folderWith({});
  await mkdir(join(folder, 'x'));
  const listed = await cli(folder, ['rules']);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toMatch(/^model-declarative-base +safe +\S/m);
  const page = await cli(folder, ['rules', 'model-declarative-base']);
  expect(page.stdout).toContain('Before:\n    Base = declarative_base()');
  const json = await cli(folder, ['rules', '--json']);
  expect(JSON.parse(json.stdout)).toContainEqual(
    expect.objectContaining({ id: 'model-declarative-base', fixes: 'safe' }),
  );
});

test('--version and --help exit with 0', async () => {
  const folder = await folderWith({});
  expect((await cli(folder, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await cli(folder, ['--help'])).toMatchObject({ code: 0 });
});
