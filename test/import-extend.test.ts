import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edits/apply.ts';
import { planImports } from '../src/project/import-plan.ts';
import { moduleOf, planned, request } from './support/imports.ts';

describe('planImports extends', () => {
  test.each([
    ['from sqlalchemy import a\n', 'sqlalchemy:b', 'from sqlalchemy import a, b\n'],
    [
      'from sqlalchemy import Column, text\n',
      'sqlalchemy:select',
      'from sqlalchemy import Column, select, text\n',
    ],
    [
      'from sqlalchemy import Column, text\n',
      'sqlalchemy:Integer',
      'from sqlalchemy import Column, Integer, text\n',
    ],
    [
      'from sqlalchemy import VARCHAR, Column, text\n',
      'sqlalchemy:JSON',
      'from sqlalchemy import JSON, VARCHAR, Column, text\n',
    ],
    ['from sqlalchemy import a, C, e\n', 'sqlalchemy:D', 'from sqlalchemy import a, C, D, e\n'],
    ['from sqlalchemy import z, a, m\n', 'sqlalchemy:b', 'from sqlalchemy import z, a, m, b\n'],
    [
      'from sqlalchemy import c, d\n',
      'sqlalchemy:b, sqlalchemy:a',
      'from sqlalchemy import a, b, c, d\n',
    ],
    ['from sqlalchemy import (a, c)\n', 'sqlalchemy:b', 'from sqlalchemy import (a, b, c)\n'],
    ['from sqlalchemy import a  # noqa\n', 'sqlalchemy:b', 'from sqlalchemy import a, b  # noqa\n'],
    [
      'from sqlalchemy import a as x\nfrom sqlalchemy import c, d\n',
      'sqlalchemy:b',
      'from sqlalchemy import a as x\nfrom sqlalchemy import b, c, d\n',
    ],
    [
      'from sqlalchemy import a as x\n',
      'sqlalchemy:b as y',
      'from sqlalchemy import a as x, b as y\n',
    ],
    [
      'from sqlalchemy import a, \\\n    b\n',
      'sqlalchemy:c',
      'from sqlalchemy import a, \\\n    b, c\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    c,\n)\n',
      'sqlalchemy:b, sqlalchemy:d',
      'from sqlalchemy import (\n    a,\n    b,\n    c,\n    d,\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    c\n)\n',
      'sqlalchemy:b, sqlalchemy:d',
      'from sqlalchemy import (\n    a,\n    b,\n    c,\n    d\n)\n',
    ],
    [
      'from sqlalchemy import (\n    b,\n)\n',
      'sqlalchemy:a',
      'from sqlalchemy import (\n    a,\n    b,\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,  # one\n    # two\n    c,  # three\n)\n',
      'sqlalchemy:b, sqlalchemy:d',
      'from sqlalchemy import (\n    a,  # one\n    b,\n    # two\n    c,  # three\n    d,\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    b  # last\n)\n',
      'sqlalchemy:c',
      'from sqlalchemy import (\n    a,\n    b,  # last\n    c\n)\n',
    ],
    [
      'from sqlalchemy import (\n    a,\n    b)\n',
      'sqlalchemy:c',
      'from sqlalchemy import (\n    a,\n    b,\n    c)\n',
    ],
    [
      'from sqlalchemy import (a, b,\n                        d)\n',
      'sqlalchemy:c',
      'from sqlalchemy import (a, b, c,\n                        d)\n',
    ],
    [
      'from sqlalchemy import (\n    a, b, c\n)\n',
      'sqlalchemy:d',
      'from sqlalchemy import (\n    a, b, c, d\n)\n',
    ],
    ['from sqlalchemy import a\r\n', 'sqlalchemy:b', 'from sqlalchemy import a, b\r\n'],
    [
      'from sqlalchemy import (\r\n    a,\r\n)\r\n',
      'sqlalchemy:b',
      'from sqlalchemy import (\r\n    a,\r\n    b,\r\n)\r\n',
    ],
    ['from sqlalchemy import a; x = 1\n', 'sqlalchemy:b', 'from sqlalchemy import a, b; x = 1\n'],
    ['from sqlalchemy import a, b', 'sqlalchemy:c', 'from sqlalchemy import a, b, c'],
    ['from sqlalchemy import a\n', 'sqlalchemy:a', 'from sqlalchemy import a\n'],
  ])('%j by %s', (before, specs, after) => {
    expect(planned(before, specs)).toBe(after);
  });

  test('breaks a line that gets too long', () => {
    const long = 'from sqlalchemy import aaaaaaaaaa, bbbbbbbbbb  # x\n';
    expect(planned(long, 'sqlalchemy:cc', 46)).toBe(
      'from sqlalchemy import (\n    aaaaaaaaaa,\n    bbbbbbbbbb,\n    cc,\n)  # x\n',
    );
    expect(planned('from sqlalchemy import (aaaaaaaaaa, bbbbbbbbbb)\n', 'sqlalchemy:aa', 46)).toBe(
      'from sqlalchemy import (\n    aa,\n    aaaaaaaaaa,\n    bbbbbbbbbb,\n)\n',
    );
  });

  test('nothing that other edits change', () => {
    const text = 'import os\nfrom sqlalchemy import a\nx = a\n';
    const start = text.indexOf('from');
    const touched = [{ start, end: start + 25 }];
    const edits = planImports(
      moduleOf(text),
      [request('sqlalchemy:b')],
      { lineLength: 88 },
      touched,
    );
    expect(applyEdits(text, [{ span: 0, edits }])).toBe(
      'import os\n\nfrom sqlalchemy import b\nfrom sqlalchemy import a\nx = a\n',
    );
  });

  test('breaks a line beside a new statement', () => {
    expect(
      planned('from typing import aaaaaaaaaa, bbbbbbbbbb\n', 'typing:cc, sqlalchemy:x', 40),
    ).toBe(
      'from typing import (\n    aaaaaaaaaa,\n    bbbbbbbbbb,\n    cc,\n)\n\nfrom sqlalchemy import x\n',
    );
  });

  test('nothing that is guarded, local or late', () => {
    const guarded = 'try:\n    from sqlalchemy import a\nexcept ImportError:\n    a = None\n';
    expect(planned(guarded, 'sqlalchemy:b')).toBe(`from sqlalchemy import b\n\n${guarded}`);
    const late = 'import os\n\nclass A: pass\n\nfrom sqlalchemy import a\n';
    expect(planned(late, 'sqlalchemy:b')).toBe(
      'import os\n\nfrom sqlalchemy import b\n\nclass A: pass\n\nfrom sqlalchemy import a\n',
    );
  });

  test('nothing that stands after the code that needs it', () => {
    const text = 'from sqlalchemy.orm import x\nBase = x()\nfrom sqlalchemy import a\n';
    const edits = planImports(moduleOf(text), [{ ...request('sqlalchemy:b'), neededAt: 29 }], {
      lineLength: 88,
    });
    expect(applyEdits(text, [{ span: 0, edits }])).toBe(
      'from sqlalchemy import b\nfrom sqlalchemy.orm import x\nBase = x()\nfrom sqlalchemy import a\n',
    );
  });
});
