// Whether annotations of a mapped class may mean other SQL types than the default ones: `type_annotation_map` somewhere above it.
import { identifiers } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';

/** Bases that are known to bring no type map. */
const PLAIN_BASES: ReadonlySet<string> = new Set([
  'builtins.object',
  'flask_sqlalchemy.SQLAlchemy.Model',
  'sqlalchemy.orm.DeclarativeBase',
  'sqlalchemy.orm.DeclarativeBaseNoMeta',
  'sqlalchemy.orm.declarative_base',
  'sqlalchemy.orm.as_declarative',
]);

/** Whether the project, or a base whose source cannot be seen, may have a type map. */
export function hasTypeMap(model: MappedClass, facts: Facts): boolean {
  const isUnseen =
    model.base === null
      ? model.unknownBases.length > 0
      : !PLAIN_BASES.has(model.base) && !facts.models.classes.has(model.base);
  if (isUnseen) return true;
  return facts.modules.modules.some(
    (module) => identifiers(module.tree.root, 'type_annotation_map').length > 0,
  );
}
