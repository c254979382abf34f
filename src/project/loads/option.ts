// Spells loader options for a path of relationships.
import { dottedParts, type Call, type MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { ModelIndex, RelationshipAttribute } from '../models.ts';
import { bringsCollection } from '../query/eager.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { agreeingStrategies, otherStrategy } from './conflict.ts';
import type { OptionPath } from './options.ts';

/** The text of a loader option and the names it needs. */
export interface LoaderOption {
  readonly text: string;
  readonly uses: readonly NameUse[];
  /** The text of each step of the chain. */
  readonly steps: readonly string[];
  /** How each step is loaded. */
  readonly strategies: readonly string[];
}

/** What a loader option is added to. */
export interface LoadedFrom {
  /** The expression that names the entity of the query. */
  readonly entityNode: PyNode;
  /** The calls that build the statement; `null` where they are not seen. */
  readonly links: readonly MethodCall[] | null;
}

/**
 * `selectinload(User.orders).joinedload(Order.item)` for a path of relationships that starts at the query's entity: one object comes with
 * its owner by a join, a collection by a statement of its own. Where the query loads the start of the path already, it is named in the same
 * way. The chain ends where a class is not visible at the query, and is empty where what is there cannot be repeated.
 */
export function loaderChain(
  source: LoadedFrom,
  path: readonly RelationshipAttribute[],
  context: RuleContext,
  present: readonly OptionPath[] = [],
): LoaderOption {
  const wanted = path.map((relation, index) =>
    strategyFor(relation, index === 0 ? source.links : [], context.facts.models),
  );
  const strategies = agreeingStrategies(path, wanted, present) ?? [];
  const parts: string[] = [];
  const uses: NameUse[] = [];
  let owner: string | null = source.entityNode.text;
  for (const [index, relation] of path.entries()) {
    const strategy = strategies[index];
    if (owner === null || strategy === undefined) break;
    const use = index === 0 ? context.use(`sqlalchemy.orm.${strategy}`, source.entityNode) : null;
    if (use) uses.push(use);
    parts.push(`${use?.text ?? strategy}(${owner}.${relation.name})`);
    owner = relation.target === null ? null : visibleName(relation.target, source, context);
  }
  return { text: parts.join('.'), uses, steps: parts, strategies };
}

/** Where another place may give the same statement an option that does not agree with this one; `null` if nowhere. */
export function conflictOf(
  head: Call,
  path: readonly RelationshipAttribute[],
  { strategies }: LoaderOption,
  facts: Facts,
): string | null {
  const steps = path.flatMap((relation, index) => {
    const strategy = strategies[index];
    return strategy === undefined ? [] : [{ relation, strategy }];
  });
  return otherStrategy(head, steps, facts);
}

/** Links that a join to one object more leaves as they are; a lock, a grouping or DISTINCT would see it. */
const JOINABLE: ReadonlySet<string> = new Set(
  'where filter filter_by order_by limit offset options execution_options'.split(' '),
);

/** How a relationship is best loaded with a query of these links: by a join only where that repeats no rows. */
export function strategyFor(
  relation: RelationshipAttribute,
  links: readonly MethodCall[] | null,
  models: ModelIndex,
): 'joinedload' | 'selectinload' {
  const target = relation.target === null ? undefined : models.classes.get(relation.target);
  const suits =
    relation.uselist === false &&
    relation.direction === 'many-to-one' &&
    target?.unknownBases.length === 0 &&
    !bringsCollection(relation, models) &&
    links?.every(({ method }) => JOINABLE.has(method.text)) === true;
  return suits ? 'joinedload' : 'selectinload';
}

/** How the class is named at the query: plainly, or beside the entity (`models.Order`). */
function visibleName(id: string, { entityNode }: LoadedFrom, context: RuleContext): string | null {
  const name = id.slice(id.lastIndexOf('.') + 1);
  const prefix = dottedParts(entityNode)?.slice(0, -1) ?? [];
  const spellings = [name, [...prefix, name].join('.')];
  const { facts } = context;
  return (
    spellings.find((each) => {
      const symbol = facts.symbols.symbolNamed(facts.module, each, entityNode);
      return symbol?.kind === 'definition' && symbol.id === id;
    }) ?? null
  );
}
