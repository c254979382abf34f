// `sqla-migrate verify` through the real bundle, on small projects in git and the oracle's SQLAlchemy versions.
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { compareDescriptions } from '../../src/cli/verify-compare.ts';
import { oracleMode, prepareEnvironments, type Version } from '../oracle/environments.ts';
import { cli, command, type Outcome } from '../support/cli.ts';
import { temporaryFolder } from '../support/engine.ts';
import { BASE, FAULTS, MODELS } from '../support/verify-faults.ts';

const preparation = await prepareEnvironments(oracleMode());
const folders: { remove(): Promise<void> }[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

function packagesOf(version: Version): string {
  return preparation.kind === 'ready'
    ? (preparation.environments.get(version)?.packages ?? '')
    : '';
}

/** A committed project whose interpreter has SQLAlchemy 2.0; \`python14\` and \`python-none\` beside it have 1.4 and none. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder({ '.gitignore': 'python*\n', ...files });
  folders.push(folder);
  const { path } = folder;
  const real = preparation.kind === 'ready' ? preparation.environments.get('2.0')?.python : '';
  const programs: Readonly<Record<string, string>> = {
    python20: packagesOf('2.0'),
    python14: packagesOf('1.4'),
    'python-none': path,
  };
  for (const [name, packages] of Object.entries(programs))
    await writeFile(
      join(path, name),
      `#!/bin/sh\nPYTHONPATH='${packages}'${delimiter}"$PYTHONPATH" exec ${real} -S "$@"\n`,
      { mode: 0o755 },
    );
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  for (const words of [
    ['init', '--quiet'],
    ['add', '.'],
    [...who, 'commit', '-qm', 'x'],
  ])
    expect(await command('git', words, { cwd: path })).toMatchObject({ code: 0 });
  return path;
}

function verify(folder: string, ...words: readonly string[]): Promise<Outcome> {
  return cli(folder, ['verify', '--python', join(folder, 'python20'), ...words]);
}

const shop = (models = MODELS): Record<string, string> => ({
  'shop/__init__.py': '',
  'shop/base.py': BASE,
  'shop/models.py': models,
});
const ALL = ['--metadata', 'shop.models:Base.metadata'];

describe.skipIf(preparation.kind !== 'ready')('verify', () => {
  test('says that a migrated project is identical, and leaves the tree and the repository alone', async () => {
    const folder = await project(shop());
    expect(await cli(folder, [])).toMatchObject({ code: 0 });
    const state = async (): Promise<string> =>
      (await command('git', ['status', '--porcelain', '--ignored'], { cwd: folder })).stdout;
    const before = await state();
    expect(before).toContain('M shop/models.py');
    const outcome = await verify(folder, ...ALL);
    expect(outcome).toEqual({
      code: 0,
      stdout:
        'identical: 3 tables, 3 mappers with 9 columns and 4 relationships; DDL for sqlite, postgresql, mysql; SQLAlchemy 2.0.58\n',
      stderr: '',
    });
    expect(await state()).toBe(before);
    expect(existsSync(join(folder, '.git', 'worktrees'))).toBe(false);
  });

  test.each(FAULTS)('finds $fault', async ({ from, to, found }) => {
    const folder = await project(shop());
    expect(MODELS).toContain(from);
    await writeFile(join(folder, 'shop/models.py'), MODELS.replace(from, to));
    const outcome = await verify(folder, ...ALL);
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(found);
  });

  test('compares with any revision, and reports JSON', async () => {
    const folder = await project(shop());
    await writeFile(join(folder, 'shop/models.py'), MODELS.replace('String(8)', 'String(9)'));
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
    await command('git', [...who, 'commit', '-qam', 'longer'], { cwd: folder });
    expect(await verify(folder, ...ALL)).toMatchObject({ code: 0 });
    const words = ['--before', 'HEAD~1', '--dialect', 'sqlite', '--json'];
    const { code, stdout } = await verify(folder, ...ALL, ...words);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      identical: false,
      differences: [
        { subject: 'table boxes', path: ['columns', 'code', 'type'] },
        { subject: 'table boxes', path: ['ddl', 'sqlite'] },
        { subject: 'mapper shop.models.Box', path: ['column', 'code', 'type'] },
      ],
    });
  });

  test('compares two versions of SQLAlchemy, each with an interpreter of its own', async () => {
    const onlyOld = {
      ...shop(),
      'shop/base.py': `from sqlalchemy.orm import mapper, relation
${BASE}`,
    };
    const folder = await project(onlyOld);
    await writeFile(join(folder, 'shop/base.py'), BASE);
    expect(await verify(folder, ...ALL)).toMatchObject({ code: 2 });
    const both = await verify(folder, ...ALL, '--python-before', join(folder, 'python14'));
    expect(both.stdout).toMatch(/^identical: .*; SQLAlchemy 1\.4\.54 before, 2\.0\.58 after\n$/);
  });

  test('sees types, sequences and events of the MetaData, and tables without a mapper', async () => {
    const text = `from sqlalchemy import Column, Enum, Integer, MetaData, Sequence, Table
metadata = MetaData()
Sequence("numbers", metadata=metadata)
Table("paints", metadata, Column("id", Integer, primary_key=True), Column("color", Enum("red", "blue", name="color", metadata=metadata)))
`;
    const folder = await project({ 'tables.py': text });
    await writeFile(
      join(folder, 'tables.py'),
      text.replace('"blue"', '"green"').replace('numbers', 'counts'),
    );
    const { code, stdout } = await verify(folder, '--metadata', 'tables:metadata');
    expect(code).toBe(1);
    expect(stdout).toContain("-CREATE TYPE color AS ENUM ('red', 'blue')");
    expect(stdout).toContain('+CREATE SEQUENCE counts');
  });

  test('sees what mappers are made of beside columns and relationships', async () => {
    const text = `${BASE}
from sqlalchemy import Column, Integer, String, func
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import column_property, synonym
from sqlalchemy.orm import validates


class Part(Base):
    __tablename__ = "parts"
    id = Column(Integer, primary_key=True)
    name = Column(String(9))
    title = synonym("name")
    size = column_property(func.length(name))

    @validates("name")
    def check(self, key, value):
        return value

    @hybrid_property
    def short(self):
        return self.name[:1]
`;
    const folder = await project({ 'parts.py': text });
    const changed = text
      .replace('synonym("name")', 'synonym("id")')
      .replace('func.length(name)', 'func.upper(name)')
      .replace('@validates("name")', '@validates("id")')
      .replace('@hybrid_property', '@property');
    await writeFile(join(folder, 'parts.py'), changed);
    const { stdout } = await verify(folder, '--metadata', 'parts:Base');
    expect(stdout).toContain(
      '  column size expression: length(parts.name) in HEAD, upper(parts.name)',
    );
    expect(stdout).toContain('  synonym title: name in HEAD, id in the work tree');
    expect(stdout).toContain('  validators: name in HEAD, id in the work tree');
    expect(stdout).toContain('  descriptor short: only in HEAD');
    expect(stdout).toContain(
      '4 differences between HEAD and the work tree in 1 of the tables and mappers',
    );
  });
});

describe.skipIf(preparation.kind !== 'ready')('verify refuses', () => {
  test('modules that cannot be imported, with the error of Python', async () => {
    const folder = await project(shop());
    await writeFile(join(folder, 'shop/base.py'), `import absent_package\n\n${BASE}`);
    const { code, stdout, stderr } = await verify(folder, ...ALL);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^sqla-migrate: the work tree: shop\.models cannot be imported:\n/);
    expect(stderr).toContain(`File "${join(folder, 'shop/base.py')}", line 1`);
    expect(stderr).toContain("No module named 'absent_package'");
    expect(stderr).toContain('--python-after');
  });

  test('what is not committed, and takes it with --copy', async () => {
    const files = shop(`from ._version import version\n${MODELS}`);
    const folder = await project({ ...files, '.gitignore': 'python*\n_version.py\n' });
    await writeFile(join(folder, 'shop/_version.py'), 'version = "1.0"\n');
    const without = await verify(folder, ...ALL);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('--copy');
    expect(without.stderr).not.toContain('sqla-migrate-verify-');
    expect(await verify(folder, ...ALL, '--copy', 'shop/_version.py')).toMatchObject({ code: 0 });
  });

  test('annotations that 2.0 does not take before the migration', async () => {
    const folder = await project(
      shop(
        MODELS.replace(
          '    shelf = relationship("Shelf", back_populates="boxes")',
          '    shelf: "Shelf" = relationship("Shelf", back_populates="boxes")',
        ),
      ),
    );
    await writeFile(join(folder, 'shop/models.py'), MODELS);
    const { code, stderr } = await verify(folder, ...ALL);
    expect(code).toBe(2);
    expect(stderr).toContain('MappedAnnotationError');
    expect(stderr).toContain('commit `__allow_unmapped__ = True` on the base first');
    const python14 = ['--python-before', join(folder, 'python14')];
    expect(await verify(folder, ...ALL, ...python14)).toMatchObject({ code: 0 });
  });

  test.each([
    ['no MetaData', [], 'say which models to compare'],
    ['a module alone', ['--metadata', 'shop.models'], 'write module:attribute'],
    ['an unknown attribute', ['--metadata', 'shop.models:Absent'], "has no attribute 'Absent'"],
    ['something else', ['--metadata', 'shop.models:Column'], 'is neither a MetaData nor something'],
    ['an unknown revision', [...ALL, '--before', 'absent'], 'git knows no such revision'],
    ['an unknown dialect', [...ALL, '--dialect', 'foxpro'], 'the dialects are mssql, mysql'],
    ['an absent file', [...ALL, '--copy', 'absent.py'], 'there is no such file'],
    ['an absent Python', [...ALL, '--python', './absent'], 'cannot be run'],
    ['an absent option', [...ALL, '--absent'], "unknown option '--absent'"],
    ['no tables', ['--metadata', 'shop.base:Base'], 'declares no tables there'],
    ['modules from elsewhere', ['--metadata', 'json:decoder'], 'outside the project'],
  ])('%s', async (_, words, message) => {
    const folder = await project(shop());
    const outcome = await verify(folder, ...words);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });

  test('a Python without SQLAlchemy', async () => {
    const folder = await project(shop());
    const python = ['--python', join(folder, 'python-none')];
    const { code, stderr } = await verify(folder, ...ALL, ...python);
    expect(code).toBe(2);
    expect(stderr).toMatch(/HEAD: .* has no SQLAlchemy: No module named 'sqlalchemy'\n.*--python/);
  });

  test('a folder without git', async () => {
    const folder = await temporaryFolder(shop());
    folders.push(folder);
    const { code, stderr } = await cli(folder.path, ['verify', ...ALL]);
    expect(code).toBe(2);
    expect(stderr).toContain('is not in a git repository');
  });

  test('mappers that cannot be configured', async () => {
    const folder = await project(shop(MODELS.replace('"Box",', '"Absent",')));
    const { code, stderr } = await verify(folder, ...ALL);
    expect(code).toBe(2);
    expect(stderr).toContain('HEAD: the mappers cannot be configured:');
    expect(stderr).toContain("failed to locate a name ('Absent')");
  });
});

describe('differences between versions', () => {
  const side = (sqlalchemy: string, text: string) => ({
    sqlalchemy,
    tables: { t: { ddl: { sqlite: text } } },
    rest: {},
    mappers: {},
  });

  test('of errors only that there is one counts', () => {
    const before = side('1.4.54', '-- CompileError: old words');
    expect(compareDescriptions(before, side('2.0.58', '-- CompileError: new words'))).toEqual([]);
    expect(compareDescriptions(before, side('1.4.54', '-- CompileError: new words'))).toHaveLength(
      1,
    );
    expect(compareDescriptions(before, side('2.0.58', 'CREATE TABLE t ()'))).toHaveLength(1);
  });
});
