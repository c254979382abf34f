// Patches of small and of large texts, checked by what git makes of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPatch } from 'diff';
import { afterAll, describe, expect, test } from 'vitest';
import { hunksOf } from '../../src/cli/diff-hunks.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqla-migrate-diff-'));
execFileSync('git', ['init', '--quiet'], { cwd: folder });
afterAll(() => rmSync(folder, { recursive: true }));

/** What git makes of the first text with the patch to the second. */
function patched(before: string, after: string): string {
  const patch = {
    oldFileName: 'a/file.py',
    newFileName: 'b/file.py',
    oldHeader: undefined,
    newHeader: undefined,
    hunks: hunksOf(before, after),
  };
  writeFileSync(join(folder, 'file.py'), before);
  writeFileSync(join(folder, 'patch'), formatPatch(patch));
  execFileSync('git', ['apply', 'patch'], { cwd: folder });
  return readFileSync(join(folder, 'file.py'), 'utf8');
}

const block = (index: number): string =>
  `def f${index}(s):\n    x = s.query(User).all()\n\n    return x\n\n\n`;
const large = Array.from({ length: 500 }, (_, index) => block(index)).join('');

describe('the hunks of a patch', () => {
  test.each<[string, string, string]>([
    ['a line', 'a\nb\nc\n', 'a\nB\nc\n'],
    [
      'the first and the last line',
      'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n',
      'A\nb\nc\nd\ne\nf\ng\nh\ni\nJ\n',
    ],
    ['a text without an end of line', 'a\nb', 'a\nc'],
    ['an end of line that is added', 'a\nb', 'a\nb\n'],
    ['carriage returns', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n'],
    ['lines that are inserted and removed', 'a\nb\nc\nd\n', 'x\na\nc\nd\ny\n'],
    [
      'every site of a large text',
      large,
      large.replaceAll('s.query(User)', 's.scalars(select(User))'),
    ],
    ['a few sites of a large text', large, large.replace(/f(7|70|333)\(s\)/g, 'g$1(s)')],
    ['the lines around a large text', large, `import a\n${large}x = 1`],
    [
      'functions of a large text that change places',
      large,
      `${block(499)}${large.slice(0, -block(499).length)}`,
    ],
    ['everything', 'a\n'.repeat(2000), 'b\n'.repeat(2000)],
  ])('change %s', (_, before, after) => {
    expect(patched(before, after)).toBe(after);
  });

  test('are none between equal texts', () => {
    expect(hunksOf(large, large)).toEqual([]);
    expect(hunksOf('a\n', 'a\n')).toEqual([]);
  });
});
