// Passes, verification, suppression and reporting with small rules.
import { describe, expect, test } from 'vitest';
import { migrateSources } from '../../src/engine/run.ts';
import { migrate, renaming, rule } from '../support/engine.ts';

const A = 'import sqlalchemy\n';

describe('passes', () => {
  test('run until nothing changes, and report places of the original text', () => {
    const result = migrate({ 'a.py': `${A}one = 1\n` }, [
      renaming('two', 'three'),
      renaming('one', 'two'),
    ]);
    expect(result.files.get('a.py')).toBe(`${A}three = 1\n`);
    const places = result.findings.map(({ rule: id, start, end, status }) => [
      id,
      start,
      end,
      status,
    ]);
    expect(places).toEqual([
      ['rename-one', 18, 21, 'applied'],
      ['rename-two', 18, 21, 'applied'],
    ]);
  });

  test('say places of other lines as they are in the original text', async () => {
    const files = {
      'db.py': `from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)


def all_users():
    return User.query.all()


def users():
    return User.query.filter(User.id > 1)
`,
      'forms.py': 'from db import users\nfrom elsewhere import field\n\nfield(options=users)\n',
      'more.py':
        'from db import User\n\n\ndef names():\n    q = User.query\n    keep = [User.query.all()]\n    field(q)\n    return keep\n',
    };
    const { findings } = await migrateSources(new Map(Object.entries(files)), {
      select: ['query', 'fsa', 'model'],
      unsafeFixes: false,
    });
    const kept = findings.filter(({ status }) => status === 'available').map((each) => each.reason);
    expect(kept).toEqual([
      expect.stringContaining('is handed on (forms.py:4:15)'),
      expect.stringContaining('(more.py:7:5)'),
    ]);
    expect(findings.filter(({ status }) => status === 'applied').length).toBeGreaterThan(2);
  });

  test('a second run changes nothing', () => {
    const rules = [renaming('one', 'two')];
    const first = migrate({ 'a.py': `${A}one = 1\n` }, rules);
    const second = migrate({ 'a.py': first.files.get('a.py') ?? '' }, rules);
    expect(second.findings).toEqual([]);
    expect(second.files).toEqual(first.files);
  });

  test('rewrites that never settle leave the file alone and are named', () => {
    const files = { 'a.py': `${A}ping = 1\n`, 'b.py': `${A}one = 1\n` };
    const rules = [renaming('ping', 'pong'), renaming('pong', 'ping'), renaming('one', 'two')];
    const result = migrate(files, rules);
    expect(result.files.get('a.py')).toBe(files['a.py']);
    expect(result.files.get('b.py')).toBe(`${A}two = 1\n`);
    expect(result.withdrawn.map(({ path, problem }) => [path, problem])).toEqual([
      ['a.py', 'a.py: its rewrites did not settle after ten passes, so the file is left as it is'],
    ]);
  });

  test('the registry decides between fixes that collide; the loser gets its turn', () => {
    const wide = rule('wide', {
      visit: {
        call(node, context) {
          if (node.text !== 'old(x)') return;
          const edits = [context.replace(node, 'new(x)')];
          context.fix({ at: node, message: 'old', safety: 'safe', edits });
        },
      },
    });
    const result = migrate({ 'a.py': `${A}old(x)\n` }, [wide, renaming('x', 'y')]);
    expect(result.files.get('a.py')).toBe(`${A}new(y)\n`);
  });

  test('line ends of inserted text are those of the file', () => {
    const split = rule('split', {
      visit: {
        integer(node, context) {
          if (node.text !== '1') return;
          const edits = [context.replace(node, '2\nb = 3')];
          context.fix({ at: node, message: 'one', safety: 'safe', edits });
        },
      },
    });
    const result = migrate({ 'a.py': 'import sqlalchemy\r\na = 1\r\n' }, [split]);
    expect(result.files.get('a.py')).toBe('import sqlalchemy\r\na = 2\r\nb = 3\r\n');
  });
});

describe('a fix that fails a check is withdrawn, the others stay', () => {
  const harmful = (id: string, trigger: string, replacement: string) =>
    rule(id, {
      visit: {
        identifier(node, context) {
          if (node.text !== trigger) return;
          const edits = [context.replace(node, replacement)];
          context.fix({ at: node, message: trigger, safety: 'safe', edits });
        },
      },
    });

  test('a syntax error', () => {
    const source = `${A}good = 1\nbad = 2\n`;
    const result = migrate({ 'a.py': source }, [
      harmful('breaks', 'bad', '('),
      renaming('good', 'better'),
    ]);
    expect(result.files.get('a.py')).toBe(`${A}better = 1\nbad = 2\n`);
    expect(result.withdrawn).toMatchObject([{ rule: 'breaks', path: 'a.py', start: 27 }]);
    expect(result.withdrawn[0]?.problem).toMatch(/syntax error .*line 3/);
  });

  test('a lost comment', () => {
    const eats = rule('eats', {
      visit: {
        call(node, context) {
          const edits = [context.replace(node, 'g()')];
          context.fix({ at: node, message: 'f', safety: 'safe', edits });
        },
      },
      triggers: ['f('],
    });
    const source = `${A}f(  # why\n)\n`;
    const result = migrate({ 'a.py': source }, [eats]);
    expect(result.files.get('a.py')).toBe(source);
    expect(result.withdrawn[0]?.problem).toContain('the comment "# why" would be lost or moved');
  });

  test('a declared marker comment may go', () => {
    const drops = rule('drops', {
      triggers: ['noqa'],
      visit: {
        import_statement(node, context) {
          const end = context.source.indexOf('\n', node.start) + 1;
          if (!context.source.slice(node.start, end).includes('noqa')) return;
          const edits = [context.replace({ start: node.start, end }, '')];
          const droppedComments = ['# noqa'];
          context.fix({ at: node, message: 'x', safety: 'safe', edits, droppedComments });
        },
      },
    });
    const result = migrate({ 'a.py': `${A}import old  # noqa\nx = 1\n` }, [drops]);
    expect(result.withdrawn).toEqual([]);
    expect(result.files.get('a.py')).toBe(`${A}x = 1\n`);
  });

  test('in all of the files that it touches', () => {
    const spanning = rule('spanning', {
      visit: {
        identifier(node, context) {
          if (context.path !== 'a.py' || node.text !== 'here') return;
          const there = { path: 'b.py', start: A.length, end: A.length + 5, text: ')' };
          const edits = [context.replace(node, 'moved'), there];
          context.fix({ at: node, message: 'here', safety: 'safe', edits });
        },
      },
    });
    const files = { 'a.py': `${A}here = 1\n`, 'b.py': `${A}there = 1\n` };
    const result = migrate(files, [spanning]);
    expect(Object.fromEntries(result.files)).toEqual(files);
    expect(result.withdrawn).toMatchObject([{ rule: 'spanning', path: 'a.py' }]);
    expect(result.withdrawn[0]?.problem).toMatch(/^b\.py: /);
  });

  test('edits of one fix that contradict each other', () => {
    const twice = rule('twice', {
      visit: {
        identifier(node, context) {
          if (node.text !== 'bad') return;
          const edits = [context.replace(node, 'a'), context.replace(node, 'b')];
          context.fix({ at: node, message: 'bad', safety: 'safe', edits });
        },
      },
    });
    const result = migrate({ 'a.py': `${A}bad = 2\n` }, [twice]);
    expect(result.files.get('a.py')).toBe(`${A}bad = 2\n`);
    expect(result.withdrawn).toMatchObject([{ rule: 'twice' }]);
  });
});

describe('safety', () => {
  const unsafe = renaming('one', 'two', {
    fixes: 'unsafe',
    visit: {
      identifier(node, context) {
        if (node.text !== 'one') return;
        const edits = [context.replace(node, 'two')];
        context.fix({ at: node, message: 'one', safety: 'unsafe', reason: 'a guess', edits });
      },
    },
  });

  test('an unsafe fix is only available', () => {
    const result = migrate({ 'a.py': `${A}one = 1\n` }, [unsafe]);
    expect(result.files.get('a.py')).toBe(`${A}one = 1\n`);
    expect(result.findings).toMatchObject([{ status: 'available', safety: 'unsafe' }]);
  });

  test('until it is asked for', () => {
    const result = migrate({ 'a.py': `${A}one = 1\n` }, [unsafe], { unsafeFixes: true });
    expect(result.files.get('a.py')).toBe(`${A}two = 1\n`);
    expect(result.findings).toMatchObject([{ status: 'applied', safety: 'unsafe' }]);
  });

  test('a fix beyond the declared claim is a crash of the rule, the rest goes on', () => {
    const liar = renaming('one', 'two', { fixes: 'none' });
    const result = migrate({ 'a.py': `${A}one = three\n` }, [liar, renaming('three', 'four')]);
    expect(result.files.get('a.py')).toBe(`${A}one = four\n`);
    expect(result.crashes).toMatchObject([{ rule: 'rename-one', path: 'a.py', start: 18 }]);
  });

  test('a fix that reaches a file outside stays, with the reason', () => {
    const reaching = rule('reaching', {
      visit: {
        identifier(node, context) {
          if (node.text !== 'here') return;
          const there = { path: 'b.py', start: 0, end: 0, text: 'x = 1\n' };
          const edits = [context.replace(node, 'moved'), there];
          context.fix({ at: node, message: 'here', safety: 'safe', edits });
        },
      },
    });
    const files = { 'a.py': `${A}here = 1\n`, 'b.py': A };
    const isEditable = (path: string): boolean => path === 'a.py';
    const result = migrate(files, [reaching], {}, { isEditable });
    expect(Object.fromEntries(result.files)).toEqual(files);
    expect(result.findings).toMatchObject([
      { safety: 'manual', reason: 'also touches b.py; run on the project' },
    ]);
  });
});

describe('suppression', () => {
  const rules = [renaming('one', 'two')];
  test.each([
    ['on the line', 'one = 1  # sqla-migrate: ignore[rename-one]\n'],
    ['by a prefix', 'one = 1  # sqla-migrate: ignore[other, rename]\n'],
    ['on the first line of the statement', 'f(  # sqla-migrate: ignore[rename-one]\n    one,\n)\n'],
    ['on the last line of the statement', 'f(\n    one,\n)  # sqla-migrate: ignore[rename-one]\n'],
    ['on the header of a block', 'for one in x:  # sqla-migrate: ignore[rename-one]\n    pass\n'],
  ])('%s', (_, source) => {
    const result = migrate({ 'a.py': A + source }, rules);
    expect(result.files.get('a.py')).toBe(A + source);
    expect(result.findings).toMatchObject([{ status: 'suppressed' }]);
  });

  test('of a whole file', () => {
    const source = `# sqla-migrate: ignore-file\n${A}one = 1\n`;
    const result = migrate({ 'a.py': source }, rules);
    expect(result.files.get('a.py')).toBe(source);
  });

  test.each([
    ['another rule', 'one = 1  # sqla-migrate: ignore[other]\n'],
    ['another line', 'x = 1  # sqla-migrate: ignore[rename-one]\none = 1\n'],
    ['the body of a block', 'for x in y:  # sqla-migrate: ignore[rename-one]\n    one = 1\n'],
    ['ignore-file below the top', 'one = 1  # sqla-migrate: ignore-file\n'],
    ['a string', 'one = "# sqla-migrate: ignore[rename-one]"\n'],
  ])('does not reach %s', (_, source) => {
    const result = migrate({ 'a.py': A + source }, rules);
    expect(result.findings).toMatchObject([{ status: 'applied' }]);
  });
});

test('a file with a syntax error is left alone and named', () => {
  const source = `${A}def f(:\n    one = 1\n`;
  const result = migrate({ 'a.py': source, 'b.py': `${A}one = 1\n` }, [renaming('one', 'two')]);
  expect(result.files.get('a.py')).toBe(source);
  expect(result.unprocessed).toMatchObject([{ path: 'a.py', line: 2 }]);
  expect(result.files.get('b.py')).toBe(`${A}two = 1\n`);
});

test('a file that is nested too deeply is left alone and named', () => {
  const source = `${A}x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n`;
  const result = migrate({ 'a.py': source, 'b.py': `${A}one = 1\n` }, [renaming('one', 'two')]);
  expect(result.files.get('a.py')).toBe(source);
  expect(result.unprocessed).toMatchObject([{ path: 'a.py' }]);
  expect(result.files.get('b.py')).toBe(`${A}two = 1\n`);
});

test('rules are chosen by id and prefix', () => {
  const rules = [renaming('one', 'two'), renaming('three', 'four'), rule('other', {})];
  const source = `${A}one = three\n`;
  const text = (select: readonly string[], ignore: readonly string[] = []) =>
    migrate({ 'a.py': source }, rules, { select, ignore }).files.get('a.py');
  expect(text(['rename'])).toBe(`${A}two = four\n`);
  expect(text(['rename-one'])).toBe(`${A}two = three\n`);
  expect(text([], ['rename-one'])).toBe(`${A}one = four\n`);
  expect(text(['rename-one'], ['rename'])).toBe(`${A}two = three\n`);
  expect(text(['other'])).toBe(source);
});

test('a rule that is off by default needs to be selected', () => {
  const rules = [renaming('one', 'two', { optIn: true })];
  const files = { 'a.py': `${A}one = 1\n` };
  expect(migrate(files, rules).findings).toEqual([]);
  expect(migrate(files, rules, { select: ['rename-one'] }).findings).toHaveLength(1);
});
