// What rows of several columns give their readers: names that repeat or are missing, and values that cannot be compared.
import type { RuleContext } from '../rule.ts';
import type { Columns } from './items.ts';
import { readsOfRows } from './row-reads.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

const UNHASHABLE = /\.(JSON|JSONB|ARRAY|PickleType|HSTORE|MutableType)$/;

/** Why reading the rows may give something else than before. */
export function rowDoubts(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): readonly string[] {
  if (statement.shape === 'entity') return [];
  return [...nameDoubts(statement, site, ctx), ...(statement.unique ? hashDoubts(statement) : [])];
}

/** Why rows cannot be read as before: names that repeated stood for the last column of the name, and expressions without a label had none. */
export function rowRefusal(
  statement: Statement,
  site: QuerySite,
  { facts }: RuleContext,
): string | null {
  if (statement.shape === 'entity') return null;
  const reads = readsOfRows(site, facts.binding);
  const asked = [...reads.names].find((name) => ALL_NAMES.test(name)) ?? null;
  const read = repeatedNames(statement).find((name) => asked !== null || reads.names.has(name));
  if (read !== undefined)
    return `two columns are named \`${read}\`: \`row.${read}\` is the last of them in a Query and the first in a statement; give one of them a label of its own first`;
  const unlabelled = statement.items.find(
    (item) => item.kind === 'columns' && item.name === null && !item.several,
  );
  if (!unlabelled || asked === null) return null;
  const text = unlabelled.node.text.replaceAll(/\s+/g, ' ').slice(0, 60);
  return `the names of its rows are read, among which \`${text}\` had none; give it a label first`;
}

/** What asks a row for all of its names. */
const ALL_NAMES = /^(_fields|_asdict|_mapping|keys)$/;

function repeatedNames({ items }: Statement): readonly string[] {
  const names = items.flatMap((item) =>
    item.kind === 'columns' && item.name !== null ? [item.name] : [],
  );
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function nameDoubts(
  statement: Statement,
  site: QuerySite,
  { facts }: RuleContext,
): readonly string[] {
  const [repeated] = repeatedNames(statement);
  const columns = statement.items.filter((item) => item.kind === 'columns');
  const table = columns.find((item) => item.several);
  if (repeated === undefined && (!table || columns.length === 1)) return [];
  const { names, isComplete } = readsOfRows(site, facts.binding);
  if (repeated !== undefined)
    return isComplete
      ? []
      : [
          `two columns are named \`${repeated}\`: \`row.${repeated}\` was the last one and becomes the first`,
        ];
  return isComplete && names.size === 0
    ? []
    : [
        `\`${table?.node.text ?? ''}\` may have columns of the same names as what is selected beside it: a name was the last of them and becomes the first`,
      ];
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
