// Puts statements that give no rows in place of empty lists that stand for queries, so that whoever executes them need not tell them apart. It follows nothing.
import type { Edit } from '../../../edits/edit.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import type { Module } from '../../modules.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import { short } from '../short.ts';
import { placeOf } from '../../place.ts';
import type { EmptyList, QueryGroup } from './group.ts';
import type { Solved } from './solve.ts';

/** The rewrite of the empty lists of a group. */
export interface WithoutRows {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly doubts: readonly string[];
  readonly refusals: readonly string[];
}

/** Whether an expression is a list or tuple without items. */
export function isEmpty({ kind, named }: PyNode): boolean {
  return (kind === 'list' || kind === 'tuple') && named.length === 0;
}

/** Replaces the empty lists of a group. */
export function withoutRows(
  { empties, sources }: QueryGroup,
  solved: readonly Solved[],
  contextOf: (module: Module) => RuleContext,
): WithoutRows {
  const [first] = empties;
  if (!first) return { edits: [], uses: [], doubts: [], refusals: [] };
  // An empty list is false and prints as one; a statement does neither.
  const told = sources.find(({ destination }) => TELLING.has(destination?.kind ?? ''));
  if (told) {
    const { module, node } = told;
    const why = `\`${short(first.node)}\` (${placeOf(first.module, first.node)}) may stand there too, and what is done here tells it from a query (${placeOf(module, node)}); return a \`select()\` everywhere`;
    return { edits: [], uses: [], doubts: [], refusals: [why] };
  }
  const edits: Edit[] = [];
  const uses: NameUse[] = [];
  for (const each of empties) {
    const ctx = contextOf(each.module);
    const names = ['select', 'false'].map((name) => ctx.use(`sqlalchemy.${name}`, each.node));
    const entity = entityBeside(each, solved);
    const selected = entity ?? ctx.use('sqlalchemy.null', each.node);
    const [select, never] = names.map(({ text }) => text);
    const text = `${select}(${entity ? entity.text : `${selected.text}()`}).where(${never}())`;
    edits.push(ctx.replace(each.node, text));
    uses.push(...names, ...(entity ? [] : [selected]));
  }
  const places = empties.map(({ module, node }) => placeOf(module, node)).join(', ');
  const doubts = [
    `the database is asked for no rows where \`${short(first.node)}\` stood for them (${places})`,
  ];
  return { edits, uses, doubts, refusals: [] };
}

const TELLING: ReadonlySet<string> = new Set(['alternative', 'test', 'text']);

/** The class that all queries select that are made in the same function, where its name means the same. */
function entityBeside({ module, node }: EmptyList, solved: readonly Solved[]): NameUse | null {
  const home = functionOf(node);
  const items = solved
    .filter(({ source }) => source.site !== null && functionOf(source.node) === home)
    .flatMap(({ statement }) => statement.items);
  const [first] = items;
  if (first?.kind !== 'entity' || first.isAlias || first.isOpen || !first.model) return null;
  const name = first.text.split('.')[0] ?? '';
  const isSame = items.every((each) => each.kind === 'entity' && each.key === first.key);
  const isGlobal = [node, first.node].every(
    (at) => module.binding.lookup(name, at)?.scope.kind === 'module',
  );
  return isSame && isGlobal ? { text: first.text, request: null } : null;
}

function functionOf(node: PyNode): PyNode | null {
  return enclosing(node, 'function_definition', 'lambda');
}
