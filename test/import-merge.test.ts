import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edits/apply.ts';
import { joinedImports } from '../src/project/import-merge.ts';
import { moduleOf } from './support/imports.ts';
import { bind } from './support/python.ts';

describe('joinedImports', () => {
  function joined(before: string, after: string): string {
    const edits = joinedImports(moduleOf(before), moduleOf(after), 88);
    const result = applyEdits(after, [{ span: 0, edits }]);
    expect(bind(result).tree.problems).toEqual([]);
    return result;
  }

  test.each([
    [
      'from sqlalchemy.orm import b\n',
      'from sqlalchemy.orm import a\nfrom sqlalchemy.orm import b\nx()\n',
      'from sqlalchemy.orm import a, b\nx()\n',
    ],
    [
      'from sqlalchemy.orm import b, old\n',
      'from sqlalchemy.orm import a\nimport os\nfrom sqlalchemy.orm import (\n    b,\n    c,\n)\n',
      'import os\nfrom sqlalchemy.orm import (\n    a,\n    b,\n    c,\n)\n',
    ],
  ])('%j', (before, after, expected) => {
    expect(joined(before, after)).toBe(expected);
  });

  test.each([
    // It stood so.
    ['from m import a\nfrom m import b\n', 'from m import a\nfrom m import b\n'],
    // One name a line is the style of the file.
    [
      'from m import a\nfrom m import b\nfrom n import c\n',
      'from m import a\nfrom m import b\nfrom n import c\nfrom n import d\n',
    ],
    // Something is executed in between.
    ['from m import b\n', 'from m import a\nsetup()\nfrom m import b\n'],
    ['from m import b\n', 'from m import a  # why\nfrom m import b\n'],
    ['from m import b  # why\n', 'from m import a\nfrom m import b  # why\n'],
    ['from m import *\n', 'from m import a\nfrom m import *\n'],
  ])('keeps %j', (before, after) => {
    expect(joined(before, after)).toBe(after);
  });
});
