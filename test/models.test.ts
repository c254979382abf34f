// The model index, compared with what SQLAlchemy's mappers said about the same projects (recorded by support/record-models.sh).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { factsOf, indexFiles, indexFolder, type ClassFacts } from './support/models.ts';

const folder = fileURLToPath(new URL('./models', import.meta.url));
const projects = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

interface Recording {
  readonly version: string;
  readonly classes: Readonly<Record<string, ClassFacts>>;
}

function recorded(project: string): Recording {
  const recording: Recording = JSON.parse(readFileSync(`${folder}/${project}.json`, 'utf8'));
  return recording;
}

/** Every leaf of nested data by its path. */
function leaves(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object') return [[path, value]];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    leaves(each, path === '' ? key : `${path}.${key}`),
  );
  return inner.length > 0 ? inner : [[path, 'empty']];
}

describe('mapped classes as SQLAlchemy sees them', () => {
  test.for(projects)('%s', (project) => {
    const known = new Map(leaves(factsOf(indexFolder(`${folder}/${project}`))));
    const expected = new Map(leaves(recorded(project).classes));
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(expected));
  });

  test('every project has a recording and every recording a project', () => {
    const recordings = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(recordings.map((name) => name.replace('.json', '')).toSorted()).toEqual(projects);
    expect(projects.length).toBeGreaterThanOrEqual(25);
  });
});

describe('what mappers do not show', () => {
  const BASE =
    'from sqlalchemy import *\nfrom sqlalchemy.orm import *\nBase = declarative_base()\n';

  test('roles, bases and unknown ancestors', () => {
    const index = indexFiles({
      'app.py': `${BASE}
from elsewhere import Auditable, ForeignBase
class Stamp:
    created = Column(DateTime)
class Unused:
    other = Column(DateTime)
class Abstract(Stamp, Base):
    __abstract__ = True
class User(Auditable, Abstract):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)
class Orphan(ForeignBase):
    __tablename__ = 'orphans'
    id = Column(Integer, primary_key=True)
class Plain(ForeignBase):
    pass
`,
    });
    const roles = [...index.classes.values()].map(({ id, role, base, unknownBases }) => [
      id,
      role,
      base,
      unknownBases,
    ]);
    expect(roles).toEqual([
      ['app.Abstract', 'abstract', 'app.Base', []],
      ['app.Base', 'base', 'app.Base', []],
      ['app.Orphan', 'mapped', null, ['elsewhere.ForeignBase']],
      ['app.Stamp', 'mixin', null, []],
      ['app.User', 'mapped', 'app.Base', ['elsewhere.Auditable']],
    ]);
    const user = index.classes.get('app.User');
    expect(user?.mro).toEqual([
      'app.User',
      'elsewhere.Auditable',
      'app.Abstract',
      'app.Stamp',
      'app.Base',
    ]);
    expect(user?.own.map((each) => each.name)).toEqual(['id']);
    expect([...(user?.attributes.keys() ?? [])]).toEqual(['id', 'created']);
    expect(user?.attributes.get('created')?.owner).toBe('app.Stamp');
    expect(index.table('users')?.id).toBe('app.User');
  });

  test('a base from a library is named in the settings', () => {
    const files = {
      'app.py': `
from sqlalchemy import Column, Integer
from vendor.db import Root
class User(Root):
    id = Column(Integer, primary_key=True)
`,
    };
    expect(indexFiles(files).classes.size).toBe(0);
    const index = indexFiles(files, { baseClasses: ['vendor.db.Root'] });
    expect(index.classes.get('app.User')).toMatchObject({ role: 'mapped', base: 'vendor.db.Root' });
  });

  test('SQLModel classes are marked and their fields left alone', () => {
    const index = indexFiles({
      'app.py': `
from sqlmodel import Field, SQLModel
class HeroBase(SQLModel):
    name: str
class Hero(HeroBase, table=True):
    id: int = Field(primary_key=True)
`,
    });
    const [hero] = index.named('Hero');
    expect(hero).toMatchObject({ sqlModel: true, own: [], base: 'sqlmodel.SQLModel' });
    expect(index.classes.get('app.HeroBase')?.role).not.toBe('mapped');
  });

  test('a mixin says of its relationships what its classes agree on', () => {
    const index = indexFiles({
      'app.py': `${BASE}
class Owned:
    @declared_attr
    def owner_id(cls):
        return Column(ForeignKey('users.id'))
    @declared_attr
    def owner(cls):
        return relationship('User', foreign_keys=[cls.owner_id])
class User(Base):
    __tablename__ = 'users'
    id = Column(BigInteger, primary_key=True)
class A(Owned, Base):
    __tablename__ = 'a'
    id = Column(Integer, primary_key=True)
class B(Owned, Base):
    __tablename__ = 'b'
    id = Column(Integer, primary_key=True)
`,
    });
    const [ownerId, owner] = index.classes.get('app.Owned')?.own ?? [];
    expect(ownerId).toMatchObject({
      style: 'declared-attr',
      nullable: true,
      type: { name: 'sqlalchemy.BigInteger', location: null },
      foreignKeys: [{ target: 'users.id', attribute: { owner: 'app.User', name: 'id' } }],
    });
    expect(owner).toMatchObject({
      target: 'app.User',
      direction: 'many-to-one',
      uselist: false,
      optional: true,
    });
  });

  test('styles, types and keys', () => {
    const text = `${BASE}
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.dialects import postgresql as pg
class Item(Base):
    __tablename__ = 'item'
    id = Column(Integer, primary_key=True)
    doc = deferred(Column(Text))
    tags = Column(pg.ARRAY(String(5)))
    data = Column(MutableDict.as_mutable(pg.JSONB))
    flag = Column(Boolean, nullable=FLAG)
    parent_id = Column(ForeignKey('item.id'))
    children = relationship('Item', collection_class=attribute_mapped_collection('doc'))
    lost = relationship('Nowhere')
    weird = relationship(compute())
    full = column_property(id + 1)
`;
    const item = indexFiles({ 'app.py': text }).classes.get('app.Item');
    const attribute = (name: string) => item?.attributes.get(name);
    expect(attribute('doc')).toMatchObject({ style: 'deferred', deferred: true });
    expect(attribute('tags')).toMatchObject({
      type: { name: 'sqlalchemy.dialects.postgresql.ARRAY', hasArguments: true },
    });
    expect(attribute('data')).toMatchObject({
      type: {
        name: 'sqlalchemy.dialects.postgresql.JSONB',
        mutable: 'sqlalchemy.ext.mutable.MutableDict',
      },
    });
    expect(attribute('flag')).toMatchObject({ nullable: null });
    expect(attribute('children')).toMatchObject({ collection: 'dict', collectionKey: 'doc' });
    expect(attribute('lost')).toMatchObject({ target: null, targetName: 'Nowhere', uselist: null });
    expect(attribute('weird')).toMatchObject({ target: null, targetName: null });
    expect(attribute('full')).toMatchObject({ kind: 'expression' });
    const location = attribute('doc')?.location;
    expect(text.slice(location?.start, location?.end)).toBe('doc = deferred(Column(Text))');
  });

  test('Table() objects', () => {
    const index = indexFiles({
      'app.py': `${BASE}
links = Table('links', Base.metadata, Column('a_id', ForeignKey('a.id'), key='a'), schema='x')
class A(Base):
    __tablename__ = 'a'
    id = Column(Integer, primary_key=True)
`,
    });
    const links = index.tableDefinition('app.links');
    expect(links).toMatchObject({ name: 'links', schema: 'x', mappedClass: null });
    expect(links?.columns.get('a')).toMatchObject({
      columnName: 'a_id',
      style: 'table',
      type: { name: 'sqlalchemy.Integer' },
      foreignKeys: [{ target: 'a.id', attribute: { owner: 'app.A', name: 'id' } }],
    });
  });

  test('an ambiguous target stays open', () => {
    const thing = (name: string) =>
      `from base import *\nclass Thing(Base):\n    __tablename__ = '${name}'\n    id = Column(Integer, primary_key=True)\n`;
    const index = indexFiles({
      'base.py': BASE,
      'a.py': thing('a'),
      'b.py': thing('b'),
      'c.py': `from base import *\nclass User(Base):\n    __tablename__ = 'c'\n    id = Column(Integer, primary_key=True)\n    thing = relationship('Thing')\n    mine = relationship('b.Thing')\n`,
    });
    expect(index.named('Thing').map((each) => each.id)).toEqual(['a.Thing', 'b.Thing']);
    const user = index.classes.get('c.User');
    expect(user?.attributes.get('thing')).toMatchObject({ target: null, direction: null });
    expect(user?.attributes.get('mine')).toMatchObject({ target: 'b.Thing' });
  });

  test('classes find each other by name only through the same base', () => {
    const source = (name: string, base: string, extra = '') =>
      `from sqlalchemy import *\nfrom sqlalchemy.orm import *\n${base}\nclass ${name}(Base):\n    __tablename__ = '${name}'\n    id = Column(Integer, primary_key=True)\n${extra}`;
    const target = (base: string, other: string) => {
      const post = source('Post', base, "    user = relationship('User')\n");
      const index = indexFiles({ 'a.py': source('User', other), 'b.py': post });
      return index.classes.get('b.Post')?.attributes.get('user');
    };
    const vendor = 'from vendor.db import Base';
    expect(target(vendor, vendor)).toMatchObject({ target: 'a.User' });
    expect(target('Base = compute()', vendor)).toMatchObject({ target: null });
    expect(target(vendor, 'Base = declarative_base()')).toMatchObject({ target: null });
  });
});
