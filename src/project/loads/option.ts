// Spells loader options for a path of relationships.
import { dottedParts } from '../../python/calls.ts';
import type { RelationshipAttribute } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import type { ElementSource } from './source.ts';

/** The text of a loader option and the names it needs. */
export interface LoaderOption {
  readonly text: string;
  readonly uses: readonly NameUse[];
}

/**
 * `selectinload(User.orders).selectinload(Order.items)` for a path of relationships that starts at the query's entity.
 * The chain ends where a class is not visible at the query.
 */
export function loaderChain(
  source: Pick<ElementSource, 'entityNode'>,
  path: readonly RelationshipAttribute[],
  context: RuleContext,
): LoaderOption {
  const use = context.use('sqlalchemy.orm.selectinload', source.entityNode);
  const parts: string[] = [];
  let owner: string | null = source.entityNode.text;
  for (const relation of path) {
    if (owner === null) break;
    parts.push(
      parts.length === 0
        ? `${use.text}(${owner}.${relation.name})`
        : `selectinload(${owner}.${relation.name})`,
    );
    owner = relation.target === null ? null : visibleName(relation.target, source, context);
  }
  return { text: parts.join('.'), uses: [use] };
}

/** How the class is named at the query: plainly, or beside the entity (`models.Order`). */
function visibleName(
  id: string,
  source: Pick<ElementSource, 'entityNode'>,
  context: RuleContext,
): string | null {
  const name = id.slice(id.lastIndexOf('.') + 1);
  const prefix = dottedParts(source.entityNode)?.slice(0, -1) ?? [];
  const spellings = [name, [...prefix, name].join('.')];
  const { facts } = context;
  return (
    spellings.find((each) => {
      const symbol = facts.symbols.symbolNamed(facts.module, each, source.entityNode);
      return symbol?.kind === 'definition' && symbol.id === id;
    }) ?? null
  );
}
