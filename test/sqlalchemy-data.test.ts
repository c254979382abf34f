import { describe, expect, test } from 'vitest';
import { flaskMember } from '../src/sqlalchemy/members.ts';
import { canonicalName, isKnownName } from '../src/sqlalchemy/names.ts';
import { queryMethod, queryMethodNames } from '../src/sqlalchemy/query-methods.ts';
import { METHODS } from '../src/sqlalchemy/return-tables.ts';
import {
  CALLS,
  callOf,
  isLibrarySubclass,
  LIBRARY_BASES,
  memberOf,
} from '../src/sqlalchemy/returns.ts';
import { isImpliedByAnnotation, oracleNumber, pythonType } from '../src/sqlalchemy/types.ts';

describe('returns', () => {
  test('name only canonical names', () => {
    const specs = [
      ...[...METHODS.values()].flatMap((each) => Object.values(each)),
      ...Object.values(CALLS),
    ];
    const names = [
      ...METHODS.keys(),
      ...Object.entries(LIBRARY_BASES).flat(),
      ...Object.keys(CALLS),
      ...specs.flatMap(({ of, element }) => [of, element ?? 'self']),
    ].filter((name) => name.startsWith('sqlalchemy.'));
    expect(names.length).toBeGreaterThan(300);
    expect(names.filter((name) => !isKnownName(name) || canonicalName(name) !== name)).toEqual([]);
  });

  test('are inherited', () => {
    expect(memberOf('sqlalchemy.orm.scoped_session', 'query')).toEqual({
      of: 'sqlalchemy.orm.Query',
      element: 'query-row',
    });
    expect(memberOf('flask_sqlalchemy.query.Query', 'filter')).toEqual({ of: 'self' });
    expect(memberOf('sqlalchemy.CursorResult', 'scalars')?.of).toBe('sqlalchemy.ScalarResult');
    expect(memberOf('sqlalchemy.orm.Session', 'nothing')).toBeNull();
    expect(memberOf('app.Session', 'query')).toBeNull();
    expect(isLibrarySubclass('sqlalchemy.future.Engine', 'sqlalchemy.Engine')).toBe(true);
    expect(isLibrarySubclass('sqlalchemy.Engine', 'sqlalchemy.future.Engine')).toBe(false);
  });

  test('tell what is awaited and what is entered', () => {
    const session = 'sqlalchemy.ext.asyncio.AsyncSession';
    expect(memberOf(session, 'execute')?.awaitable).toBe(true);
    expect(memberOf(session, 'add')?.awaitable).toBeUndefined();
    expect(memberOf('sqlalchemy.ext.asyncio.AsyncResult', 'all')?.awaitable).toBe(true);
    expect(memberOf('sqlalchemy.ext.asyncio.AsyncResult', 'unique')?.awaitable).toBeUndefined();
    expect(memberOf('sqlalchemy.Engine', 'begin')).toEqual({
      of: 'sqlalchemy.Connection',
      contextManager: true,
    });
    expect(callOf('sqlalchemy.future.create_engine')?.of).toBe('sqlalchemy.future.Engine');
    expect(callOf('toString')).toBeNull();
    expect(memberOf('sqlalchemy.Table', 'constructor')).toBeNull();
  });
});

test.each([
  ['Column', { kind: 'library', name: 'sqlalchemy.Column' }],
  ['relationship', { kind: 'library', name: 'sqlalchemy.orm.relationship' }],
  ['join', { kind: 'library', name: 'sqlalchemy.join' }],
  ['aliased', { kind: 'library', name: 'sqlalchemy.orm.aliased' }],
  ['relation', { kind: 'library', name: 'sqlalchemy.orm.relation' }],
  ['UUID', { kind: 'library', name: 'sqlalchemy.UUID' }],
  ['Table', { kind: 'library', name: 'sqlalchemy.Table' }],
  ['engine', { kind: 'instance', of: 'sqlalchemy.Engine' }],
  ['Nothing', null],
  ['Compiled', { kind: 'library', name: 'sqlalchemy.Compiled' }],
])('db.%s', (name, member) => {
  expect(flaskMember(name)).toEqual(member);
});

describe('query methods', () => {
  test.each([
    ['filter', { kind: 'renamed', name: 'where' }],
    [
      'populate_existing',
      { kind: 'execution-option', option: 'populate_existing', argument: 'True' },
    ],
    ['yield_per', { kind: 'execution-option', option: 'yield_per', argument: null }],
    ['with_labels', { kind: 'label-style' }],
    ['order_by', { kind: 'same' }],
    ['from_self', { kind: 'none' }],
  ])('%s', (name, counterpart) => {
    expect(queryMethod(name)?.counterpart).toEqual(counterpart);
  });

  test('what keeps its name exists on Select', () => {
    const missing = queryMethodNames().filter((name) => {
      const method = queryMethod(name);
      const same = method?.counterpart.kind === 'same' && method.role === 'generative';
      return same && memberOf('sqlalchemy.Select', name) === null;
    });
    expect(missing).toEqual([]);
    expect(queryMethod('constructor')).toBeNull();
  });

  test('what is generative gives a Query', () => {
    const others = queryMethodNames().filter((name) => {
      const of = memberOf('sqlalchemy.orm.Query', name)?.of;
      const query = of === 'self' || of === 'sqlalchemy.orm.Query';
      return queryMethod(name)?.role === 'generative' && !query;
    });
    expect(others).toEqual(['only_return_tuples']);
  });
});

describe('types', () => {
  test.each([
    ['sqlalchemy.Integer', { kind: 'scalar', type: 'int' }],
    ['sqlalchemy.dialects.oracle.DATE', { kind: 'scalar', type: 'datetime.datetime' }],
    ['sqlalchemy.DATE', { kind: 'scalar', type: 'datetime.date' }],
    ['sqlalchemy.dialects.mssql.TIMESTAMP', { kind: 'scalar', type: 'bytes' }],
    [
      'sqlalchemy.dialects.postgresql.DATERANGE',
      { kind: 'range', item: 'datetime.date', multi: false },
    ],
    ['sqlalchemy.dialects.postgresql.Nothing', null],
  ])('%s', (name, type) => {
    expect(pythonType(name)).toEqual(type);
  });

  test('as_uuid was off in 1.x for the old types only', () => {
    expect(pythonType('sqlalchemy.dialects.postgresql.UUID')).toMatchObject({
      defaults: { '1.x': false, '2.x': true },
    });
    expect(pythonType('sqlalchemy.UUID')).toMatchObject({ defaults: { '1.x': true, '2.x': true } });
  });

  test('only types that both versions derive alike are implied', () => {
    expect(isImpliedByAnnotation('sqlalchemy.String')).toBe(true);
    for (const name of ['Float', 'Double', 'Text', 'BigInteger', 'VARCHAR', 'Interval', 'Uuid'])
      expect(isImpliedByAnnotation(`sqlalchemy.${name}`)).toBe(false);
  });

  test('oracle.NUMBER', () => {
    expect(oracleNumber(false, null, null)).toBe('float');
    expect(oracleNumber(true, 0, null)).toBe('int');
    expect(oracleNumber(true, 2, null)).toBe('decimal.Decimal');
    expect(oracleNumber(true, 2, false)).toBe('float');
  });
});
