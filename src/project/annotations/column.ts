// Decides how a declared column becomes a typed mapped_column. See appendix B of the catalog: nullability by declaration.
import { itemRemovals, keyword, readCall, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode, Span } from '../../python/tree.ts';
import type { DeclaredCall } from '../declared.ts';
import type { ColumnAttribute } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { columnType, named, optional, type ColumnType } from './python-type.ts';
import { hasTypeMap } from './type-map.ts';

/** How to type one column. */
export interface TypedColumn {
  /** The whole annotation, `Mapped[…]`; `null` leaves the column untyped. */
  readonly annotation: string | null;
  /** Why it is untyped. */
  readonly reason: string;
  /** Arguments that the annotation makes redundant. */
  readonly removals: readonly Span[];
  /** Text to append as a last argument: an explicit `nullable=` that a kept annotation would otherwise change. */
  readonly argument: string | null;
  readonly uses: readonly NameUse[];
}

/** Positional arguments of Column that are no types. */
const NOT_TYPES: ReadonlySet<string> = new Set(
  'ForeignKey Sequence Computed Identity CheckConstraint DefaultClause FetchedValue ColumnDefault'
    .split(' ')
    .map((name) => `sqlalchemy.${name}`),
);

const NULL_TYPE = /^sqlalchemy\.(?:types\.)?(?:NullType|NULLTYPE)$/;

/** Plans the annotation of a `Column(…)` of a mapped class. */
export function typedColumn(
  declared: DeclaredCall,
  column: ColumnAttribute,
  context: RuleContext,
): TypedColumn {
  if (isMapped(declared.annotation, context)) return keepAnnotation(declared, column);
  const { nullable } = column;
  if (nullable === null) return untyped('whether it is nullable cannot be told');
  const type = pythonType(declared, column, context);
  if (!type) return untyped('its Python type cannot be told');
  const removed = redundantArguments(declared, column, type, nullable, context);
  const mapped = context.use('sqlalchemy.orm.Mapped', declared.assignment);
  const inner = nullable ? optional(type, declared.assignment, context) : type;
  return {
    annotation: `${mapped.text}[${inner.text}]`,
    reason: '',
    removals: itemRemovals(declared.call.list, removed),
    argument: null,
    uses: [mapped, ...inner.uses],
  };
}

function untyped(reason: string): TypedColumn {
  return { annotation: null, reason, removals: [], argument: null, uses: [] };
}

function isMapped(annotation: PyNode | null, context: RuleContext): boolean {
  const head = annotation?.named[0] ?? annotation;
  return head !== null && context.facts.qualifiedName(head) === 'sqlalchemy.orm.Mapped';
}

/** `x: Mapped[int] = Column(Integer)`: Column ignored the annotation, mapped_column would honour it. */
function keepAnnotation(declared: DeclaredCall, column: ColumnAttribute): TypedColumn {
  const explicit = keyword(declared.call, 'nullable') !== null || column.primaryKey;
  const argument =
    explicit || column.nullable === null ? null : `nullable=${column.nullable ? 'True' : 'False'}`;
  return {
    annotation: declared.annotation?.text ?? null,
    reason: '',
    removals: [],
    argument,
    uses: [],
  };
}

function pythonType(
  declared: DeclaredCall,
  column: ColumnAttribute,
  context: RuleContext,
): ColumnType | null {
  const node = typeArgument(declared.call, context);
  if (node) return columnType(node, declared.assignment, context);
  if (declared.call.positional.some((each) => each.kind === 'list_splat')) return null;
  return referencedType(column, declared.assignment, context);
}

/** The SQL type among the arguments of a Column: after the name, before constraints. */
export function typeArgument(call: Call, context: RuleContext): PyNode | null {
  const byKeyword = keyword(call, 'type_');
  if (byKeyword) return byKeyword;
  const [first, second] = call.positional;
  const candidate = first && stringValue(first) !== null ? second : first;
  if (!candidate || candidate.kind === 'list_splat' || candidate.kind === 'none') return null;
  const callee = candidate.kind === 'call' ? candidate.child('function') : candidate;
  const name = callee && context.facts.qualifiedName(callee);
  return name && NOT_TYPES.has(name) ? null : candidate;
}

/** Whether a Column has no type at all, which mapped_column() refuses: none is given, and no foreign key says which. */
export function isTypeless(call: Call, context: RuleContext): boolean {
  const { positional, starred, doubleStarred } = call;
  if (starred || doubleStarred) return false;
  const name = (node: PyNode): string | null =>
    context.facts.qualifiedName(readCall(node)?.callee ?? node);
  if (positional.some((each) => name(each) === 'sqlalchemy.ForeignKey')) return false;
  const type = typeArgument(call, context);
  return !type || NULL_TYPE.test(name(type) ?? '');
}

/** A column without a type takes that of the column it refers to. Only plain types are taken over: their names need no import of the target. */
function referencedType(
  column: ColumnAttribute,
  at: PyNode,
  context: RuleContext,
): ColumnType | null {
  let current: ColumnAttribute = column;
  for (let depth = 0; depth < 8; depth++) {
    const target = current.foreignKeys[0]?.attribute;
    const owner = target && context.facts.models.classes.get(target.owner);
    const attribute = owner && target ? owner.attributes.get(target.name) : null;
    if (attribute?.kind !== 'column') return null;
    if (attribute.type) {
      const scalar = PLAIN_TYPES.get(attribute.type.name);
      return scalar ? { ...named(scalar, at, context), implied: false } : null;
    }
    current = attribute;
  }
  return null;
}

/** SQL types whose Python type does not depend on arguments, for columns typed by their foreign key. */
const PLAIN_TYPES: ReadonlyMap<string, string> = new Map(
  [
    ['int', 'Integer BigInteger SmallInteger INTEGER BIGINT SMALLINT INT'],
    ['str', 'String Text Unicode UnicodeText VARCHAR CHAR TEXT'],
  ].flatMap(([python = '', names = '']) =>
    names.split(' ').map((name): [string, string] => [`sqlalchemy.${name}`, python]),
  ),
);

function redundantArguments(
  declared: DeclaredCall,
  column: ColumnAttribute,
  type: ColumnType,
  nullable: boolean,
  context: RuleContext,
): readonly PyNode[] {
  if (context.settings.explicitTypes) return [];
  const removed: PyNode[] = [];
  const node = typeArgument(declared.call, context);
  if (
    node &&
    type.implied &&
    column.foreignKeys.length === 0 &&
    !hasTypeMap(declared.model, context.facts)
  )
    removed.push(node.parent?.kind === 'keyword_argument' ? node.parent : node);
  const flag = declared.call.keywords.find((each) => each.name === 'nullable');
  if (flag && flag.value.kind === (nullable ? 'true' : 'false') && !(nullable && column.primaryKey))
    removed.push(flag.node);
  return removed.filter((item) => !isCommented(item));
}

/** A comment on the line of an argument, or above it, may speak of it; after one the bracket cannot close the line before. */
function isCommented(item: PyNode): boolean {
  const { source, start, end } = item;
  if (/^[ \t]*,?[ \t]*#/.test(source.slice(end, lineEnd(source, end)))) return true;
  const lines = source.slice(0, start).split('\n');
  if ((lines.at(-1) ?? '').trim() !== '') return false;
  const above = item.parent?.children.findLast((each) => each.end <= start);
  if (above?.kind !== 'comment') return false;
  const isOwnLine = (lines.at(-2) ?? '').trim().startsWith('#');
  return isOwnLine || source.slice(end, lineEnd(source, end)).trim().startsWith(')');
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}
