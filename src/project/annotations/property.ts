// Decides the annotation of synonyms, composites, association proxies and SQL expressions of mapped classes. What it cannot tell stays untyped.
import { keyword, readCall, readMethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { DeclaredCall } from '../declared.ts';
import type { RelationshipAttribute } from '../models.ts';
import type { RuleContext } from '../rule.ts';
import { generic, named, optional, type AnnotationText } from './python-type.ts';

const MAPPED = /^sqlalchemy\.orm\.(?:Mapped|DynamicMapped|WriteOnlyMapped)$/;

/** Types of columns whose values need no import. */
const PLAIN: ReadonlyMap<string, string> = new Map(
  [
    ['bool', 'Boolean BOOLEAN'],
    ['int', 'Integer BigInteger SmallInteger INTEGER BIGINT SMALLINT'],
    ['str', 'String Text Unicode UnicodeText VARCHAR CHAR TEXT'],
  ].flatMap(([python = '', names = '']) =>
    names.split(' ').map((name): [string, string] => [`sqlalchemy.${name}`, python]),
  ),
);

/** `synonym("x")` holds what `x` holds: the annotation that `x` has in the same class. */
export function synonymType(declared: DeclaredCall, context: RuleContext): AnnotationText | null {
  const argument = declared.call.positional[0] ?? keyword(declared.call, 'name');
  const name = argument && stringValue(argument);
  const annotation = name ? annotationOf(declared, name, context) : null;
  return annotation && { text: annotation.text, uses: [] };
}

/** `composite(Point, …)`, where `Point` is a class that the class body does not hide. */
export function compositeType(declared: DeclaredCall, context: RuleContext): AnnotationText | null {
  const [first] = declared.call.positional;
  if (first?.kind !== 'identifier' && first?.kind !== 'attribute') return null;
  const { facts } = context;
  const symbol = facts.symbols.symbolOf(facts.module, first);
  const isClass = symbol?.kind === 'definition' && symbol.binding.kind === 'class';
  const head = first.text.split('.')[0] ?? '';
  const isHidden = facts.binding.scopeOf(declared.assignment).bindings.has(head);
  return isClass && !isHidden
    ? mapped({ text: first.text, uses: [] }, declared.assignment, context)
    : null;
}

/** `column_property(…)` of counts, EXISTS, and sums or joined strings of annotated columns. */
export function expressionType(
  declared: DeclaredCall,
  context: RuleContext,
): AnnotationText | null {
  const [first] = declared.call.positional;
  const scalar = first ? scalarOf(first, declared, context) : null;
  if (!scalar) return null;
  const at = declared.assignment;
  const type = named(scalar.type, at, context);
  return mapped(scalar.optional ? optional(type, at, context) : type, at, context);
}

interface Scalar {
  readonly type: string;
  readonly optional: boolean;
}

function scalarOf(node: PyNode, declared: DeclaredCall, context: RuleContext): Scalar | null {
  switch (node.kind) {
    case 'string':
      return { type: 'str', optional: false };
    case 'integer':
      return { type: 'int', optional: false };
    case 'parenthesized_expression':
      return node.named[0] ? scalarOf(node.named[0], declared, context) : null;
    case 'identifier':
      return columnScalar(node, declared, context);
    case 'binary_operator':
      return sumOf(node, declared, context);
    case 'call':
      return callScalar(node, context);
    default:
      return null;
  }
}

function sumOf(node: PyNode, declared: DeclaredCall, context: RuleContext): Scalar | null {
  const [left, right] = [node.child('left'), node.child('right')];
  const isNumeric = ['-', '*'].some((operator) => node.token(operator));
  if (!left || !right || !(isNumeric || node.token('+'))) return null;
  const [a, b] = [scalarOf(left, declared, context), scalarOf(right, declared, context)];
  if (!a || !b || a.type !== b.type || (isNumeric && a.type !== 'int')) return null;
  return { type: a.type, optional: a.optional || b.optional };
}

/** A column of the class body, by the annotation that it has. */
function columnScalar(node: PyNode, declared: DeclaredCall, context: RuleContext): Scalar | null {
  const text = annotationOf(declared, node.text, context)?.text ?? '';
  const [, inner = ''] = /^[\w.]*\bMapped\[(.*)\]$/.exec(text) ?? [];
  const [, wrapped = inner] = /^[\w.]*\bOptional\[(.*)\]$/.exec(inner) ?? [];
  const type = wrapped.replace(/ \| None$/, '');
  return type === 'int' || type === 'str' ? { type, optional: type !== inner } : null;
}

/** `func.count(…)` and `select(func.count(…))….scalar_subquery()` are integers, `exists()` is true or false. */
function callScalar(node: PyNode, context: RuleContext): Scalar | null {
  const call = readCall(node);
  const name = call && context.facts.qualifiedName(call.callee);
  if (name === 'sqlalchemy.func.count') return { type: 'int', optional: false };
  if (name === 'sqlalchemy.exists') return { type: 'bool', optional: false };
  const method = readMethodCall(node);
  if (!method) return null;
  if (method.method.text === 'scalar_subquery') return countedBy(method.receiver, context);
  const isLink = /^(?:where|label|select_from|correlate|correlate_except)$/.test(
    method.method.text,
  );
  return isLink ? callScalar(method.receiver, context) : null;
}

function countedBy(statement: PyNode, context: RuleContext): Scalar | null {
  const link = readMethodCall(statement);
  const call = readCall(statement);
  if (call && context.facts.qualifiedName(call.callee) === 'sqlalchemy.select') {
    const [column, ...more] = call.positional;
    return column && more.length === 0 && isCount(column, context)
      ? { type: 'int', optional: false }
      : null;
  }
  const keepsOneRow = /^(?:where|filter|select_from|correlate|correlate_except)$/;
  return link && keepsOneRow.test(link.method.text) ? countedBy(link.receiver, context) : null;
}

function isCount(node: PyNode, context: RuleContext): boolean {
  return callScalar(node, context)?.type === 'int';
}

/** `association_proxy("orders", "number")`: one value or a collection of them, as the relationship is. */
export function proxyType(declared: DeclaredCall, context: RuleContext): AnnotationText | null {
  const [first, second, ...more] = declared.call.positional;
  const relation = first && declared.model.attributes.get(stringValue(first) ?? '');
  const value = second && stringValue(second);
  if (relation?.kind !== 'relationship' || !value || more.length > 0) return null;
  const item = valueType(relation, value, declared.assignment, context);
  const held = item && heldBy(relation, item, declared.assignment, context);
  if (!held) return null;
  const head = context.use('sqlalchemy.ext.associationproxy.AssociationProxy', declared.assignment);
  return { text: `${head.text}[${held.text}]`, uses: [head, ...held.uses] };
}

function valueType(
  relation: RelationshipAttribute,
  name: string,
  at: PyNode,
  context: RuleContext,
): AnnotationText | null {
  const target = context.facts.models.classes.get(relation.target ?? '');
  const value = target?.attributes.get(name);
  if (value?.kind !== 'column' || value.nullable === null) return null;
  const scalar = PLAIN.get(value.type?.name ?? '');
  if (scalar === undefined) return null;
  const type = named(scalar, at, context);
  return value.nullable || relation.optional ? optional(type, at, context) : type;
}

function heldBy(
  relation: RelationshipAttribute,
  item: AnnotationText,
  at: PyNode,
  context: RuleContext,
): AnnotationText | null {
  if (relation.uselist === null || relation.lazy === 'dynamic') return null;
  if (!relation.uselist) return relation.optional === null ? null : item;
  const { collection } = relation;
  return collection === 'list' || collection === 'set'
    ? generic(collection, [item], at, context)
    : null;
}

function mapped(inner: AnnotationText, at: PyNode, context: RuleContext): AnnotationText {
  const head = context.use('sqlalchemy.orm.Mapped', at);
  return { text: `${head.text}[${inner.text}]`, uses: [head, ...inner.uses] };
}

/** The `Mapped[…]` of an attribute of the same class body. */
function annotationOf(declared: DeclaredCall, name: string, context: RuleContext): PyNode | null {
  const { bindings } = context.facts.binding.scopeOf(declared.assignment);
  const [binding, ...more] = bindings.get(name) ?? [];
  const annotation = binding?.statement.child('type')?.named[0];
  if (!annotation || more.length > 0) return null;
  const head = context.facts.qualifiedName(annotation.named[0] ?? annotation) ?? '';
  return MAPPED.test(head) ? annotation : null;
}
