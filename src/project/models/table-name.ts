// Finds the name of the table that a mapped class declares, Flask-SQLAlchemy's automatic names included.
import type { Symbols } from '../symbols.ts';
import { constantString, readCall } from './calls.ts';
import type { Hierarchy } from './hierarchy.ts';
import type { Mapping } from './mappings.ts';
import { memberValue, type Member } from './members.ts';
import type { ClassSource, Sources } from './sources.ts';

/** Bases whose metaclass is Flask-SQLAlchemy's. */
const NAMING_BASES: ReadonlySet<string> = new Set([
  'flask_sqlalchemy.SQLAlchemy.Model',
  'flask_appbuilder.Model',
  'flask_appbuilder.models.sqla.Model',
]);

/** The metaclasses of Flask-SQLAlchemy that name tables. */
const NAMING_METACLASSES: ReadonlySet<string> = new Set([
  'flask_sqlalchemy.DefaultMeta',
  'flask_sqlalchemy.model.DefaultMeta',
  'flask_sqlalchemy.model.NameMetaMixin',
]);

/** The table that a class declares for itself; its name is `null` when it cannot be told. `null`: it has none of its own. */
export function readTableName(
  sources: Sources,
  hierarchy: Hierarchy,
  symbols: Symbols,
  source: ClassSource,
  mro: readonly string[],
  parent: Mapping | null,
  hasPrimaryKey: boolean,
): { readonly name: string | null } | null {
  const member = memberValue(symbols, sources, mro, '__tablename__');
  const flask = mro.some(
    (id) => NAMING_BASES.has(id) || hasNamingMetaclass(sources, hierarchy, symbols, id),
  );
  if (flask && parent?.table && !hasPrimaryKey) return null;
  if (flask && isAutomatic(hierarchy, source, member)) return { name: snakeCase(source.name) };
  if (!declaresTable(sources, hierarchy, symbols, mro) || !member)
    // A class without a parent has a table, though a base that cannot be seen names it.
    return parent ? null : { name: null };
  if (member.node?.kind === 'none') return null;
  const name = constantString(symbols, member.module, member.node, (text) =>
    /^\w+\.__name__$/.test(text) ? source.name : null,
  );
  return { name };
}

/** A plain `__tablename__` of a mapped superclass names that class's table only. */
function declaresTable(
  sources: Sources,
  hierarchy: Hierarchy,
  symbols: Symbols,
  mro: readonly string[],
): boolean {
  return mro.some((id, index) => {
    const member = memberValue(symbols, sources, [id], '__tablename__');
    return member !== null && (index === 0 || !hierarchy.isMapped(id) || member.dynamic);
  });
}

/** See `should_set_tablename` of Flask-SQLAlchemy. */
function isAutomatic(hierarchy: Hierarchy, source: ClassSource, member: Member | null): boolean {
  if (!member) return true;
  if (member.dynamic) return false;
  return member.owner !== source.id && hierarchy.isMapped(member.owner);
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/(?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z])/g, '_$&')
    .toLowerCase()
    .replace(/^_+/, '');
}

/** Whether a base is made with a metaclass of Flask-SQLAlchemy, or one that extends it. */
function hasNamingMetaclass(
  sources: Sources,
  hierarchy: Hierarchy,
  symbols: Symbols,
  id: string,
): boolean {
  const source = sources.classes.get(id);
  const made = sources.baseCalls.get(id);
  const module = source?.module ?? made?.module;
  const given = [
    source?.keywords.get('metaclass'),
    made?.call.keywords.get('metaclass'),
    ...(source?.decorators ?? []).map((each) => readCall(each)?.keywords.get('metaclass')),
  ];
  return given.some((node) => {
    const symbol = module && node && symbols.symbolOf(module, node);
    if (symbol?.kind === 'library') return NAMING_METACLASSES.has(symbol.name);
    return (
      symbol?.kind === 'definition' &&
      hierarchy.mro(symbol.id).some((each) => NAMING_METACLASSES.has(each))
    );
  });
}
