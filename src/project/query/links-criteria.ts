// filter(), filter_by(), having(), order_by() and group_by() as statements have them.
import { readCall, type MethodCall } from '../../python/calls.ts';
import { readString, stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import type { RuleContext } from '../rule.ts';
import { dropLink, rename } from './link-edits.ts';
import { mentionsIn } from './mentions.ts';
import { spellClass } from './spell.ts';
import { entityBehind, refuse, type Draft } from './statement.ts';

/** `.filter(…)`, `.where(…)`. */
export function criteria(link: MethodCall, draft: Draft): void {
  if (isEmpty(link)) return dropLink(link, draft);
  if (link.method.text !== 'where') rename(link, 'where', draft);
  draft.criteria = true;
  textual(link.positional, draft);
  const { keys, opaque } = mentionsIn(link.list.named, draft.ctx.facts);
  for (const key of keys)
    if (!draft.from.has(key)) {
      draft.from.add(key);
      draft.multiplied.add(key);
    }
  if (opaque) draft.multiplied.add(`criterion ${opaque.start}`);
}

/** `.filter()`, which says nothing; `query = query.filter()` stays a statement of its own. */
function isEmpty({ list, receiver }: MethodCall): boolean {
  return list.children.length === 2 && receiver.kind !== 'identifier';
}

/** `.having(…)`. */
export function having(link: MethodCall, draft: Draft): void {
  draft.grouped = true;
  textual(link.positional, draft);
}

/** `.order_by(…)`. */
export function ordering(link: MethodCall, draft: Draft): void {
  if (isReset(link)) {
    resetTo(link, draft);
    draft.ordering.length = 0;
    return;
  }
  draft.ordering.push(...link.positional);
  textualNames(link.positional, draft);
}

/** `.group_by(…)`. */
export function grouping(link: MethodCall, draft: Draft): void {
  draft.grouped = true;
  if (isReset(link)) resetTo(link, draft);
  else textualNames(link.positional, draft);
}

function isReset(link: MethodCall): boolean {
  const [only] = link.positional;
  return link.positional.length === 1 && (only?.kind === 'none' || only?.kind === 'false');
}

/** `order_by(False)` takes the ordering away from a Query; a statement would order by the constant. */
function resetTo(link: MethodCall, draft: Draft): void {
  const [only] = link.positional;
  if (only?.kind === 'false') draft.edits.push(draft.ctx.replace(only, 'None'));
}

/** String criteria, which 1.3 took for SQL. */
function textual(nodes: readonly PyNode[], draft: Draft): void {
  for (const node of nodes) if (readString(node)) wrapText(node, draft);
}

/** Strings that are more than the name of a column or label. */
function textualNames(nodes: readonly PyNode[], draft: Draft): void {
  for (const node of nodes) {
    const value = stringValue(node);
    // `desc("users_name")`.
    const text = value ?? stringValue(readCall(node)?.positional[0] ?? null);
    if (text === null) continue;
    if (value !== null && !/^\w+$/.test(value)) wrapText(node, draft);
    else if (isLegacyLabel(text, draft))
      draft.refusals.push(
        `\`${node.text}\` is the label that a Query gives to a column; name the column itself`,
      );
  }
}

/** `users_name`: Query labels the columns of `users` so, a statement does not. */
function isLegacyLabel(text: string, { items, ctx }: Draft): boolean {
  if (items.some((item) => item.kind === 'columns' && item.name === text)) return false;
  return items
    .flatMap((item) => entityBehind(item) ?? [])
    .some(({ model, text: name }) => {
      // Of a class that is not seen, its name tells the name of the table.
      if (!model)
        return new RegExp(`^${name.toLowerCase().replaceAll(/\W/g, '')}(e?s)?_`).test(text);
      return !model.attributes.has(text) && labelsOf(model, ctx).has(text);
    });
}

/** The labels of the columns of a class's table. */
function labelsOf({ tableName }: MappedClass, { facts }: RuleContext): ReadonlySet<string> {
  const classes = [...facts.models.classes.values()].filter((each) => each.tableName === tableName);
  return new Set(
    classes.flatMap((each) =>
      [...each.attributes.values()].flatMap((attribute) =>
        attribute.kind === 'column' ? [`${tableName ?? ''}_${attribute.columnName}`] : [],
      ),
    ),
  );
}

function wrapText(node: PyNode, draft: Draft): void {
  const text = draft.ctx.use('sqlalchemy.text', node);
  draft.uses.push(text);
  draft.edits.push(draft.ctx.before(node, `${text.text}(`), draft.ctx.after(node, ')'));
}

/** `.filter_by(…)`: bound to one entity explicitly wherever more than one could be meant. */
export function filterBy(link: MethodCall, draft: Draft): void {
  if (isEmpty(link)) return dropLink(link, draft);
  draft.criteria = true;
  const { joinpoint } = draft;
  const model = joinpoint?.model ?? null;
  const splats = link.list.named.filter(({ kind }) => kind === 'dictionary_splat');
  const given = [
    ...link.keywords.map(({ name }) => name),
    ...splats.flatMap(pairsOf).flatMap((pair) => stringValue(pair.child('key')) ?? []),
  ];
  if (model && model.unknownBases.length === 0 && !model.imperative)
    for (const name of given)
      if (!model.attributes.has(name))
        return refuse(
          draft,
          link,
          `\`${model.name}\`, which it filters, has no attribute \`${name}\``,
        );
  const several =
    draft.items.length > 1 &&
    new Set(
      draft.items.map((item) =>
        item.kind === 'entity' ? item.key : item.kind === 'columns' ? item.owner?.key : undefined,
      ),
    ).size > 1;
  if (!draft.joined && !draft.reframed && !several) return;
  const text = entityText(draft, link);
  if (text === null)
    return refuse(
      draft,
      link,
      'which entity it filters is not known here; write `.where(Entity.column == value)`',
    );
  if (splats.length > 0 && !canCompare(splats, text, draft))
    return refuse(
      draft,
      link,
      `its keywords are not known: compare each of them with its attribute of \`${text}\` in \`.where(…)\``,
    );
  rename(link, 'where', draft);
  for (const { node, name, value } of link.keywords) compare(node, `${text}.${name}`, value, draft);
  for (const splat of splats) comparePairs(splat, text, draft);
}

/** `name=value` as `User.name == value`. */
function compare(node: PyNode, attribute: string, value: PyNode, draft: Draft): void {
  const { ctx, edits } = draft;
  const before = { start: node.start, end: value.start };
  if (value.kind === 'none') edits.push(ctx.replace(node, `${attribute}.is_(None)`));
  else if (BINDS_WEAKLY.has(value.kind))
    edits.push(ctx.replace(before, `${attribute} == (`), ctx.after(value, ')'));
  else edits.push(ctx.replace(before, `${attribute} == `));
}

/** Whether the names that the comparison of a mapping needs are free, and no comment stands in it. */
function canCompare(splats: readonly PyNode[], text: string, { ctx }: Draft): boolean {
  return splats.every(
    (each) =>
      namesFor(each, text) !== null &&
      !ctx.facts.binding.isBound('getattr', each) &&
      descendants(each, 'comment').length === 0,
  );
}

/** `**{"name": value}` as `User.name == value`; of another mapping each item is compared. */
function comparePairs(splat: PyNode, text: string, draft: Draft): void {
  const { ctx, edits } = draft;
  const [mapping] = splat.named;
  const pairs = pairsOf(splat);
  const [first, last] = [pairs[0], pairs.at(-1)];
  if (first && last) {
    for (const pair of pairs) {
      const [key, value] = [pair.child('key'), pair.child('value')];
      const name = stringValue(key);
      if (!key || !value) continue;
      const isName = name !== null && /^[A-Za-z_]\w*$/.test(name);
      compare(pair, isName ? `${text}.${name}` : `getattr(${text}, ${key.text})`, value, draft);
    }
    edits.push(
      ctx.replace({ start: splat.start, end: first.start }, ''),
      ctx.replace({ start: last.end, end: splat.end }, ''),
    );
    return;
  }
  const names = namesFor(splat, text);
  if (!mapping || !names) return;
  const [key, value] = names;
  const isSimple =
    /^(?:attribute|call|dictionary|identifier|parenthesized_expression|subscript)$/.test(
      mapping.kind,
    );
  edits.push(
    ctx.replace(
      { start: splat.start, end: mapping.start },
      `*(getattr(${text}, ${key}) == ${value} for ${key}, ${value} in ${isSimple ? '' : '('}`,
    ),
    ctx.after(mapping, `${isSimple ? '' : ')'}.items())`),
  );
}

/** Names for the items of a mapping that mean nothing else in the comparison. */
function namesFor(splat: PyNode, text: string): readonly [string, string] | null {
  const taken = new Set(`${splat.text} ${text}`.match(/\w+/g));
  return ITEM_NAMES.find((names) => names.every((name) => !taken.has(name))) ?? null;
}

const ITEM_NAMES: readonly (readonly [string, string])[] = [
  ['key', 'value'],
  ['name', 'wanted'],
];

/** The items of `**{"name": value}`, where all are written out. */
function pairsOf(splat: PyNode): readonly PyNode[] {
  const mapping = splat.named[0];
  if (mapping?.kind !== 'dictionary') return [];
  return mapping.named.every(({ kind }) => kind === 'pair') ? mapping.named : [];
}

const BINDS_WEAKLY: ReadonlySet<string> = new Set([
  'boolean_operator',
  'comparison_operator',
  'conditional_expression',
  'lambda',
  'named_expression',
  'not_operator',
]);

/** How the entity that `filter_by()` means is named in this file. */
function entityText(draft: Draft, link: MethodCall): string | null {
  const { joinpoint } = draft;
  if (!joinpoint) return null;
  if (joinpoint.text !== '') return joinpoint.text;
  const spelling = joinpoint.model && spellClass(joinpoint.model, link.node, draft.ctx);
  if (!spelling) return null;
  draft.uses.push(spelling);
  return spelling.text;
}
