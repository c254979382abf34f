// How `.exists()` ends a query. Query.exists() selects 1 from the first entity; an EXISTS over a statement reads no columns, so they stay where they change nothing.
import { calledName, type MethodCall } from '../../python/calls.ts';
import { descendants } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import type { Columns, Item } from './items.ts';
import { mentionsIn } from './mentions.ts';
import { afterStatement, together, type Ending } from './rewrite.ts';
import type { QuerySite } from './site.ts';
import { entityBehind, type Statement } from './statement.ts';

/** `select(User).where(…).exists()`; selects 1 where the columns would decide whether there is a row. */
export function asExists(
  statement: Statement,
  site: QuerySite,
  bare: Ending,
  ctx: RuleContext,
): Ending | string {
  if (statement.fromStatement) return '`exists()` of a text has no counterpart';
  const unseen = unmentioned(statement, ctx);
  if (unseen !== null)
    return `\`exists()\` selects nothing from \`${unseen}\`, which a statement would; take it out of what is selected`;
  const { grouped, distinct, limited, items } = statement;
  if (!grouped && !(distinct && limited) && items.every(hasRowForRow)) return bare;
  const [only] = items;
  if (!only || items.length > 1 || !hasRowForRow(only) || !entityBehind(only))
    return 'EXISTS of a grouped query selects 1 instead of its columns; write `select(literal_column("1")).select_from(…).exists()`';
  const one = ctx.use('sqlalchemy.literal_column', site.chain.head.node);
  return together(
    bare,
    afterStatement(`.with_only_columns(${one.text}("1"), maintain_column_froms=True)`, site, ctx),
    { edits: [], uses: [one] },
  );
}

/** What is selected beside the first entity, and neither joined nor named by a criterion: only a statement selects from it. */
function unmentioned({ items, chain }: Statement, ctx: RuleContext): string | null {
  const [first, ...others] = items.flatMap((item) => entityBehind(item) ?? []);
  const added = others.filter(({ key }) => key !== first?.key);
  if (added.length === 0) return null;
  const { keys } = mentionsIn(
    chain.links.flatMap((link: MethodCall) => link.list.named),
    ctx.facts,
  );
  return added.find(({ key }) => !keys.has(key))?.text ?? null;
}

/** Whether it gives a value for each row: an aggregate gives one where there is none. */
function hasRowForRow(item: Item): boolean {
  if (item.kind === 'entity') return true;
  if (item.among) return item.among.every(hasRowForRow);
  return item.kind === 'columns' && (item.several || item.single || isPlain(item));
}

/** A column or its label; whether another function is an aggregate cannot be told by its name. */
function isPlain({ node, aggregate }: Columns): boolean {
  return (
    !aggregate &&
    node.kind !== 'identifier' &&
    descendants(node, 'call').every((each) => calledName(each) === 'label')
  );
}
