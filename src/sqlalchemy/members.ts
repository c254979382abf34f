// What the members of Flask-SQLAlchemy's `SQLAlchemy` object (`db.X`) stand for, in versions 2 and 3. It does not find such objects.
import { canonicalName, homeIn } from './names.ts';
import type { LibraryClass, ReturnSpec } from './returns.ts';

/** A member of the extension object. */
export type FlaskMember =
  /** A class or function of a library. */
  | { readonly kind: 'library'; readonly name: string }
  /** A module. */
  | { readonly kind: 'module'; readonly name: string }
  /** An object. `element` is the class of what it makes or holds. */
  | { readonly kind: 'instance'; readonly of: LibraryClass; readonly element?: LibraryClass }
  /** A method of the extension itself. */
  | { readonly kind: 'method'; readonly returns: ReturnSpec };

/** Canonical name of the extension class, and of its declarative base. */
export const FLASK_SQLALCHEMY = 'flask_sqlalchemy.SQLAlchemy';
export const FLASK_MODEL = 'flask_sqlalchemy.SQLAlchemy.Model';

const NONE: FlaskMember = { kind: 'method', returns: { of: 'builtins.None' } };

/** Members that are not simply SQLAlchemy's names. */
const OWN: ReadonlyMap<string, FlaskMember> = new Map<string, FlaskMember>([
  ['Model', { kind: 'library', name: FLASK_MODEL }],
  ['Query', { kind: 'library', name: 'flask_sqlalchemy.query.Query' }],
  // Both make the extension's metadata the second argument.
  ['Table', { kind: 'library', name: 'sqlalchemy.Table' }],
  ['create_all', NONE],
  ['drop_all', NONE],
  ['reflect', NONE],
  ['init_app', NONE],
  ['create_engine', { kind: 'method', returns: { of: 'sqlalchemy.Engine' } }],
  ['get_engine', { kind: 'method', returns: { of: 'sqlalchemy.Engine' } }],
  ['create_session', { kind: 'method', returns: { of: 'sqlalchemy.orm.sessionmaker' } }],
  ['create_scoped_session', { kind: 'method', returns: { of: 'sqlalchemy.orm.scoped_session' } }],
  ['make_declarative_base', { kind: 'method', returns: { of: 'builtins.type' } }],
  ['get_or_404', { kind: 'method', returns: { of: 'instance' } }],
  ['first_or_404', { kind: 'method', returns: { of: 'argument-scalar' } }],
  ['one_or_404', { kind: 'method', returns: { of: 'argument-scalar' } }],
  [
    'paginate',
    {
      kind: 'method',
      returns: { of: 'flask_sqlalchemy.pagination.Pagination', element: 'argument-scalar' },
    },
  ],
  ['engine', { kind: 'instance', of: 'sqlalchemy.Engine' }],
  ['engines', { kind: 'instance', of: 'builtins.dict', element: 'sqlalchemy.Engine' }],
  ['event', { kind: 'module', name: 'sqlalchemy.event' }],
  ['metadata', { kind: 'instance', of: 'sqlalchemy.MetaData' }],
  ['metadatas', { kind: 'instance', of: 'builtins.dict', element: 'sqlalchemy.MetaData' }],
  [
    'session',
    { kind: 'instance', of: 'sqlalchemy.orm.scoped_session', element: 'sqlalchemy.orm.Session' },
  ],
]);

/**
 * What `db.<name>` stands for, `null` if it is no member of any version.
 * What the extension does not define itself it takes from `sqlalchemy`, then from `sqlalchemy.orm`.
 */
export function flaskMember(name: string): FlaskMember | null {
  const own = OWN.get(name);
  if (own) return own;
  for (const module of ['sqlalchemy', 'sqlalchemy.orm']) {
    const canonical = canonicalName(`${module}.${name}`);
    const homes = (['1.3', '1.4', '2.0', '2.1'] as const).map((v) => homeIn(canonical, v)?.module);
    if (canonical !== `${module}.${name}` || homes.includes(module))
      return { kind: 'library', name: canonical };
  }
  return null;
}
