// Finds the Column of a declaration, also inside deferred() and column_property(), whose arguments mapped_column() takes itself. No rewriting.
import { readCall, type Call } from '../python/calls.ts';
import { contains, descendants, type PyNode } from '../python/tree.ts';
import { COLUMN_OPERATORS } from '../sqlalchemy/operators.ts';
import type { DeclaredCall } from './declared.ts';
import type { Facts } from './facts.ts';

/** A declaration whose `call` is a `Column(…)`. */
export interface ColumnCall extends DeclaredCall {
  /** The call of deferred() or column_property() around it. */
  readonly outer: Call | null;
  /** What the outer call says, as arguments of mapped_column(). */
  readonly added: readonly string[];
}

/** Keywords of the wrapping functions by their name in mapped_column(). */
const WRAPPERS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'sqlalchemy.orm.deferred',
    new Map([
      ['group', 'deferred_group'],
      ['raiseload', 'deferred_raiseload'],
    ]),
  ],
  [
    'sqlalchemy.orm.column_property',
    new Map([
      ['active_history', 'active_history'],
      ['deferred', 'deferred'],
      ['group', 'deferred_group'],
      ['raiseload', 'deferred_raiseload'],
    ]),
  ],
]);

/** The `Column(…)` of a declaration; `null` if it declares something else, or with arguments that mapped_column() does not have. */
export function columnOf(declared: DeclaredCall, facts: Facts): ColumnCall | null {
  if (declared.callee === 'sqlalchemy.Column') return { ...declared, outer: null, added: [] };
  const keywords = WRAPPERS.get(declared.callee);
  const outer = declared.call;
  const [first, ...more] = outer.positional;
  const call = keywords && first && more.length === 0 ? readCall(first) : null;
  if (!keywords || !call || facts.qualifiedName(call.callee) !== 'sqlalchemy.Column') return null;
  if (outer.doubleStarred || call.doubleStarred || call.starred) return null;
  // The annotation beside deferred() says nothing about the column so far.
  if (declared.annotation !== null) return null;
  const comments = descendants(outer.node, 'comment');
  if (comments.some((comment) => !contains(call.node, comment))) return null;
  const added: string[] = declared.callee.endsWith('.deferred') ? ['deferred=True'] : [];
  for (const { name, value } of outer.keywords) {
    const own = keywords.get(name);
    if (own === undefined) return null;
    added.push(`${own}=${value.text}`);
  }
  return { ...declared, callee: 'sqlalchemy.Column', call, outer, added };
}

/**
 * A use of the column in its own class body that a mapped_column() does not support, or may not: `id.label("x")`, `translated(names)`. It is no
 * Column until the class is mapped, and has only the operators. Says what a person has to know; `null` if there is none.
 */
export function columnOnlyUse(
  { assignment, name, classNode }: DeclaredCall,
  facts: Facts,
): string | null {
  const { binding } = facts;
  const body = classNode.child('body') ?? classNode;
  const inBody = binding.references(binding.scopeOf(assignment), name.text);
  const inFunctions = descendants(body, 'decorated_definition')
    .filter((each) => each.named[0]?.text.includes('declared_attr'))
    .flatMap((each) => descendants(each, 'attribute'))
    .filter((each) => each.text === `cls.${name.text}`);
  const used = [...inBody, ...inFunctions].find(
    ({ parent, field }) =>
      parent?.kind === 'attribute' &&
      field === 'object' &&
      !COLUMN_OPERATORS.has(parent.child('attribute')?.text ?? ''),
  );
  if (used?.parent)
    return `the class body uses \`${used.parent.text}\`, which mapped_column() does not have: pass the column to a function or read it from the mapped class`;
  const taker = inBody.flatMap((each) => takerOf(each, facts) ?? []).at(0);
  return taker
    ? `the class body hands it to \`${taker.text}()\`, which may need a Column: mapped_column() has only its operators until the class is mapped`
    : null;
}

/** What a name is an argument of, where that is no part of SQLAlchemy. */
function takerOf({ parent, field }: PyNode, facts: Facts): PyNode | null {
  const list = parent?.kind === 'keyword_argument' && field === 'value' ? parent.parent : parent;
  const callee = list?.kind === 'argument_list' ? readCall(list.parent)?.callee : null;
  if (!callee) return null;
  const symbol = facts.symbols.symbolOf(facts.module, callee);
  if (symbol?.kind === 'library')
    return /^(sqlalchemy|sqlmodel|flask_sqlalchemy)\b/.test(symbol.name) ? null : callee;
  // Methods of what is made there are those of a statement, an expression, or of Flask-SQLAlchemy's object.
  return callee.kind === 'identifier' || symbol?.kind === 'definition' ? callee : null;
}

const CONTAINERS: ReadonlySet<string> = new Set(
  'dictionary expression_list keyword_argument list list_splat pair parenthesized_expression set tuple'.split(
    ' ',
  ),
);

/** Arguments of columns that take any value: a column is SQL there, a mapped_column() just an object. */
const DEFAULT = /^(?:server_)?(?:default|onupdate)$/;

/**
 * Where the class body hands the column to code that may ask anything of it: a loop, a formatted string, a function of the project or a builtin one,
 * a default,
 * or a list under a name that the body goes on to use. `null` if there is no such place.
 */
export function escapingUse({ assignment, name }: DeclaredCall, facts: Facts): PyNode | null {
  const { binding } = facts;
  const scope = binding.scopeOf(assignment);
  for (const use of binding.references(scope, name.text)) {
    let each = use;
    while (each.parent && CONTAINERS.has(each.parent.kind)) each = each.parent;
    const holder = each.parent;
    if (DEFAULT.test(use.parent?.child('name')?.text ?? '') && use.field === 'value') return each;
    const call = holder?.kind === 'argument_list' ? readCall(holder.parent) : null;
    if (call && isForeignCode(call.callee, facts)) return call.node;
    const isLooped =
      (holder?.kind === 'for_statement' && each.field === 'right') ||
      holder?.kind === 'for_in_clause';
    if (isLooped || holder?.kind === 'interpolation') return each;
    const kept =
      holder?.kind === 'assignment' && each.field === 'right' ? holder.child('left') : null;
    if (kept?.kind === 'identifier' && !kept.text.startsWith('__') && each !== use)
      if (binding.references(scope, kept.text).length > 0) return holder;
  }
  return null;
}

/** A function of the project, or a builtin one: neither knows what a mapped_column() is. */
function isForeignCode(callee: PyNode, { module, symbols }: Facts): boolean {
  const symbol = symbols.symbolOf(module, callee);
  if (symbol?.kind === 'definition') return symbol.binding.kind === 'function';
  return symbol?.kind === 'library' && /^builtins\.(?!(?:dict|list|set|tuple)$)/.test(symbol.name);
}

/**
 * Where the class body hands the column to composite(). A mapped_column() there would take the type and nullability that a dataclass gives its
 * field; under its name it keeps its own.
 */
export function compositeUses(
  { assignment, name, classNode }: DeclaredCall,
  facts: Facts,
): readonly PyNode[] {
  const { binding } = facts;
  const body = classNode.child('body') ?? classNode;
  const inBody = binding.references(binding.scopeOf(assignment), name.text);
  const inFunctions = descendants(body, 'attribute').filter(
    (each) => each.text === `cls.${name.text}`,
  );
  return [...inBody, ...inFunctions].filter((use) => {
    const call = readCall(use.parent?.parent ?? null);
    return (
      call !== null &&
      call.positional.slice(1).some((each) => each.start === use.start && each.end === use.end) &&
      facts.qualifiedName(call.callee) === 'sqlalchemy.orm.composite'
    );
  });
}
