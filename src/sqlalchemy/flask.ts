// The names that Flask-SQLAlchemy's `db` object offers. See "Models and Tables" in the documentation of Flask-SQLAlchemy.
import { isKnownName } from './names.ts';

/** The class of the `db` object. */
export const FLASK_SQLALCHEMY = 'flask_sqlalchemy.SQLAlchemy';

/** Members that are Flask-SQLAlchemy's own, under names of their own. */
const OWN_MEMBERS: ReadonlySet<string> = new Set([
  'Model',
  'session',
  'engine',
  'engines',
  'metadata',
  'Query',
]);

/**
 * The canonical name of `db.<member>`: everything public in `sqlalchemy` and `sqlalchemy.orm`, and Flask-SQLAlchemy's own members as
 * `flask_sqlalchemy.SQLAlchemy.<member>`; `null` for other names.
 */
export function flaskMember(member: string): string | null {
  if (OWN_MEMBERS.has(member)) return `${FLASK_SQLALCHEMY}.${member}`;
  return [`sqlalchemy.${member}`, `sqlalchemy.orm.${member}`].find(isKnownName) ?? null;
}
