// The warnings of 1.4: reading logs of Python and pytest, and what the migration does about each. The logs were recorded from the project beside them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { matchWarnings, type MatchedWarning } from '../src/engine/match-warnings.ts';
import { parserFiles } from '../src/engine/parser-files.ts';
import { migrateSources } from '../src/engine/run.ts';
import { readWarningLog } from '../src/engine/warning-log.ts';
import { createParser } from '../src/python/parse.ts';
import { WARNINGS20 } from '../src/sqlalchemy/warnings20.ts';
import { ruleIds } from '../src/engine/select.ts';
import { transforms } from '../src/transforms/index.ts';
import { cli } from './support/cli.ts';
import { temporaryFolder } from './support/engine.ts';

const folder = fileURLToPath(new URL('warnings', import.meta.url));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const project = new Map(
  readdirSync(join(folder, 'project'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => [name.replaceAll('\\', '/'), read(join('project', name))]),
);
const temporary: { remove(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of temporary.splice(0)) await each.remove();
});

async function matched(
  log: string,
  texts: ReadonlyMap<string, string> = project,
): Promise<readonly MatchedWarning[]> {
  const { findings } = await migrateSources(texts);
  const parser = await createParser(parserFiles());
  return matchWarnings(readWarningLog(log), { texts, findings, parser, root: '/shop' });
}

const brief = ({ file, line, outcome, rule }: MatchedWarning): unknown => [
  file,
  line,
  outcome,
  rule,
];

describe('reading', () => {
  test('the summary of pytest, each place and text once', () => {
    const warnings = readWarningLog(read('pytest.log'));
    expect(warnings).toHaveLength(14);
    expect(warnings[0]).toEqual({
      path: '/srv/shop/shop/db.py',
      line: 6,
      category: 'MovedIn20Warning',
      message:
        'The ``declarative_base()`` function is now available as sqlalchemy.orm.declarative_base().',
      code: 'Base = declarative_base()',
    });
    expect(warnings.filter(({ category }) => category === 'LegacyAPIWarning')).toHaveLength(1);
  });

  test('colours, prefixes, Windows paths; other warnings are none', () => {
    const log = [
      '\u001B[33mC:\\shop\\db.py:7: sqlalchemy.exc.RemovedIn20Warning: Passing a string\u001B[0m',
      '    engine.execute("x")',
      '2024-01-05 10:00 worker /srv/shop/db.py:9: MovedIn20Warning: The text',
      '',
      '/srv/shop/db.py:9: SAWarning: something else',
      '/srv/shop/db.py:9: DeprecationWarning: RemovedIn20Warning is near',
    ].join('\r\n');
    expect(readWarningLog(log).map(({ path, line, code }) => [path, line, code])).toEqual([
      ['C:/shop/db.py', 7, 'engine.execute("x")'],
      ['2024-01-05 10:00 worker /srv/shop/db.py', 9, null],
    ]);
  });
});

describe('matching', () => {
  test('says of each warning of the tests what becomes of it', async () => {
    const warnings = await matched(read('pytest.log'));
    expect(warnings.map(brief)).toEqual([
      ['shop/db.py', 6, 'resolved', 'model-declarative-base'],
      ['shop/db.py', 25, 'resolved', 'engine-execute'],
      ['shop/db.py', 25, 'resolved', 'engine-execute'],
      ['shop/db.py', 25, 'resolved', 'engine-execute'],
      ['shop/db.py', 30, 'resolved', 'engine-execute'],
      ['shop/db.py', 30, 'resolved', 'core-select-list'],
      ['shop/db.py', 31, 'resolved', 'row-str-index'],
      ['shop/db.py', 39, 'resolved', 'query-get'],
      ['shop/db.py', 47, 'remaining', null],
      ['shop/db.py', 51, 'manual', 'engine-execute'],
      ['shop/db.py', 51, 'manual', 'engine-execute'],
      ['shop/db.py', 58, 'remaining', null],
      ['shop/db.py', 63, 'suppressed', 'engine-execute'],
      ['shop/db.py', 63, 'suppressed', 'engine-execute'],
    ]);
  });

  test('says the same of what Python printed', async () => {
    const pytest = new Set(
      (await matched(read('pytest.log'))).map((each) => JSON.stringify(brief(each))),
    );
    const python = await matched(read('python.log'));
    expect(python).toHaveLength(8);
    expect(python.filter((each) => !pytest.has(JSON.stringify(brief(each))))).toEqual([]);
  });

  test('finds lines that have moved, and knows those that are gone', async () => {
    const text = project.get('shop/db.py') ?? '';
    const moved = new Map(project).set('shop/db.py', `import os\n${text}`);
    const gone = new Map(project).set('shop/db.py', text.replace('.get(number)', '.get(1)'));
    const log = read('python.log');
    expect((await matched(log, moved)).map(({ line }) => line)).toEqual(
      (await matched(log)).map(({ line }) => line + 1),
    );
    expect((await matched(log, gone)).map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 7 }, () => 'resolved'),
      'changed',
    ]);
  });

  test('leaves libraries, and files of which there are two', async () => {
    const line =
      'RemovedIn20Warning: The Engine.execute() method is considered legacy\n  x.execute("SELECT 1")\n';
    const log = `/opt/venv/lib/python3.11/site-packages/shop/db.py:2: ${line}/elsewhere/db.py:2: ${line}`;
    const texts = new Map([
      ['a/db.py', 'from sqlalchemy import text\nx.execute("SELECT 1")\n'],
      ['b/db.py', 'from sqlalchemy import text\nx.execute("SELECT 1")\n'],
    ]);
    expect((await matched(log, texts)).map(({ outcome }) => outcome)).toEqual([
      'elsewhere',
      'elsewhere',
    ]);
  });

  test('the table names rules that exist', () => {
    const ids = transforms.flatMap(ruleIds);
    const unknown = WARNINGS20.flatMap(({ rules }) => rules).filter(
      (rule) => !ids.some((id) => id.startsWith(rule)),
    );
    expect(unknown).toEqual([]);
  });
});

describe('the command line', () => {
  const inFolder = async (): Promise<string> => {
    const made = await temporaryFolder({
      ...Object.fromEntries(project),
      'pytest.log': read('pytest.log'),
    });
    temporary.push(made);
    return made.path;
  };

  test('tells what is resolved, and lists what is not', async () => {
    const { code, stderr, stdout } = await cli(await inFolder(), [
      '--check',
      '--warnings',
      'pytest.log',
    ]);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(stderr).toContain(
      '14 warnings of pytest.log: 8 resolved, 2 for you, 2 suppressed, 2 remaining:\n  shop/db.py:47 remaining: ',
    );
    expect(stderr).not.toContain('shop/db.py:25');
  });

  test('adds the warnings to the JSON report', async () => {
    const { stdout } = await cli(await inFolder(), [
      '--check',
      '--output-format',
      'json',
      '--warnings',
      'pytest.log',
    ]);
    const { warnings } = JSON.parse(stdout);
    expect(warnings.summary).toEqual({
      resolved: 8,
      unsafe: 0,
      manual: 2,
      suppressed: 2,
      remaining: 2,
      changed: 0,
      elsewhere: 0,
    });
    expect(warnings.items[7]).toMatchObject({
      path: 'shop/db.py',
      line: 39,
      category: 'LegacyAPIWarning',
      outcome: 'resolved',
      rule: 'query-get',
    });
  });

  test('a log that cannot be read is an error before anything is written', async () => {
    const path = await inFolder();
    const outcome = await cli(path, ['--warnings', 'missing.log']);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('--warnings missing.log cannot be read');
    expect(readFileSync(join(path, 'shop/db.py'), 'utf8')).toBe(project.get('shop/db.py'));
  });

  test('a log without warnings says how to get some', async () => {
    const made = await temporaryFolder({ 'a.py': 'import sqlalchemy\n', 'empty.log': 'passed\n' });
    temporary.push(made);
    const { stderr } = await cli(made.path, ['--check', '--warnings', 'empty.log']);
    expect(stderr).toContain(
      'Run the tests with SQLALCHEMY_WARN_20=1 and PYTHONWARNINGS=default on 1.4.',
    );
  });
});

describe('causes that stand elsewhere', () => {
  const log = (path: string, line: number, text: string, code: string): string =>
    `/shop/${path}:${line}: RemovedIn20Warning: ${text}\n  ${code}\n`;

  test('the caller of a function that reads a row by name', async () => {
    const text = [
      'from sqlalchemy import create_engine, text',
      'engine = create_engine("sqlite://")',
      'def names():',
      '    with engine.connect() as connection:',
      '        return [row["name"] for row in connection.execute(text("SELECT 1 AS name"))]',
      'def others():',
      '    return []',
      'names()',
      'others()',
      '',
    ].join('\n');
    const warning = 'Using non-integer/slice indices on Row is deprecated';
    const texts = new Map([['rows.py', text]]);
    const found = await matched(
      log('rows.py', 8, warning, 'names()') + log('rows.py', 9, warning, 'others()'),
      texts,
    );
    expect(found.map(brief)).toEqual([
      ['rows.py', 8, 'resolved', 'row-str-index'],
      ['rows.py', 9, 'remaining', null],
    ]);
  });

  test('the first statement of a block is no part of its head', async () => {
    const text =
      'from sqlalchemy import MetaData, Table\n\n\ndef reflected(engine, names):\n    for name in names:\n        table = Table(\n            name,\n            MetaData(),\n            autoload=True,\n            autoload_with=engine,\n        )\n        print(table)\n';
    const [found] = await matched(
      log('all.py', 6, 'The autoload parameter is deprecated', 'table = Table('),
      new Map([['all.py', text]]),
    );
    expect(found && brief(found)).toEqual(['all.py', 6, 'resolved', 'core-old-keyword']);
  });

  test('which place made an option that is used here is not in the log: the warning remains', async () => {
    const texts = new Map([
      [
        'loads.py',
        'from sqlalchemy.orm import joinedload\n\n\ndef eager(query, *names):\n    return query.options(*[joinedload(name) for name in names])\n',
      ],
      [
        'use.py',
        'from loads import eager\n\n\ndef first(query):\n    return eager(query, "user").first()\n',
      ],
    ]);
    const text =
      'Using strings to indicate column or relationship paths in loader options is deprecated';
    const [found] = await matched(
      log('use.py', 5, text, 'return eager(query, "user").first()'),
      texts,
    );
    expect(found && brief(found)).toEqual(['use.py', 5, 'remaining', null]);
  });
});
