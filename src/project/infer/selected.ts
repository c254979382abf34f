// What the arguments of `query()` and `select()` select: objects of entities, columns, or something unknown.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred, Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { entityOf } from './classes.ts';
import { proven, type CallSite, type Tracer } from './tracer.ts';
import { row } from './value.ts';

/** One selected thing: an entity's object, one column (`column`), or any number of columns (`unknown`). */
type Item = { readonly entity: Value; readonly by: Inferred } | 'column' | 'unknown';

/** What a Query of the arguments yields. */
export function queryElement(tracer: Tracer, site: CallSite): Inferred | null {
  const items = itemsOf(tracer, site);
  const [only] = items ?? [];
  if (!items || only === undefined) return null;
  if (items.length > 1) return rowOf(items);
  if (only === 'unknown') return null;
  return only === 'column' ? rowOf(items) : { ...only.by, value: only.entity };
}

/** The row that a Select of the arguments gives. */
export function selectedRow(tracer: Tracer, site: CallSite): Inferred | null {
  const items = itemsOf(tracer, site);
  return items ? rowOf(items) : proven(row(null));
}

function rowOf(items: readonly Item[]): Inferred {
  const entities = items.flatMap((item) => (typeof item === 'string' ? [] : [item.by]));
  const by = entities.find((each) => each.evidence === 'likely') ?? entities[0];
  const known = items.every((item) => item !== 'unknown');
  const values = items.map((item) => (typeof item === 'string' ? null : item.entity));
  return {
    evidence: by?.evidence ?? 'proven',
    trail: by?.trail ?? [],
    value: row(known ? values : null),
  };
}

/** `null` if even the number of arguments cannot be told. */
function itemsOf(tracer: Tracer, { module, call }: CallSite): readonly Item[] | null {
  const { positional, splat } = callArguments(call);
  if (splat || positional.length === 0) return null;
  const [first] = positional;
  const nodes =
    first && positional.length === 1 && (first.kind === 'list' || first.kind === 'tuple')
      ? first.named
      : positional;
  if (nodes.some((node) => node.kind === 'list_splat')) return null;
  return nodes.map((node) => itemOf(tracer, module, node));
}

function itemOf(tracer: Tracer, module: Module, node: PyNode): Item {
  const value = tracer.infer(module, node);
  if (value) {
    const entity = isEntity(tracer, value.value) ? entityOf(value.value) : null;
    if (entity) return { entity, by: value };
    if (value.value.kind === 'instance' && isOneColumn(value.value.of)) return 'column';
  }
  return isColumnSyntax(tracer, module, node) ? 'column' : 'unknown';
}

/** A class of the project, an alias of one, or a class that a library outside of SQLAlchemy defines. */
function isEntity(tracer: Tracer, value: Value): boolean {
  if (value.kind === 'class') return tracer.index.classById(value.id) !== null;
  if (value.kind === 'instance') return value.of.endsWith('.AliasedClass');
  if (value.kind !== 'library' || value.name.startsWith('sqlalchemy.')) return false;
  return /^[A-Z]/.test(value.name.slice(value.name.lastIndexOf('.') + 1));
}

const ONE_COLUMN =
  /^sqlalchemy\.(\w*(Column|Label|Scalar\w*|Element|Case|Cast|Exists|Function|literal)|orm\.(Bundle|Mapped\w*|\w*Attribute))$|^builtins\.str$/;

function isOneColumn(of: string): boolean {
  return ONE_COLUMN.test(of);
}

/** `User.name`, `func.count(…)`, `users.c.name`, `User.name.label(…)`: one column, whatever its value. */
function isColumnSyntax(tracer: Tracer, module: Module, node: PyNode): boolean {
  if (node.kind === 'call') {
    const callee = node.child('function');
    const symbol = callee && tracer.symbols.symbolOf(module, callee);
    if (symbol?.kind === 'library')
      return /^sqlalchemy\.(func\.|func$|literal|case|cast|distinct|extract|null$|type_coerce|column$|label|and_|or_|not_|desc|asc|text$)/.test(
        symbol.name,
      );
    const object = callee?.kind === 'attribute' ? callee.child('object') : null;
    return object !== null && isColumnSyntax(tracer, module, object);
  }
  if (node.kind === 'attribute') {
    const object = node.child('object');
    if (!object) return false;
    if (object.kind === 'attribute' && object.child('attribute')?.text === 'c') return true;
    const owner = tracer.infer(module, object)?.value;
    return (
      owner !== undefined &&
      node.child('attribute')?.text !== '__table__' &&
      isEntity(tracer, owner)
    );
  }
  return /^(comparison_operator|binary_operator|string)$/.test(node.kind);
}
