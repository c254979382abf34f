import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edits/apply.ts';
import { unusedImports } from '../src/project/import-cleanup.ts';
import { moduleOf } from './support/imports.ts';
import { bind } from './support/python.ts';

describe('unusedImports', () => {
  function cleaned(before: string, after: string, elsewhere: readonly string[] = []): string {
    const module = moduleOf(after);
    const edits = unusedImports(
      moduleOf(before),
      module,
      (_, name) => elsewhere.includes(name),
      88,
    );
    const result = applyEdits(after, [{ span: 0, edits }]);
    expect(bind(result).tree.problems).toEqual([]);
    return result;
  }

  test.each([
    ['from sqlalchemy import a, b\n', 'from sqlalchemy import b\n'],
    ['from sqlalchemy import b, a\n', 'from sqlalchemy import b\n'],
    ['from sqlalchemy import b, a, c\n', 'from sqlalchemy import b, c\n'],
    ['from sqlalchemy import a\n', ''],
    ['import os\nfrom sqlalchemy import a\n', 'import os\n'],
    ['import os\n\nfrom sqlalchemy import a\n\nx = 1\n', 'import os\n\nx = 1\n'],
    ['from sqlalchemy import (\n    a,\n    b,\n)\n', 'from sqlalchemy import (\n    b,\n)\n'],
    ['from sqlalchemy import (\n    b,\n    a,\n)\n', 'from sqlalchemy import (\n    b,\n)\n'],
    ['from sqlalchemy import (\n    b,\n    a\n)\n', 'from sqlalchemy import (\n    b\n)\n'],
    ['from sqlalchemy import (b, a,\n    c)\n', 'from sqlalchemy import (b, c)\n'],
    ['if TYPE_CHECKING:\n    from sqlalchemy import a\n', ''],
    ['import os\nif typing.TYPE_CHECKING:\n    from sqlalchemy import a\n', 'import os\n'],
    ['if TYPE_CHECKING:\n    from sqlalchemy import a\n    from datetime import a1\n', ''],
    [
      'if TYPE_CHECKING:\n    from sqlalchemy import a\nelse:\n    x = 1\n',
      'if TYPE_CHECKING:\n    pass\nelse:\n    x = 1\n',
    ],
    [
      'if TYPE_CHECKING:  # types\n    from sqlalchemy import a\n',
      'if TYPE_CHECKING:  # types\n    pass\n',
    ],
    [
      'if six.PY3:\n    from sqlalchemy import a\n    from sqlalchemy.orm import a1\n',
      'if six.PY3:\n    pass\n',
    ],
    ['import sqlalchemy as a\n', ''],
    [
      'from sqlalchemy import a, b\nif x:\n    from sqlalchemy import c, a\n',
      'from sqlalchemy import b\nif x:\n    from sqlalchemy import c\n',
    ],
    ['from sqlalchemy import x as a\n', ''],
    ['def f():\n    from sqlalchemy import a\n    g(a)\n', 'def f():\n    g(1)\n'],
  ])('%j', (head, expected) => {
    const local = head.startsWith('def');
    const before = local ? head : `${head}b\nc\na\na1\n`;
    const after = local ? head.replace('g(a)', 'g(1)') : `${head}b\nc\n`;
    expect(cleaned(before, after)).toBe(local ? expected : `${expected}b\nc\n`);
  });

  test.each([
    ['from sqlalchemy import a  # keep\n', ''],
    ['from sqlalchemy import a  # noqa: F401\n', ''],
    ['from sqlalchemy import (\n    a,  # keep\n    b,\n)\n', ''],
    ['from sqlalchemy import a as a\n', ''],
    ['from app.models import a\n', ''],
    ['from .models import a\n', ''],
    ['import sqlalchemy.a\n', ''],
    ['from sqlalchemy import a\n', '__all__ = ["a"]\n'],
    ['from sqlalchemy import a\n', 'x: "a" = 1\n'],
    ['from sqlalchemy import a\n', 'x = 1  # type: a\n'],
    ['try:\n    from sqlalchemy import a\nexcept ImportError:\n    a = None\n', ''],
    ['from sqlalchemy import a; z = 1\n', ''],
    ['from sqlalchemy import a\nif x:\n    from sqlalchemy.orm import a\n', ''],
    ['from sqlalchemy import a\na = 1\n', ''],
  ])('keeps %j %j', (head, rest) => {
    const after = `${head}${rest}b\n`;
    expect(cleaned(`${after}a\n`, after)).toBe(after);
  });

  test('keeps what was unused before, and what other modules import', () => {
    const text = 'from sqlalchemy import a\nb\n';
    expect(cleaned(text, text)).toBe(text);
    expect(cleaned(`${text}a\n`, text, ['a'])).toBe(text);
  });
});
