// Writes the loader option for a path of relationships into the query that an object comes from. It does not judge whether it is wanted.
import type { Edit } from '../../edits/edit.ts';
import { keyword, readCall, type MethodCall } from '../../python/calls.ts';
import type { RelationshipAttribute } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { conflictOf, loaderChain, strategyFor } from './option.ts';
import { optionsOf } from './options.ts';
import { isGeneric, type Origin } from './loaded.ts';

/** Edits of the file of the rule. */
export interface AddedOption {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
}

/** What one would write: `selectinload(User.orders)`. */
export function optionText(path: readonly RelationshipAttribute[], origin: Origin): string {
  const { models } = origin.facts;
  return path
    .map((relation, index) => {
      const strategy = strategyFor(relation, index > 0 ? [] : linksOf(origin), models);
      const { name, owner } = relation;
      return `${strategy}(${owner.slice(owner.lastIndexOf('.') + 1)}.${name})`;
    })
    .join('.');
}

/** The calls that build the statement of an origin; a plain get() has none, one that locks counts as unseen. */
function linksOf({ kind, node, statement }: Origin): readonly MethodCall[] | null {
  if (kind !== 'get') return statement?.links ?? null;
  const call = readCall(node);
  return call && !keyword(call, 'with_for_update') ? [] : null;
}

/** Loads a path with the query of an origin; `null` where its statement is elsewhere or not seen whole. */
export function addOption(
  origin: Origin,
  path: readonly RelationshipAttribute[],
  context: RuleContext,
): AddedOption | null {
  const { facts } = context;
  if (isGeneric(origin)) return null;
  const home = origin.statement?.facts ?? origin.facts;
  if (home.module !== facts.module) return null;
  const added = loaderChain(
    { entityNode: origin.entityNode, links: linksOf(origin) },
    path,
    context,
    optionsOf(origin).paths,
  );
  if (added.steps.length !== path.length) return null;
  const head = origin.statement?.head;
  if (head && conflictOf(head, path, added, home) !== null) return null;
  const extended = extendOption(origin, path, added.steps, context);
  if (extended) return { edits: [extended], uses: [] };
  if (origin.kind === 'get') return inGet(origin, added.text, added.uses, context);
  if (!origin.statement?.selects) return null;
  const links = origin.statement.links.filter((link) => link.method.text === 'options');
  const last = links.at(-1)?.list.named.at(-1);
  const at = origin.statement.end;
  if (last && (last.kind === 'list' || last.kind === 'tuple')) return null;
  return {
    edits: [
      last
        ? context.after(last, `, ${added.text}`)
        : context.after({ start: at, end: at }, `.options(${added.text})`),
    ],
    uses: added.uses,
  };
}

/** `selectinload(User.orders)` that is there already is continued below the attribute that it names last. */
function extendOption(
  origin: Origin,
  path: readonly RelationshipAttribute[],
  steps: readonly string[],
  context: RuleContext,
): Edit | null {
  const { paths } = optionsOf(origin);
  const base = paths
    .filter((each) => each.length > 0 && each.length < path.length)
    .filter((each) => each.every(({ name }, index) => path[index]?.name === name))
    .toSorted((a, b) => b.length - a.length)[0];
  if (
    !base ||
    paths.some((other) => other !== base && other.length > base.length && sharesStart(other, base))
  )
    return null;
  const lastCall = base.at(-1)?.node.parent?.parent;
  if (lastCall?.kind !== 'call') return null;
  return context.after(lastCall, `.${steps.slice(base.length).join('.')}`);
}

function sharesStart(
  other: readonly { name: string | null }[],
  base: readonly { name: string | null }[],
): boolean {
  return base.every(({ name }, index) => other[index]?.name === name);
}

function inGet(
  origin: Origin,
  text: string,
  uses: readonly NameUse[],
  context: RuleContext,
): AddedOption | null {
  const call = readCall(origin.node);
  const last = call?.list.named.at(-1);
  if (!call || !last) return null;
  const options = keyword(call, 'options');
  if (!options) return { edits: [context.after(last, `, options=[${text}]`)], uses };
  const item = options.kind === 'list' ? options.named.at(-1) : null;
  return item ? { edits: [context.after(item, `, ${text}`)], uses } : null;
}
