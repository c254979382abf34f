// The Python type of the values of an SQL type expression, spelled as an annotation. See appendix A of SQLAlchemy's type map documentation.
import { keyword, readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import {
  isImpliedByAnnotation,
  oracleNumber,
  pythonType,
  type PythonType,
} from '../../sqlalchemy/types.ts';
import type { Module } from '../modules.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { enumType } from './enum-type.ts';
import { decoratedType } from './type-decorator.ts';

/** A piece of annotation text with the names it needs. */
export interface AnnotationText {
  readonly text: string;
  readonly uses: readonly NameUse[];
}

/** A column's Python type. */
export interface ColumnType extends AnnotationText {
  /** The default type map gives the same SQL type back for the annotation alone. */
  readonly implied: boolean;
}

const ORACLE_NUMBER = 'sqlalchemy.dialects.oracle.NUMBER';
const MUTABLE: ReadonlyMap<string, string> = new Map([
  ['sqlalchemy.ext.mutable.MutableDict', 'dict'],
  ['sqlalchemy.ext.mutable.MutableList', 'list'],
  ['sqlalchemy.ext.mutable.MutableSet', 'set'],
]);

/**
 * The Python type of an SQL type expression (`String(50)`, `sa.Enum(Color)`, `MutableDict.as_mutable(JSON)`), or `null` if it cannot be told.
 * `at` is where the annotation will stand, `module` where the expression stands.
 */
export function columnType(
  type: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module = context.facts.module,
): ColumnType | null {
  const variant = readMethodCall(type);
  if (variant?.method.text === 'with_variant') {
    const base = columnType(variant.receiver, at, context, module);
    return base && { ...base, implied: false };
  }
  if (variant?.method.text === 'as_mutable')
    return mutableType(variant.receiver, at, context, module);
  const call = readCall(type);
  const callee = call?.callee ?? type;
  const name = nameOf(callee, module, context);
  const held = call ? null : heldType(type, at, context, module);
  if (held || !name) return held;
  const bare = call === null || call.list.named.length === 0;
  if (name === ORACLE_NUMBER) return numberType(type, at, context);
  const python = pythonType(name);
  const text = python
    ? spell(python, type, at, context, module)
    : (decoratedType(callee, at, context, module) ??
      madeType(callee, at, context, module) ??
      partialType(callee, at, context, module) ??
      foreignType(callee, at, context, module));
  return text && { ...text, implied: bare && isImpliedByAnnotation(name) };
}

/** What a name means where it stands. */
function nameOf(node: PyNode, module: Module, { facts }: RuleContext): string | null {
  if (module === facts.module) return facts.qualifiedName(node);
  const symbol = facts.symbols.symbolOf(module, node);
  return symbol?.kind === 'definition' ? symbol.id : (symbol?.name ?? null);
}

/** The type that a variable holds: `Money = Numeric(10, 2)`. The variable itself stays as the argument. */
function heldType(
  type: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): ColumnType | null {
  const { facts } = context;
  const symbol = facts.symbols.symbolOf(module, type);
  const local =
    module === facts.module && type.kind === 'identifier' ? facts.definition(type) : null;
  const place =
    local?.kind === 'assignment'
      ? { binding: local, module }
      : symbol?.kind === 'definition'
        ? symbol
        : null;
  if (place?.binding.kind !== 'assignment' || place.binding.path.length > 0) return null;
  const { value } = place.binding;
  const held = value?.kind === 'call' ? columnType(value, at, context, place.module) : null;
  return held && { ...held, implied: false };
}

/** A type class of another library: what its values are cannot be seen. Constraints and defaults of libraries are no types. */
function foreignType(
  callee: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): AnnotationText | null {
  const symbol = context.facts.symbols.symbolOf(module, callee);
  if (symbol?.kind !== 'library' || /^(?:sqlalchemy|builtins)\b/.test(symbol.name)) return null;
  const name = symbol.name.slice(symbol.name.lastIndexOf('.') + 1);
  const isType =
    /^[A-Z]/.test(name) &&
    !/(?:Key|Constraint|Sequence|Identity|Default|Computed|Clause)$/.test(name);
  return isType ? anyType(at, context) : null;
}

/** The type that a function of the project makes, where all that it does is to return it. */
function madeType(
  callee: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): AnnotationText | null {
  const symbol = context.facts.symbols.symbolOf(module, callee);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'function') return null;
  const definition = symbol.binding.value;
  const isPlain = definition?.parent?.kind !== 'decorated_definition';
  const statements = definition?.child('body')?.named.filter((each) => each.kind !== 'comment');
  const [last] = statements?.slice(-1) ?? [];
  const leading = statements?.slice(0, -1) ?? [];
  const returned = last?.kind === 'return_statement' ? last.named[0] : undefined;
  if (!isPlain || !returned || leading.some((each) => each.kind !== 'expression_statement'))
    return null;
  return columnType(returned, at, context, symbol.module);
}

/** `Name = partial(String, 40)`, where the values do not depend on the arguments. */
function partialType(
  callee: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): AnnotationText | null {
  const { symbols } = context.facts;
  const symbol = symbols.symbolOf(module, callee);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'assignment') return null;
  const call = readCall(symbol.binding.value);
  const made = call && symbols.symbolOf(symbol.module, call.callee);
  const [first] = call?.positional ?? [];
  if (made?.kind !== 'library' || made.name !== 'functools.partial' || !first) return null;
  const type = pythonType(nameOf(first, symbol.module, context) ?? '');
  return type?.kind === 'scalar' ? named(type.type, at, context) : null;
}

/** `Any`, spelled for the place. */
export function anyType(at: PyNode, context: RuleContext): AnnotationText {
  return named('typing.Any', at, context);
}

/** A type by its dotted name (`datetime.date`, `int`), spelled for the place. */
export function named(name: string, at: PyNode, context: RuleContext): AnnotationText {
  const use = context.use(name.includes('.') ? name : `builtins.${name}`, at);
  return { text: use.text, uses: [use] };
}

/** `list[…]`, `dict[…]`, `set[…]`, or their `typing` forms for Python 3.8. */
export function generic(
  container: 'list' | 'dict' | 'set',
  items: readonly AnnotationText[],
  at: PyNode,
  context: RuleContext,
): AnnotationText {
  const old = { list: 'typing.List', dict: 'typing.Dict', set: 'typing.Set' }[container];
  const head = named(context.settings.pythonMinor >= 9 ? container : old, at, context);
  return {
    text: `${head.text}[${items.map((item) => item.text).join(', ')}]`,
    uses: [...head.uses, ...items.flatMap((item) => item.uses)],
  };
}

/** `Optional[X]`, or `X | None` from Python 3.10 on. */
export function optional(type: AnnotationText, at: PyNode, context: RuleContext): AnnotationText {
  if (context.settings.pythonMinor >= 10 && !/^["']/.test(type.text))
    return { text: `${type.text} | None`, uses: type.uses };
  const head = named('typing.Optional', at, context);
  return { text: `${head.text}[${type.text}]`, uses: [...head.uses, ...type.uses] };
}

function spell(
  python: PythonType,
  type: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): AnnotationText | null {
  switch (python.kind) {
    case 'scalar':
      return named(python.type, at, context);
    case 'flag': {
      const on = flagValue(python, type);
      return on === null ? null : named(on ? python.on : python.off, at, context);
    }
    case 'enum':
      return enumType(type, at, context, module);
    case 'json':
    case 'any':
      return anyType(at, context);
    case 'dict': {
      const value = named(python.value, at, context);
      const item = python.optionalValue ? optional(value, at, context) : value;
      return generic('dict', [named(python.key, at, context), item], at, context);
    }
    case 'set':
    case 'list':
      return generic(python.kind, [named(python.item, at, context)], at, context);
    case 'list-of-argument':
      return arrayType(type, at, context, module);
    case 'argument': {
      const argument = readCall(type)?.positional[python.position];
      return argument ? columnType(argument, at, context, module) : null;
    }
    case 'range': {
      const range = named('sqlalchemy.dialects.postgresql.Range', at, context);
      const item = named(python.item, at, context);
      const text = { text: `${range.text}[${item.text}]`, uses: [...range.uses, ...item.uses] };
      return python.multi ? sequence(text, at, context) : text;
    }
    case 'class':
      return named(python.name, at, context);
  }
}

function sequence(item: AnnotationText, at: PyNode, context: RuleContext): AnnotationText {
  const head = named('typing.Sequence', at, context);
  return { text: `${head.text}[${item.text}]`, uses: [...head.uses, ...item.uses] };
}

/** What a flag argument says; `null` if it is not literal, or not given where versions disagree about the default. */
function flagValue(python: PythonType & { kind: 'flag' }, type: PyNode): boolean | null {
  const call = readCall(type);
  const positional = python.position === null ? null : call?.positional[python.position];
  const value = call ? (keyword(call, python.keyword) ?? positional ?? null) : null;
  if (call?.starred || call?.doubleStarred) return null;
  if (value) return value.kind === 'true' ? true : value.kind === 'false' ? false : null;
  return python.defaults['1.x'] === python.defaults['2.x'] ? python.defaults['2.x'] : null;
}

function numberType(type: PyNode, at: PyNode, context: RuleContext): ColumnType | null {
  const call = readCall(type);
  if (!call) return { ...named('float', at, context), implied: false };
  const scale = call.positional[1] ?? keyword(call, 'scale');
  const flag = keyword(call, 'asdecimal');
  if (
    (scale && scale.kind !== 'integer') ||
    (flag && flag.kind !== 'true' && flag.kind !== 'false')
  )
    return null;
  const precision = call.positional[0] ?? keyword(call, 'precision');
  const scalar = oracleNumber(
    precision !== null && precision !== undefined,
    scale ? Number(scale.text) : null,
    flag ? flag.kind === 'true' : null,
  );
  return { ...named(scalar, at, context), implied: false };
}

function arrayType(
  type: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): AnnotationText | null {
  const call = readCall(type);
  const item = call?.positional[0] ?? (call && keyword(call, 'item_type'));
  const inner = item && columnType(item, at, context, module);
  if (!call || !inner) return null;
  const dimensions = keyword(call, 'dimensions');
  if (dimensions && dimensions.kind !== 'integer') return null;
  let text: AnnotationText = inner;
  for (let depth = Number(dimensions?.text ?? 1); depth > 0; depth--)
    text = generic('list', [text], at, context);
  return text;
}

function mutableType(
  receiver: PyNode,
  at: PyNode,
  context: RuleContext,
  module: Module,
): ColumnType | null {
  const container = MUTABLE.get(nameOf(receiver, module, context) ?? '');
  if (!container) return null;
  const any = anyType(at, context);
  if (container === 'dict')
    return { ...generic('dict', [named('str', at, context), any], at, context), implied: false };
  return { ...generic(container === 'list' ? 'list' : 'set', [any], at, context), implied: false };
}
