// Packages that are installed beside SQLAlchemy: the first version of each that runs on 2.0, and those that 2.0 replaces.

/** The first version that supports SQLAlchemy 2.0, by normalised name. */
export const COMPANIONS: ReadonlyMap<string, string> = new Map([
  ['apscheduler', '3.10'],
  ['databases', '0.9'],
  ['flask-sqlalchemy', '3.0.2'],
  ['geoalchemy2', '0.13'],
  ['marshmallow-sqlalchemy', '0.29'],
  ['pandas', '2.0'],
  ['sqlalchemy-continuum', '1.4'],
  ['sqlalchemy-mixins', '2.0'],
  ['sqlalchemy-utils', '0.40'],
  ['sqlmodel', '0.0.12'],
]);

/** Type stubs for 1.x: they contradict the types that 2.0 brings itself. */
export const STUBS: ReadonlySet<string> = new Set([
  'sqlalchemy-stubs',
  'sqlalchemy2-stubs',
  'types-sqlalchemy',
]);

/** The names of the mypy plugins for 1.x. */
export const MYPY_PLUGINS: readonly string[] = ['sqlalchemy.ext.mypy.plugin', 'sqlmypy'];
