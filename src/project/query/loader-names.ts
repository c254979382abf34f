// Looks up the attributes that names in loader options stand for: written out, or known to the running program only. It reads no option.
import type { Edit } from '../../edits/edit.ts';
import type { PyNode } from '../../python/tree.ts';
import type { MappedAttribute, MappedClass } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import type { Entity } from './entity.ts';
import { spellClass } from './spell.ts';

/** What an attribute name refers to: an entity of the query, or the target of the relationship before. */
export type Place = Pick<Entity, 'text' | 'model' | 'isOpen'>;

/** What has been read of a loader option so far. */
export interface Reading {
  readonly ctx: RuleContext;
  /** What is read now is loaded in the rows of the query itself, not by a query of its own. */
  inRows: boolean;
  collection: boolean;
  refusal: string | null;
  readonly doubts: string[];
  readonly edits: Edit[];
  readonly uses: NameUse[];
}

/** An attribute, as it is written. */
export interface Step {
  readonly text: string;
  readonly attribute: MappedAttribute | null;
}

/** The attribute of a name that is written out; `null` where several classes have it, or none. */
export function named(
  name: string,
  places: readonly Place[],
  at: PyNode,
  reading: Reading,
): Step | null {
  const owners = places.filter((each) => each.model?.attributes.has(name));
  const [owner] = owners;
  if (!owner) return ofUnseen(name, places, reading);
  if (owners.length > 1) return null;
  const text = owner.text === '' ? spelled(owner.model, at, reading) : owner.text;
  if (text === null) return null;
  return { text: `${text}.${name}`, attribute: owner.model?.attributes.get(name) ?? null };
}

/** A name in a query of one entity can only be that entity's, whatever class it is. */
function ofUnseen(name: string, places: readonly Place[], reading: Reading): Step | null {
  const [place, other] = places;
  // `*` stands for no attribute.
  if (!place || other || !/^\w+$/.test(name)) return null;
  if ((place.model && !place.isOpen) || !/^[\w.]+$/.test(place.text)) return null;
  reading.doubts.push(`\`${place.text}\` is taken for the class that has \`${name}\``);
  return { text: `${place.text}.${name}`, attribute: null };
}

function spelled(model: MappedClass | null, at: PyNode, reading: Reading): string | null {
  const use = model && spellClass(model, at, reading.ctx);
  if (!use) return null;
  reading.uses.push(use);
  return use.text;
}

/** Whether a name of an attribute arrives here when the program runs. */
export function isName(node: PyNode, { ctx }: Reading): boolean {
  const value = ctx.facts.infer(node)?.value;
  return value?.kind === 'instance' && value.of === 'builtins.str';
}

/** `getattr(User, name)` for a name that only the running program knows. */
export function lookUp(node: PyNode, places: readonly Place[], reading: Reading): void {
  const [owner, other] = places;
  if (!owner || other || owner.text === '' || reading.ctx.facts.binding.isBound('getattr', node)) {
    reading.refusal ??= `\`${node.text}\` is the name of an attribute; write the attribute itself`;
    return;
  }
  reading.edits.push(reading.ctx.replace(node, `getattr(${owner.text}, ${node.text})`));
  reading.doubts.push(
    `\`${node.text}\` is taken for the name of one attribute: a path with dots, which 1.x took too, has to be written link by link`,
  );
}
