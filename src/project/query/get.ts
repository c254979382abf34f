// Query.get() as Session.get(): links that get() has keywords for become those.
import type { Edit } from '../../edits/edit.ts';
import type { MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { RuleContext } from '../rule.ts';
import { readLoaderOption } from './loader-options.ts';
import { optionKind } from './option-lists.ts';
import { openCall, together, type Ending } from './rewrite.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

/** Links that Session.get() takes as keywords. */
export const GET_LINKS: ReadonlySet<string> = new Set([
  'execution_options',
  'options',
  'populate_existing',
  'with_for_update',
]);

/** Options that loading reads itself. */
const ORM_OPTIONS: ReadonlySet<string> = new Set([
  'autoflush',
  'identity_token',
  'populate_existing',
  'yield_per',
]);

/** `.get(key)`. */
export function executeGet(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const { head, links } = site.chain;
  const other = links.find((link) => !GET_LINKS.has(link.method.text));
  if (other)
    return `\`Session.get()\` has nothing for \`.${other.method.text}()\`; write the key into \`.where()\` of a \`select()\` and execute it with \`.one_or_none()\``;
  const [entity] = statement.items;
  const key = call.positional[0] ?? call.keywords.find((each) => each.name === 'ident')?.value;
  if (entity?.kind !== 'entity' || statement.items.length !== 1)
    return '`get()` needs a single entity';
  if (entity.isAlias) return '`get()` needs a mapped class, not an alias';
  if (
    !key ||
    call.positional.length + call.keywords.length !== 1 ||
    call.starred ||
    call.doubleStarred
  )
    return 'what it looks up is not known';
  if (
    call.receiver.kind === 'parenthesized_expression' ||
    site.chain.inner.length > 0 ||
    repeats(links)
  )
    return 'its parts cannot be moved into one call';
  if (hasComment(call.node)) return 'a comment stands inside of it';
  const isPlain = links.length === 0;
  const keywords = links.map((link) => asKeyword(link, statement, ctx));
  const refusal = keywords.find((each) => typeof each === 'string');
  if (typeof refusal === 'string') return refusal;
  const end = entity.node.end;
  const opening = openCall('get', site, ctx);
  const edits: Edit[] = [];
  if (isPlain)
    edits.push(
      ctx.replace({ start: end, end: key.start }, ', '),
      ctx.replace({ start: key.end, end: call.node.end }, ')'),
    );
  else
    edits.push(
      ctx.replace({ start: end, end: head.node.end }, `, ${key.text}`),
      ctx.replace({ start: (links.at(-1) ?? head).node.end, end: call.node.end }, ')'),
    );
  return together(
    opening,
    edits,
    ...keywords.flatMap((each) => (typeof each === 'string' ? [] : [each])),
  );
}

function repeats(links: readonly MethodCall[]): boolean {
  const names = links.map((link) => link.method.text);
  return new Set(names).size !== names.length;
}

function hasComment(node: PyNode): boolean {
  return node.children.some((each) => each.kind === 'comment' || hasComment(each));
}

function asKeyword(link: MethodCall, statement: Statement, ctx: RuleContext): Ending | string {
  const open = { start: link.receiver.end, end: link.list.start + 1 };
  const close = { start: link.list.end - 1, end: link.list.end };
  switch (link.method.text) {
    case 'populate_existing':
      return together(
        ctx.replace({ start: open.start, end: link.node.end }, ', populate_existing=True'),
      );
    case 'with_for_update':
      return forUpdate(link, open.start, ctx);
    case 'execution_options':
      return executionOptions(link, open.start, ctx);
    default: {
      const entities = statement.items.filter((item) => item.kind === 'entity');
      const [only] = link.positional;
      const list = link.positional.length === 1 && only?.kind === 'list' ? only : null;
      const items = list?.named ?? link.positional;
      const read = items.map((each) => readLoaderOption(each, entities, ctx));
      const refusal = read.find((each) => each.refusal !== null)?.refusal;
      if (refusal) return refusal;
      const sequence = link.positional.length === 1 && only ? wholeSequence(only, ctx.facts) : null;
      if (sequence)
        return together(
          ctx.replace({ start: open.start, end: sequence.start }, ', options='),
          ctx.replace(close, ''),
        );
      const brackets = list
        ? [ctx.replace(open, ', options='), ctx.replace(close, '')]
        : [ctx.replace(open, ', options=['), ctx.replace(close, ']')];
      return together(
        brackets,
        ...read.map(({ edits, uses, doubts }) => ({ edits, uses, doubts })),
      );
    }
  }
}

/** What `*options` unpacks, or a list of options, where it is a sequence already as far as can be seen. */
function wholeSequence(argument: PyNode, facts: Facts): PyNode | null {
  const isList = argument.kind !== 'list' && optionKind(argument, facts) === 'list';
  const value = argument.kind === 'list_splat' ? argument.named[0] : isList ? argument : null;
  return value && /^(?:attribute|call|identifier|list|list_comprehension|tuple)$/.test(value.kind)
    ? value
    : null;
}

function forUpdate(link: MethodCall, start: number, ctx: RuleContext): Ending | string {
  if (link.positional.length > 0 || link.doubleStarred)
    return 'the options of `with_for_update()` are not known';
  const options = link.keywords.map((each) => `"${each.name}": ${each.value.text}`);
  const value = options.length === 0 ? 'True' : `{${options.join(', ')}}`;
  return together(ctx.replace({ start, end: link.node.end }, `, with_for_update=${value}`));
}

function executionOptions(link: MethodCall, start: number, ctx: RuleContext): Ending | string {
  if (link.positional.length > 0 || link.doubleStarred || link.keywords.length === 0)
    return 'the options of `execution_options()` are not known';
  const special = link.keywords.find((each) => ORM_OPTIONS.has(each.name));
  if (special)
    return `\`Session.get()\` does not read the option \`${special.name}\` as a query does`;
  const options = link.keywords.map((each) => `"${each.name}": ${each.value.text}`).join(', ');
  return together(ctx.replace({ start, end: link.node.end }, `, execution_options={${options}}`));
}
