import { describe, expect, test } from 'vitest';
import { canonicalName, homeIn, isKnownName, knownName } from '../src/sqlalchemy/names.ts';

describe('canonicalName', () => {
  test.each([
    ['sqlalchemy.schema.Column', 'sqlalchemy.Column'],
    ['sqlalchemy.sql.select', 'sqlalchemy.select'],
    ['sqlalchemy.sql.expression.select', 'sqlalchemy.select'],
    ['sqlalchemy.future.select', 'sqlalchemy.select'],
    ['sqlalchemy.types.String', 'sqlalchemy.String'],
    ['sqlalchemy.sql.sqltypes.Integer', 'sqlalchemy.Integer'],
    ['sqlalchemy.engine.base.Engine', 'sqlalchemy.Engine'],
    ['sqlalchemy.engine.url.URL', 'sqlalchemy.URL'],
    ['sqlalchemy.ext.declarative.declarative_base', 'sqlalchemy.orm.declarative_base'],
    ['sqlalchemy.ext.declarative.api.declared_attr', 'sqlalchemy.orm.declared_attr'],
    ['sqlalchemy.orm.session.Session', 'sqlalchemy.orm.Session'],
    ['sqlalchemy.orm.query.Query', 'sqlalchemy.orm.Query'],
    ['sqlalchemy.orm.mapper.Mapper', 'sqlalchemy.orm.Mapper'],
    ['sqlalchemy.orm.strategy_options.joinedload', 'sqlalchemy.orm.joinedload'],
    ['sqlalchemy.orm.exc.NoResultFound', 'sqlalchemy.exc.NoResultFound'],
    ['sqlalchemy.ext.asyncio.session.AsyncSession', 'sqlalchemy.ext.asyncio.AsyncSession'],
    ['sqlalchemy.dialects.postgresql.VARCHAR', 'sqlalchemy.VARCHAR'],
    ['sqlalchemy.dialects.postgresql.base.UUID', 'sqlalchemy.dialects.postgresql.UUID'],
    ['sqlalchemy.databases.postgresql.UUID', 'sqlalchemy.dialects.postgresql.UUID'],
    ['sqlalchemy.future.engine.Engine', 'sqlalchemy.future.Engine'],
  ])('%s is %s', (path, canonical) => {
    expect(canonicalName(path)).toBe(canonical);
    expect(canonicalName(canonical)).toBe(canonical);
    expect(isKnownName(canonical)).toBe(true);
  });

  test.each([
    'sqlalchemy.dialects.postgresql.UUID',
    'sqlalchemy.dialects.postgresql.DOUBLE_PRECISION',
    'sqlalchemy.dialects.postgresql.insert',
    'sqlalchemy.dialects.oracle.DATE',
    'sqlalchemy.dialects.mysql.DOUBLE',
    'sqlalchemy.dialects.mssql.TIMESTAMP',
    'sqlalchemy.ext.declarative.AbstractConcreteBase',
    'sqlalchemy.future.Engine',
    'sqlalchemy.future.create_engine',
    'sqlalchemy.orm.attribute_mapped_collection',
    'sqlalchemy.orm.join',
    'sqlalchemy.orm.mapper',
    'sqlalchemy.orm.relation',
    'sqlalchemy.orm.eagerload',
    'sqlalchemy.VARCHAR',
  ])('%s stays apart', (path) => {
    expect(canonicalName(path)).toBe(path);
    expect(isKnownName(path)).toBe(true);
  });

  test('leaves unknown paths alone', () => {
    for (const path of ['sqlalchemy.nothing', 'app.models.User', 'sqlalchemy.databases.x.Y', ''])
      expect(canonicalName(path)).toBe(path);
    expect(isKnownName('sqlalchemy.nothing')).toBe(false);
  });
});

describe('homeIn', () => {
  test.each([
    ['sqlalchemy.Engine', '1.4', 'sqlalchemy.engine'],
    ['sqlalchemy.Engine', '2.0', 'sqlalchemy'],
    ['sqlalchemy.CreateTable', '2.0', 'sqlalchemy.schema'],
    ['sqlalchemy.CreateTable', '2.1', 'sqlalchemy'],
    ['sqlalchemy.orm.declarative_base', '1.3', 'sqlalchemy.ext.declarative'],
    ['sqlalchemy.orm.declarative_base', '1.4', 'sqlalchemy.orm'],
  ] as const)('%s in %s', (canonical, version, module) => {
    const name = canonical.slice(canonical.lastIndexOf('.') + 1);
    expect(homeIn(canonical, version)).toEqual({ module, name });
  });

  test('is null where a version lacks the name', () => {
    expect(homeIn('sqlalchemy.orm.mapped_column', '1.4')).toBeNull();
    expect(homeIn('sqlalchemy.engine.RowProxy', '2.0')).toBeNull();
    expect(homeIn('sqlalchemy.nothing', '2.0')).toBeNull();
  });
});

test('tells kinds', () => {
  expect(knownName('sqlalchemy.orm.Session')?.kind).toBe('class');
  expect(knownName('sqlalchemy.select')?.kind).toBe('function');
  expect(knownName('sqlalchemy.func')?.kind).toBe('object');
});
