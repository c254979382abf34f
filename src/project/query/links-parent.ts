// with_parent() as statements have it: a criterion, whose relationship is named by its attribute.
import { keyword, type MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { MappedClass, RelationshipAttribute } from '../models.ts';
import type { NameUse } from '../rule.ts';
import { secondaryOf } from './mentions.ts';
import { spellClass } from './spell.ts';
import { entityBehind, refuse, type Draft } from './statement.ts';

/** `.with_parent(user, User.orders)` as `.where(with_parent(user, User.orders))`; a name or nothing becomes the attribute. */
export function withParent(link: MethodCall, draft: Draft): void {
  const property = link.positional[1] ?? keyword(link, 'property');
  const isKnown = link.keywords.every((each) =>
    /^(instance|property|from_entity)$/.test(each.name),
  );
  const isAttribute = property !== null && stringValue(property) === null;
  const found = isAttribute || link.doubleStarred ? null : relationshipMeant(link, property, draft);
  if (!(isAttribute || found) || !isKnown || link.doubleStarred)
    return refuse(
      draft,
      link,
      'name the relationship: `.where(with_parent(instance, Parent.relationship))`',
    );
  const alias = unnamedAlias(link, draft);
  if (alias === '')
    return refuse(
      draft,
      link,
      'name the alias that it filters: `.where(with_parent(instance, Parent.relationship, from_entity=alias))`',
    );
  const secondary = found ? found.secondary : secondaryOf(link.node, draft.ctx.facts);
  if (secondary !== null) draft.multiplied.add(secondary);
  if (found) nameRelationship(link, property, found, draft);
  const name = link.keywords.find((each) => each.name === 'property')?.node.child('name');
  if (name) draft.edits.push(draft.ctx.replace(name, 'prop'));
  const last = link.list.named.at(-1);
  if (last && alias !== null) draft.edits.push(draft.ctx.after(last, `, from_entity=${alias}`));
  const use = draft.ctx.use('sqlalchemy.orm.with_parent', link.node);
  draft.uses.push(use);
  draft.criteria = true;
  draft.edits.push(
    draft.ctx.replace(link.method, `where(${use.text}`),
    draft.ctx.after(link.node, ')'),
  );
}

interface Found {
  readonly text: string;
  readonly use: NameUse;
  readonly secondary: string | null;
  /** The instance is only likely of the class. */
  readonly doubt: string | null;
}

/** The relationship of the instance's class that a string names; without one, the only one that leads to what is queried. */
function relationshipMeant(link: MethodCall, property: PyNode | null, draft: Draft): Found | null {
  const { facts } = draft.ctx;
  const instance = link.positional[0] ?? keyword(link, 'instance');
  const inferred = instance && facts.infer(instance);
  const value = inferred?.value;
  const model = value?.kind === 'instance' ? facts.models.classes.get(value.of) : undefined;
  const relation = model && relationOf(model, property, draft);
  const use = relation && spellClass(model, link.node, draft.ctx);
  if (!inferred || !relation || !use) return null;
  const text = `${use.text}.${relation.name}`;
  return {
    text,
    use,
    secondary: relation.direction === 'many-to-many' ? `secondary of ${text}` : null,
    doubt: inferred.evidence === 'proven' ? null : `${instance.text} is likely a ${model.name}`,
  };
}

function relationOf(
  model: MappedClass,
  property: PyNode | null,
  { items }: Draft,
): RelationshipAttribute | null {
  const name = property && stringValue(property);
  if (name !== null) {
    const attribute = model.attributes.get(name);
    return attribute?.kind === 'relationship' ? attribute : null;
  }
  const [first] = items;
  const queried = first && entityBehind(first)?.model;
  const relations = [...model.attributes.values()].filter((each) => each.kind === 'relationship');
  const leading = relations.filter(({ target }) => target === queried?.id);
  const [only] = leading;
  // Of several the mapper takes the first that it has: which one that is, is not written anywhere.
  const isClear = leading.length === 1 && relations.every(({ target }) => target !== null);
  return queried && isClear ? (only ?? null) : null;
}

function nameRelationship(
  link: MethodCall,
  property: PyNode | null,
  { text, use, doubt }: Found,
  draft: Draft,
): void {
  const [instance] = link.list.named;
  draft.uses.push(use);
  if (doubt !== null) draft.doubts.push(doubt);
  if (property) draft.edits.push(draft.ctx.replace(property, text));
  else if (instance) {
    const passed = link.positional.length > 0 ? text : `prop=${text}`;
    draft.edits.push(draft.ctx.after(instance, `, ${passed}`));
  }
}

/** The alias that the query selects first, which the method means where it is not told another entity; empty where it has no name here. */
function unnamedAlias(link: MethodCall, { items }: Draft): string | null {
  const isTold =
    link.positional.length > 2 || link.keywords.some(({ name }) => name === 'from_entity');
  const [first] = items;
  const entity = first ? entityBehind(first) : null;
  if (isTold || !entity?.isAlias) return null;
  return /^[\w.]+$/.test(entity.text) ? entity.text : '';
}
