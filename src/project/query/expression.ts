// Queries that are part of another statement: they lose their session and become a plain select().
import { keyword, type MethodCall } from '../../python/calls.ts';
import type { Edit } from '../../edits/edit.ts';
import type { RuleContext } from '../rule.ts';
import { asExists } from './exists.ts';
import { LABEL_STYLE } from './link-edits.ts';
import { afterStatement, openBare, together, type Ending } from './rewrite.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

const TERMINALS: ReadonlySet<string> = new Set([
  'as_scalar',
  'cte',
  'label',
  'scalar_subquery',
  'subquery',
]);
const PROPERTIES: ReadonlySet<string> = new Set([
  'column_descriptions',
  'selectable',
  'statement',
  'whereclause',
]);

/** Whether the query becomes an SQL expression other than EXISTS. */
export function isExpression({ use }: QuerySite): boolean {
  if (use.kind === 'terminal') return TERMINALS.has(use.call.method.text);
  if (use.kind === 'property') return PROPERTIES.has(use.name);
  return use.kind === 'subquery' || use.kind === 'scalar-subquery';
}

/** The statement without its session. */
export function asExpression(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const bare = openBare(site, statement, ctx);
  const { use } = site;
  switch (use.kind) {
    case 'terminal': {
      if (use.call.method.text === 'exists') return asExists(statement, site, bare, ctx);
      if (use.call.method.text === 'as_scalar')
        return together(bare, ctx.replace(use.call.method, 'scalar_subquery'));
      return use.call.method.text === 'subquery' ? subquery(use.call, site, bare, ctx) : bare;
    }
    case 'property': {
      const object = use.node.child('object');
      const isKept = use.name === 'whereclause' || use.name === 'column_descriptions';
      if (isKept || !object) return bare;
      return together(bare, ctx.replace({ start: object.end, end: use.node.end }, ''));
    }
    case 'scalar-subquery':
      return together(bare, ctx.after(site.chain.built, '.scalar_subquery()'));
    default:
      return use.kind === 'subquery' && use.doubt !== undefined
        ? { ...bare, doubts: [...(bare.doubts ?? []), use.doubt] }
        : bare;
  }
}

/** `.subquery(with_labels=True, reduce_columns=True)`: both are methods of the statement. */
function subquery(
  call: MethodCall,
  site: QuerySite,
  bare: Ending,
  ctx: RuleContext,
): Ending | string {
  const labels = keyword(call, 'with_labels');
  const reduce = keyword(call, 'reduce_columns');
  if (!labels && !reduce)
    return call.positional.length > 1 ? 'write its flags as methods of the statement' : bare;
  if (
    [labels, reduce].some((each) => each && each.kind !== 'true' && each.kind !== 'false') ||
    hasOthers(call)
  )
    return 'write its flags as methods of the statement';
  const style = ctx.use(LABEL_STYLE, call.node);
  const links = `${labels?.kind === 'true' ? `.set_label_style(${style.text})` : ''}${reduce?.kind === 'true' ? '.reduce_columns()' : ''}`;
  const name = call.positional[0] ?? keyword(call, 'name');
  const edits: Edit[] = [
    afterStatement(links, site, ctx),
    ctx.replace(call.list, name ? `(${name.text})` : '()'),
  ];
  return together(bare, edits, { edits: [], uses: labels?.kind === 'true' ? [style] : [] });
}

function hasOthers(call: MethodCall): boolean {
  return call.keywords.some((each) => !/^(name|with_labels|reduce_columns)$/.test(each.name));
}
