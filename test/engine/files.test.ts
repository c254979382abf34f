// Discovery, decoding and writing on real files.
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/engine/decode.ts';
import { DEFAULT_EXCLUDE, discover, type DiscoverOptions } from '../../src/engine/discover.ts';
import { writeFiles } from '../../src/engine/write.ts';
import { temporaryFolder } from '../support/engine.ts';

const folders: { remove(): Promise<void> }[] = [];
const folderWith = async (files: Record<string, string | Uint8Array>): Promise<string> => {
  const folder = await temporaryFolder(files);
  folders.push(folder);
  return folder.path;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

const find = async (
  root: string,
  paths: readonly string[] = ['.'],
  more: Partial<DiscoverOptions> = {},
): Promise<readonly string[]> =>
  discover(paths, root, {
    root,
    exclude: DEFAULT_EXCLUDE,
    forceExclude: false,
    respectGitignore: true,
    ...more,
  });

describe('discover', () => {
  test('sorted Python files, without what is excluded by default', async () => {
    const root = await folderWith({
      'b.py': '',
      'a/c.pyi': '',
      'a/B.py': '',
      'a/readme.md': '',
      '.venv/x.py': '',
      'a/__pycache__/x.py': '',
      'lib/site-packages/x.py': '',
      'a/build/x.py': '',
    });
    expect(await find(root)).toEqual(['a/B.py', 'a/c.pyi', 'b.py']);
  });

  test('nested .gitignore files and .git/info/exclude', async () => {
    const root = await folderWith({
      '.git/HEAD': '',
      '.git/info/exclude': 'secret.py\n',
      '.gitignore': 'gen/\n*_pb2.py\n',
      'a_pb2.py': '',
      'gen/x.py': '',
      'secret.py': '',
      'sub/.gitignore': 'x.py\n!keep_pb2.py\n',
      'sub/x.py': '',
      'sub/keep_pb2.py': '',
      'x.py': '',
    });
    expect(await find(root)).toEqual(['sub/keep_pb2.py', 'x.py']);
    expect(await find(root, ['sub'])).toEqual(['sub/keep_pb2.py']);
    expect(await find(root, ['.'], { respectGitignore: false })).toContain('gen/x.py');
    expect(await find(root, ['gen'])).toEqual(['gen/x.py']);
  });

  test('files named one by one are taken, unless excludes are forced', async () => {
    const root = await folderWith({
      '.git/HEAD': '',
      '.gitignore': 'x.py\n',
      'x.py': '',
      'build/y.py': '',
      script: '',
    });
    expect(await find(root, ['x.py', 'build/y.py', 'script'])).toEqual([
      'build/y.py',
      'script',
      'x.py',
    ]);
    expect(await find(root, ['x.py', 'build/y.py'], { forceExclude: true })).toEqual([]);
  });

  test('globs, and patterns of the user', async () => {
    const root = await folderWith({ 'a/x.py': '', 'a/y.py': '', 'b/x.py': '', 'b/z.txt': '' });
    expect(await find(root, ['*/x.py'])).toEqual(['a/x.py', 'b/x.py']);
    expect(await find(root, ['.'], { exclude: ['a/x.py', 'b'] })).toEqual(['a/y.py']);
  });

  test('links are not followed, so loops end', async () => {
    const root = await folderWith({ 'a/x.py': '' });
    await symlink(root, join(root, 'a', 'loop'));
    await symlink(join(root, 'a', 'x.py'), join(root, 'link.py'));
    expect(await find(root)).toEqual(['a/x.py']);
  });

  test('what does not exist is an error that names it', async () => {
    const root = await folderWith({});
    await expect(find(root, ['nope.py'])).rejects.toThrow('nope.py: no such file or folder');
    await expect(find(root, ['no*.py'])).rejects.toThrow('no*.py: the pattern matches nothing');
  });
});

describe('decode', () => {
  const roundTrip = async (bytes: Uint8Array): Promise<string> => {
    const decoded = await decode(bytes);
    if (decoded.problem !== null) return `problem: ${decoded.problem} (${decoded.line})`;
    expect(Buffer.from(await encode(decoded.text, decoded.encoding))).toEqual(Buffer.from(bytes));
    return decoded.text;
  };
  const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

  test.each([
    ['plain', Buffer.from('x = "é"\n'), 'x = "é"\n'],
    ['BOM', Buffer.from('\uFEFFx = 1\n'), 'x = 1\n'],
    [
      'latin-1 cookie',
      latin1('# -*- coding: latin-1 -*-\nx = "\xE9"\n'),
      '# -*- coding: latin-1 -*-\nx = "é"\n',
    ],
    [
      'cookie in line 2',
      latin1('#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = "\x80"\n'),
      '#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = "€"\n',
    ],
    [
      'no cookie after code',
      Buffer.from('x = 1\n# coding: latin-1\ny = "é"\n'),
      'x = 1\n# coding: latin-1\ny = "é"\n',
    ],
    ['CRLF', Buffer.from('x = 1\r\n'), 'x = 1\r\n'],
    ['CR', Buffer.from('x = 1\ry = 2\r'), 'x = 1\ny = 2\n'],
    ['binary', Buffer.from('a\0b'), 'problem: binary file (null)'],
    ['bad UTF-8', latin1('x = 1\ny = "\xE9"\n'), 'problem: is not valid UTF-8 (2)'],
    [
      'unknown encoding',
      Buffer.from('# coding: klingon\n'),
      'problem: declares the unknown encoding klingon (1)',
    ],
    [
      'BOM against cookie',
      Buffer.from('\uFEFF# coding: latin-1\n'),
      'problem: starts with a UTF-8 mark but declares the encoding latin-1 (1)',
    ],
  ])('%s', async (_, bytes, expected) => {
    expect(await roundTrip(bytes)).toBe(expected);
  });

  test('a character that the encoding lacks is refused', async () => {
    const encoding = { name: 'latin-1', bom: false, carriageReturns: false };
    await expect(encode('€', encoding)).rejects.toThrow('latin-1 cannot express');
  });
});

describe('write', () => {
  const encoding = { name: 'utf-8', bom: true, carriageReturns: false };

  test('keeps mode and BOM and leaves no other file behind', async () => {
    const root = await folderWith({ 'a.py': '\uFEFFx = 1\n' });
    await chmod(join(root, 'a.py'), 0o755);
    await writeFiles(root, [{ path: 'a.py', before: 'x = 1\n', after: 'x = 2\n', encoding }]);
    expect(await readFile(join(root, 'a.py'), 'utf8')).toBe('\uFEFFx = 2\n');
    expect((await stat(join(root, 'a.py'))).mode & 0o777).toBe(0o755);
    expect(await find(root)).toEqual(['a.py']);
  });

  test('writes nothing when one file changed since it was read', async () => {
    const root = await folderWith({ 'a.py': '\uFEFFx = 1\n', 'b.py': '\uFEFFx = 1\n' });
    await writeFile(join(root, 'b.py'), '\uFEFFx = 3\n');
    const writes = ['a.py', 'b.py'].map((path) => ({
      path,
      before: 'x = 1\n',
      after: 'x = 2\n',
      encoding,
    }));
    await expect(writeFiles(root, writes)).rejects.toThrow('b.py changed on disk');
    expect(await readFile(join(root, 'a.py'), 'utf8')).toBe('\uFEFFx = 1\n');
  });

  test('a file that is gone is named', async () => {
    const root = await folderWith({});
    await mkdir(join(root, 'sub'));
    const write = { path: 'sub/a.py', before: '', after: 'x', encoding };
    await expect(writeFiles(root, [write])).rejects.toThrow('sub/a.py cannot be written (ENOENT)');
  });
});
