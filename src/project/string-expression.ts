// Turns an expression in a string, which SQLAlchemy evaluates, into a lambda that Python evaluates at the same time. It knows nothing of relationships.
import { freeNames } from '../python/expression.ts';
import type { PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import type { NameUse, RuleContext } from './rule.ts';

/** The lambda, and the names that it uses; or why there is none. */
export type StringLambda =
  | { readonly text: string; readonly uses: readonly NameUse[] }
  | { readonly refusal: string };

/** Functions of `sqlalchemy` that expressions of strings may call without an import. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  'alias and_ except_ func intersect join lateral literal not_ null or_ outerjoin select text union union_all'.split(
    ' ',
  ),
);

/**
 * The lambda of an expression whose names mean the same where the string stands: in a string they are tables by their keys, mapped classes by
 * their names, and functions of SQLAlchemy, in that order.
 */
export function lambdaOf(text: string, at: PyNode, context: RuleContext): StringLambda {
  const expression = text.trim();
  const names = /\n[^]*["']|["'][^]*\n/.test(expression) ? null : freeNames(expression);
  if (!names) return { refusal: 'the expression could not be read' };
  const uses: NameUse[] = [];
  let written = '';
  let end = 0;
  for (const { name, start } of names) {
    const meaning = meaningOf(name, at, context);
    if (typeof meaning === 'string') return { refusal: meaning };
    if (meaning.use) uses.push(meaning.use);
    written += expression.slice(end, start) + (meaning.use?.text ?? name);
    end = start + name.length;
  }
  const body = (written + expression.slice(end)).replaceAll(/\s*\n\s*/g, ' ');
  return { text: `lambda: ${body}`, uses };
}

/** What a name of the string is at the place of the lambda; a string says what stands against it. */
function meaningOf(
  name: string,
  at: PyNode,
  context: RuleContext,
): { readonly use?: NameUse } | string {
  const { facts } = context;
  const tables = facts.models.tables.filter((table) => table.name === name);
  const mapped = facts.models.named(name).filter(({ role }) => role === 'mapped');
  const ofTable = facts.models.table(name);
  if (tables.length + mapped.length + (ofTable ? 1 : 0) === 0 && FUNCTIONS.has(name))
    return { use: context.use(`sqlalchemy.${name}`, at) };
  const [wanted] = [...tables, ...mapped];
  if (!wanted || tables.length + mapped.length > 1 || (ofTable && ofTable !== wanted))
    return `\`${name}\` is not known, or stands for several things`;
  const symbol = seenByFunctions(name, at, facts)
    ? facts.symbols.symbolNamed(facts.module, name, at)
    : null;
  return symbol?.kind === 'definition' && symbol.id === wanted.id
    ? {}
    : `import \`${name}\` where the lambda finds it`;
}

/** Whether functions at the place see the name: they do not look into the body of the class around them, and `TYPE_CHECKING` imports nothing. */
function seenByFunctions(name: string, at: PyNode, { binding }: Facts): boolean {
  const found = binding.lookup(name, at);
  return (
    found !== null &&
    found.scope.kind !== 'class' &&
    found.bindings.every(({ typeChecking }) => !typeChecking)
  );
}
