// What rows of several columns give their readers: names that repeat or are missing, and values that cannot be compared.
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Columns } from './entity.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

const UNHASHABLE = /\.(JSON|JSONB|ARRAY|PickleType|HSTORE|MutableType)$/;

/** Why reading the rows may give something else than before. */
export function rowDoubts(statement: Statement, site: QuerySite): readonly string[] {
  if (statement.shape === 'entity') return [];
  return [...nameDoubts(statement, site), ...(statement.unique ? hashDoubts(statement) : [])];
}

/** Why rows have other names than before where the loop over them asks for all names: expressions without a label had none. */
export function rowRefusal(statement: Statement, site: QuerySite): string | null {
  const unlabelled = statement.items.find(
    (item) => item.kind === 'columns' && item.name === null && !item.several,
  );
  if (!unlabelled || !asksForNames(site.span)) return null;
  const text = unlabelled.node.text.replaceAll(/\s+/g, ' ').slice(0, 60);
  return `the names of its rows are read, among which \`${text}\` had none; give it a label first`;
}

/** `for row in query: row._asdict()`. */
function asksForNames(rows: PyNode): boolean {
  const clause = enclosing(rows, 'for_statement', 'for_in_clause');
  const target = clause?.child('left');
  const right = clause?.child('right');
  if (!clause || target?.kind !== 'identifier' || right?.start !== rows.start) return false;
  const scope = clause.kind === 'for_statement' ? clause : clause.parent;
  return descendants(scope ?? clause, 'attribute').some(
    (each) =>
      each.child('object')?.text === target.text &&
      /^(_fields|_asdict|_mapping|keys)$/.test(each.child('attribute')?.text ?? ''),
  );
}

function nameDoubts(statement: Statement, site: QuerySite): readonly string[] {
  const names = statement.items.flatMap((item) =>
    item.kind === 'columns' && item.name !== null ? [item.name] : [],
  );
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined || isUnpacked(site)) return [];
  return [
    `two columns are named \`${repeated}\`: \`row.${repeated}\` was the last one and becomes the first`,
  ];
}

/** `for a, b in query`, `[(a, b) for a, b in query]`, `a, b = query.one()`: names are not used. */
function isUnpacked({ span, use }: QuerySite): boolean {
  if (use.kind === 'terminal' && /^(count|scalar|exists|subquery|cte)$/.test(use.call.method.text))
    return true;
  const { parent } = span;
  const left =
    parent && /^(for_statement|for_in_clause|assignment)$/.test(parent.kind)
      ? parent.child('left')
      : null;
  return left !== null && /^(pattern_list|tuple_pattern|list_pattern)$/.test(left.kind);
}

/** Legacy Query told apart rows with such values by identity; `unique()` cannot. */
function hashDoubts(statement: Statement): readonly string[] {
  const columns = statement.items.filter((item) => item.kind === 'columns');
  const uncertain = columns.find((item) => !isHashable(item));
  return uncertain
    ? [`\`unique()\` raises if \`${uncertain.node.text}\` gives lists or dicts (JSON, ARRAY)`]
    : [];
}

function isHashable(item: Columns): boolean {
  if (item.single) return true;
  if (item.attribute?.kind === 'column')
    return (
      item.attribute.type !== null &&
      item.attribute.type.name.startsWith('sqlalchemy.') &&
      !UNHASHABLE.test(item.attribute.type.name)
    );
  return /\bfunc\.(count|sum|avg|length|lower|upper)\(/.test(item.node.text);
}
