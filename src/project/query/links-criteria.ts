// filter(), filter_by(), having(), order_by() and group_by() as statements have them.
import { readCall, type MethodCall } from '../../python/calls.ts';
import { readString, stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import type { RuleContext } from '../rule.ts';
import { rename } from './link-edits.ts';
import { mentionsIn } from './mentions.ts';
import { spellClass } from './spell.ts';
import { entityBehind, refuse, type Draft } from './statement.ts';

/** `.filter(…)`, `.where(…)`. */
export function criteria(link: MethodCall, draft: Draft): void {
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
  draft.criteria = true;
  const { joinpoint } = draft;
  const model = joinpoint?.model ?? null;
  if (model && model.unknownBases.length === 0 && !model.imperative)
    for (const { name } of link.keywords)
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
  if (link.doubleStarred)
    return refuse(
      draft,
      link,
      'its keywords are not known, and after a join they must name their entity',
    );
  const text = entityText(draft, link);
  if (text === null)
    return refuse(
      draft,
      link,
      'which entity it filters is not known here; write `.where(Entity.column == value)`',
    );
  rename(link, 'where', draft);
  for (const { node, name, value } of link.keywords) {
    const before = { start: node.start, end: value.start };
    if (value.kind === 'none')
      draft.edits.push(draft.ctx.replace(node, `${text}.${name}.is_(None)`));
    else if (BINDS_WEAKLY.has(value.kind))
      draft.edits.push(
        draft.ctx.replace(before, `${text}.${name} == (`),
        draft.ctx.after(value, ')'),
      );
    else draft.edits.push(draft.ctx.replace(before, `${text}.${name} == `));
  }
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
