// Tells what an argument of `query()` selects: an entity, or columns. It reads no session.
import { keyword, readCall, readMethodCall, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedAttribute } from '../models.ts';
import { chainCalls } from './chain.ts';
import { aliasedModel, entityOf, otherEntity, type Entity } from './entity.ts';
import { guessOf } from './entity-guess.ts';
import {
  AGGREGATES,
  EXPRESSIONS,
  FROM_CLAUSES,
  QUERIES,
  SCALAR_SUBQUERIES,
} from './entity-names.ts';
import { short } from './short.ts';

/** One column or SQL expression, or (`several`) all columns of a table or subquery. */
export interface Columns {
  readonly kind: 'columns';
  readonly node: PyNode;
  /** The name under which a row gives it; `null` without one. */
  readonly name: string | null;
  /** The entity of a plain attribute. */
  readonly owner: Entity | null;
  readonly attribute: MappedAttribute | null;
  /** Without GROUP BY it makes the query return exactly one row. */
  readonly aggregate: boolean;
  /** Reads no table by itself: `exists()`, a scalar subquery, a literal. */
  readonly single: boolean;
  readonly several: boolean;
  /** A bundle that a legacy query of nothing else gave without a row around it. */
  readonly bare: boolean;
  /** Only what is done with it tells that it is a table. */
  readonly guessed: boolean;
  /** What it may be, where several ways meet. */
  readonly among?: readonly Item[];
}

/** Something that cannot be told. */
export interface UnknownItem {
  readonly kind: 'unknown';
  readonly node: PyNode;
  readonly why: string;
  /** What it may be, where several ways meet. */
  readonly among?: readonly Item[];
}

/** What one argument selects. */
export type Item = Entity | Columns | UnknownItem;

/** What an argument of `query()` selects. */
export function itemOf(node: PyNode, facts: Facts, depth = 0): Item {
  const entity = entityOf(node, facts);
  if (entity) return entity;
  if (depth > 4) return unknown(node, `what \`${short(node)}\` is, is not known`);
  switch (node.kind) {
    case 'parenthesized_expression':
      return node.named[0] ? itemOf(node.named[0], facts, depth) : unknown(node, 'it is empty');
    case 'attribute':
      return attributeItem(node, facts);
    case 'call':
      return callItem(node, facts, depth);
    case 'identifier':
      return nameItem(node, facts, depth);
    case 'binary_operator':
    case 'comparison_operator':
    case 'boolean_operator':
    case 'unary_operator':
    case 'not_operator':
      return operatorItem(node, facts, depth);
    case 'subscript': {
      const value = node.child('value');
      return value && isColumnCollection(value)
        ? columns(node, { name: stringValue(node.child('subscript')) })
        : unknown(node, `what \`${short(node)}\` is, is not known`);
    }
    case 'string':
    case 'concatenated_string':
      return unknown(
        node,
        `\`${short(node)}\` is SQL text, which no query takes since 1.4: write \`text(${short(node)})\``,
      );
    case 'list_splat':
      return unknown(node, `how many columns \`${short(node)}\` holds is not known`);
    default:
      return unknown(node, `what \`${short(node)}\` is, is not known`);
  }
}

function attributeItem(node: PyNode, facts: Facts): Item {
  const object = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  if (!object) return unknown(node, 'it is incomplete');
  if (isColumnCollection(object)) return columns(node, { name });
  const owner = entityOf(object, facts);
  if (owner && name === '__table__') return columns(node, { several: true });
  if (owner) {
    const attribute = owner.model?.attributes.get(name) ?? null;
    return attribute?.kind === 'relationship'
      ? unknown(node, `\`${short(node)}\` is a relationship, not a column`)
      : columns(node, { name, owner, attribute });
  }
  return inferredItem(node, facts) ?? conventional(node, facts);
}

function callItem(node: PyNode, facts: Facts, depth: number): Item {
  const call = readCall(node);
  if (!call) return unknown(node, 'it is incomplete');
  const alias = aliasedModel(node, facts);
  if (alias !== undefined) return otherEntity(node, alias, true);
  const method = readMethodCall(node);
  if (method && SCALAR_SUBQUERIES.has(method.method.text) && chainCalls(method.receiver, QUERIES))
    return columns(node, {
      single: true,
      name: method.method.text === 'label' ? stringValue(method.positional[0] ?? null) : null,
    });
  if (method?.method.text === 'exists' && !entityOf(method.receiver, facts))
    return columns(node, { single: true });
  if (method?.method.text === 'label') {
    const inner = itemOf(method.receiver, facts, depth + 1);
    return columns(node, {
      name: stringValue(method.positional[0] ?? null),
      aggregate: inner.kind === 'columns' && inner.aggregate,
      single: inner.kind === 'columns' && inner.single,
    });
  }
  const qualified = facts.qualifiedName(call.callee);
  if (method && isFunc(method.receiver, facts))
    return columns(node, {
      aggregate:
        AGGREGATES.has(method.method.text.toLowerCase()) || wraps(call.positional, facts, depth),
    });
  if (qualified === 'sqlalchemy.orm.Bundle') return bundleItem(node, call);
  if (qualified === 'sqlalchemy.text') return unknown(node, 'a `text()` may give several columns');
  if (
    qualified === 'sqlalchemy.exists' ||
    qualified === 'sqlalchemy.literal' ||
    qualified === 'sqlalchemy.null'
  )
    return columns(node, { single: true });
  if (qualified?.startsWith('sqlalchemy.') && isLowerCase(qualified))
    return columns(node, { aggregate: wraps(call.positional, facts, depth) });
  if (method) {
    const inner = itemOf(method.receiver, facts, depth + 1);
    if (inner.kind === 'columns' && !inner.several)
      return columns(node, {
        name: null,
        aggregate: inner.aggregate && method.method.text !== 'over',
        single: inner.single,
      });
  }
  return inferredItem(node, facts) ?? unknown(node, `what \`${short(node)}\` gives is not known`);
}

/** `Bundle("name", User.id, single_entity=True)`. */
function bundleItem(node: PyNode, call: Call): Item {
  const single = keyword(call, 'single_entity');
  return (single && single.kind !== 'true' && single.kind !== 'false') || call.doubleStarred
    ? unknown(node, 'whether the bundle is a `single_entity` is not known')
    : columns(node, {
        name: stringValue(call.positional[0] ?? null),
        bare: single?.kind === 'true',
      });
}

/** An expression over aggregates: `coalesce(sum(x), 0)`, `func.round(func.avg(x), 2)`. */
function wraps(operands: readonly PyNode[], facts: Facts, depth: number): boolean {
  const items = operands.map((each) => itemOf(each, facts, depth + 1));
  const known = items.filter((item) => item.kind === 'columns');
  const literals = operands.filter((each) => isLiteral(each));
  return (
    known.some((item) => item.aggregate) &&
    known.every((item) => item.aggregate || item.single) &&
    known.length + literals.length === operands.length
  );
}

function operatorItem(node: PyNode, facts: Facts, depth: number): Item {
  const items = node.named.map((each) => itemOf(each, facts, depth + 1));
  const known = items.filter((item) => item.kind === 'columns');
  if (known.length === 0) return unknown(node, `what \`${short(node)}\` gives is not known`);
  return columns(node, {
    aggregate: wraps(node.named, facts, depth),
    single: known.every((item) => item.single) && known.length === items.length,
  });
}

function nameItem(node: PyNode, facts: Facts, depth: number): Item {
  const binding = facts.definition(node);
  if (binding?.kind === 'assignment' && binding.path.length === 0 && binding.value) {
    const item = itemOf(binding.value, facts, depth + 1);
    if (item.kind === 'columns') return { ...item, node };
    if (isFromClause(binding.value)) return columns(node, { several: true });
  }
  return inferredItem(node, facts) ?? conventional(node, facts);
}

function inferredItem(node: PyNode, facts: Facts): Item | null {
  const value = facts.infer(node)?.value;
  if (value?.kind !== 'instance') return null;
  if (FROM_CLAUSES.has(value.of)) return columns(node, { several: true });
  return EXPRESSIONS.has(value.of) ? columns(node, {}) : null;
}

/** What its name and what is done with it tell of something whose definition cannot be seen. */
function conventional(node: PyNode, facts: Facts): Item {
  const symbol = facts.symbols.symbolOf(facts.module, node);
  const guess = guessOf(node, symbol);
  if (guess === 'class') return otherEntity(node, null, false);
  if (guess === 'table') return columns(node, { several: true, guessed: true });
  const object = node.kind === 'attribute' ? node.child('object') : null;
  const owner = object && conventional(object, facts);
  if (owner?.kind === 'entity')
    return columns(node, { name: node.child('attribute')?.text ?? null, owner });
  return unknown(node, `what \`${short(node)}\` is, is not known`);
}

/** `subquery.c`, `Model.__table__.columns`: its items are columns, whatever it belongs to. */
export function isColumnCollection(node: PyNode): boolean {
  const name = node.kind === 'attribute' ? node.child('attribute')?.text : null;
  return name === 'c' || name === 'columns';
}

/** `func`, however imported. */
export function isFunc(node: PyNode, facts: Facts): boolean {
  if (node.kind !== 'identifier' && node.kind !== 'attribute') return false;
  const qualified = facts.qualifiedName(node);
  if (qualified?.startsWith('sqlalchemy.')) return qualified.startsWith('sqlalchemy.func');
  const object = node.child('object');
  return object !== null && isFunc(object, facts);
}

function isFromClause(node: PyNode): boolean {
  const method = readMethodCall(node);
  return method !== null && /^(subquery|cte|alias|lateral)$/.test(method.method.text);
}

function isLiteral(node: PyNode): boolean {
  return /^(integer|float|string|concatenated_string|true|false|none|unary_operator)$/.test(
    node.kind,
  );
}

function isLowerCase(qualified: string): boolean {
  return /^[a-z_]+$/.test(qualified.split('.').at(-1) ?? '');
}

function columns(node: PyNode, known: Partial<Omit<Columns, 'kind' | 'node'>>): Columns {
  return {
    kind: 'columns',
    node,
    name: null,
    owner: null,
    attribute: null,
    aggregate: false,
    single: false,
    several: false,
    bare: false,
    guessed: false,
    ...known,
  };
}

function unknown(node: PyNode, why: string): UnknownItem {
  return { kind: 'unknown', node, why };
}
