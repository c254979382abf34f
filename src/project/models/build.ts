// Builds the model index of a project (see ../models.ts). The entry of this folder; the steps are in the other files.
import type {
  MappedAttribute,
  MappedClass,
  ModelIndex,
  RelationshipAttribute,
  TableDefinition,
} from '../models.ts';
import type { ModuleGraph } from '../modules.ts';
import type { Settings } from '../settings.ts';
import { isRedefined, type Symbols } from '../symbols.ts';
import type { DeclaredAttribute } from './attributes.ts';
import { columnAttribute, detachedColumn } from './column-attributes.ts';
import { buildHierarchy, type Hierarchy } from './hierarchy.ts';
import { buildMappings, type Mapping, type Mappings } from './mappings.ts';
import { detachedAttributes } from './mixins.ts';
import { createReferences, type References } from './references.ts';
import {
  resolveRelationship,
  reverseRelationship,
  type RelationshipPlace,
  type ResolvedRelationship,
} from './relationships.ts';
import { declaresForOthers, findSources, type Sources } from './sources.ts';

interface Workspace {
  readonly symbols: Symbols;
  readonly sources: Sources;
  readonly hierarchy: Hierarchy;
  readonly mappings: Mappings;
  readonly references: References;
}

/** Reads every declarative class and Table() of the project. */
export function buildModelIndex(
  graph: ModuleGraph,
  symbols: Symbols,
  settings: Settings,
): ModelIndex {
  const sources = findSources(graph, symbols);
  const hierarchy = buildHierarchy(graph, sources, symbols, settings);
  const mappings = buildMappings(sources, hierarchy, symbols);
  const references = createReferences(symbols, mappings);
  const workspace: Workspace = { symbols, sources, hierarchy, mappings, references };
  const classes = indexClasses(workspace);
  const tables = sources.tableCalls.length === 0 ? [] : coreTables(workspace);
  return queries(classes, tables);
}

function queries(
  classes: ReadonlyMap<string, MappedClass>,
  tables: readonly TableDefinition[],
): ModelIndex {
  const named = new Map<string, MappedClass[]>();
  const byTable = new Map<string, MappedClass | null>();
  for (const mapped of classes.values()) {
    if (mapped.role !== 'mapped' || isRedefined(mapped.id)) continue;
    named.set(mapped.name, [...(named.get(mapped.name) ?? []), mapped]);
    if (mapped.tableName === null || mapped.inheritance === 'single') continue;
    const full = mapped.schema === null ? null : `${mapped.schema}.${mapped.tableName}`;
    for (const name of new Set([full ?? mapped.tableName, mapped.tableName]))
      byTable.set(name, byTable.has(name) ? null : mapped);
  }
  const definitions = new Map(
    tables.flatMap((table) => (table.id === null ? [] : [[table.id, table]])),
  );
  const kinds = new Map<string, Set<MappedAttribute['kind']>>();
  for (const { attributes } of classes.values())
    for (const { name, kind } of attributes.values())
      kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
  const isOpen = [...classes.values()].some(({ sqlModel }) => sqlModel);
  return {
    classes,
    tables,
    mayBe: (name, kind) => isOpen || (kinds.get(name)?.has(kind) ?? false),
    named: (name) => named.get(name) ?? [],
    table: (name) => byTable.get(name) ?? null,
    tableDefinition: (id) => definitions.get(id) ?? null,
  };
}

function indexClasses(workspace: Workspace): ReadonlyMap<string, MappedClass> {
  const { sources, hierarchy, mappings } = workspace;
  const attributes = attributesOfAll(workspace);
  const users = usersOfMixins(workspace);
  const detached = (id: string, by: readonly Mapping[]): ReadonlyMap<string, MappedAttribute> =>
    detachedAttributes(
      hierarchy.mro(id).flatMap((each) => mappings.declared(each)),
      by.flatMap((user) => attributes.get(user.id) ?? []),
    );
  const classes = new Map<string, MappedClass>();
  const ids = [...sources.classes.keys(), ...sources.baseCalls.keys()].toSorted();
  for (const id of new Set(ids)) {
    const mapping = mappings.byId.get(id) ?? null;
    const role = roleOf(workspace, users, id);
    if (!role) continue;
    const source = sources.classes.get(id) ?? sources.baseCalls.get(id);
    if (!source) continue;
    const all = attributes.get(id) ?? detached(id, users.get(id) ?? []);
    classes.set(id, {
      id,
      name: source.name,
      role,
      location: source.location,
      base: role === 'base' ? id : hierarchy.baseOf(id),
      mro: hierarchy.mro(id),
      unknownBases: hierarchy.unknownBases(id),
      tableName: mapping?.table?.name ?? null,
      schema: mapping?.table?.schema ?? null,
      sqlModel: hierarchy.isSqlModel(id),
      dataclass: hierarchy.isDataclass(id),
      inheritance: mapping?.inheritance ?? 'none',
      imperative: mapping?.imperative ?? false,
      own: mappings.declared(id).flatMap(({ name }) => {
        const found = all.get(name);
        return found?.owner === id ? [found] : [];
      }),
      attributes: all,
    });
  }
  return classes;
}

function roleOf(
  { hierarchy, sources, symbols }: Workspace,
  users: ReadonlyMap<string, readonly Mapping[]>,
  id: string,
): MappedClass['role'] | null {
  if (hierarchy.isBase(id)) return 'base';
  if (hierarchy.isMapped(id)) return 'mapped';
  if (hierarchy.baseOf(id) !== null && hierarchy.isAbstract(id)) return 'abstract';
  if (users.has(id)) return hierarchy.isAbstract(id) ? 'abstract' : 'mixin';
  const source = sources.classes.get(id);
  return source && declaresForOthers(source, symbols) ? 'mixin' : null;
}

/** The mapped classes that inherit each class that is not mapped itself. */
function usersOfMixins(workspace: Workspace): ReadonlyMap<string, readonly Mapping[]> {
  const users = new Map<string, Mapping[]>();
  for (const mapping of workspace.mappings.byId.values())
    for (const id of mapping.mro.slice(1)) {
      if (!workspace.sources.classes.has(id) && !workspace.sources.baseCalls.has(id)) continue;
      const list = users.get(id);
      if (list) list.push(mapping);
      else users.set(id, [mapping]);
    }
  return users;
}

/** The attributes of every mapped class, those that backrefs create included. */
function attributesOfAll(
  workspace: Workspace,
): ReadonlyMap<string, ReadonlyMap<string, MappedAttribute>> {
  const resolved = new Map<string, Map<string, MappedAttribute>>();
  const backrefs = new Map<string, RelationshipAttribute[]>();
  const mappings = [...workspace.mappings.byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const mapping of mappings)
    resolved.set(mapping.id, ownAttributes(workspace, mapping, backrefs));
  for (const mapping of mappings) {
    const all = resolved.get(mapping.id);
    for (const id of mapping.mro)
      for (const reverse of backrefs.get(id) ?? [])
        if (all && !all.has(reverse.name)) all.set(reverse.name, reverse);
  }
  pairSides(resolved);
  return resolved;
}

/** `back_populates` on one side alone pairs both. */
function pairSides(resolved: ReadonlyMap<string, Map<string, MappedAttribute>>): void {
  for (const attributes of resolved.values())
    for (const attribute of attributes.values()) {
      if (attribute.kind !== 'relationship' || attribute.reverse === null) continue;
      const others = resolved.get(attribute.target ?? '');
      const other = others?.get(attribute.reverse);
      if (other?.kind === 'relationship' && other.reverse === null)
        others?.set(other.name, { ...other, reverse: attribute.name });
    }
}

function ownAttributes(
  workspace: Workspace,
  mapping: Mapping,
  backrefs: Map<string, RelationshipAttribute[]>,
): Map<string, MappedAttribute> {
  const found = new Map<string, MappedAttribute>();
  const inherited = new Set(mapping.inheritance === 'concrete' ? [] : (mapping.parent?.mro ?? []));
  for (const attribute of mapping.attributes.values()) {
    // What a parent declares keeps the parent's tables.
    const holder = inherited.has(attribute.owner) ? holderOf(mapping, attribute) : mapping;
    const value = attributeOf(workspace, holder, attribute);
    if (!value) continue;
    found.set(attribute.name, 'attribute' in value ? value.attribute : value);
    if ('attribute' in value && holder === mapping)
      addBackref(workspace, mapping, attribute, value, backrefs);
  }
  for (const [name, column] of mapping.columns)
    if (!found.has(name) && isFree(mapping, name))
      found.set(name, columnAttribute(workspace.references, name, column));
  return found;
}

/** The defaults of a dataclass do not hide the columns of its `__table__`. */
function isDataclassField({ imperative, source }: Mapping): boolean {
  return imperative && source.decorators.some((each) => /dataclass/.test(each.text));
}

/** Whether only a table gives a class this attribute. */
function isFree(mapping: Mapping, name: string): boolean {
  const declared = mapping.attributes.get(name);
  if (!declared || declared.declaration.kind === 'alias') return true;
  return declared.declaration.kind === 'plain' && isDataclassField(mapping);
}

/** The mapped ancestor that an inherited attribute belongs to. */
function holderOf(mapping: Mapping, attribute: DeclaredAttribute): Mapping {
  let holder = mapping;
  while (holder.parent?.mro.includes(attribute.owner)) holder = holder.parent;
  return holder;
}

function attributeOf(
  workspace: Workspace,
  mapping: Mapping,
  attribute: DeclaredAttribute,
): MappedAttribute | ResolvedRelationship | null {
  const { name, owner, location, declaration } = attribute;
  switch (declaration.kind) {
    case 'column': {
      const column = mapping.columns.get(name);
      const found = column
        ? columnAttribute(workspace.references, name, column)
        : detachedColumn(name, declaration.column);
      return { ...found, style: declaration.column.style, owner, location };
    }
    case 'relationship':
      return resolveRelationship(placeOf(workspace, attribute), mapping, declaration);
    case 'other':
      return { kind: declaration.other, name, owner, location };
    default:
      return null;
  }
}

function placeOf(workspace: Workspace, attribute: DeclaredAttribute): RelationshipPlace {
  const { symbols, references } = workspace;
  return { symbols, references, ...attribute };
}

function addBackref(
  workspace: Workspace,
  mapping: Mapping,
  attribute: DeclaredAttribute,
  forward: ResolvedRelationship,
  backrefs: Map<string, RelationshipAttribute[]>,
): void {
  const { backref, target } = forward;
  if (!backref || !target) return;
  const place = placeOf(workspace, attribute);
  const reverse = reverseRelationship(place, mapping, forward, backref);
  backrefs.set(target.id, [...(backrefs.get(target.id) ?? []), reverse]);
}

function coreTables(workspace: Workspace): readonly TableDefinition[] {
  const { mappings, references } = workspace;
  const mapped = new Set(mappings.byId.keys());
  return mappings.tables
    .filter((table) => table.id === null || !mapped.has(table.id))
    .map((table) => ({
      id: table.id,
      name: table.name,
      schema: table.schema,
      location: table.location,
      mappedClass: table.mappedClass,
      columns: new Map(
        [...table.columns].map(([key, column]) => [key, columnAttribute(references, key, column)]),
      ),
    }));
}
