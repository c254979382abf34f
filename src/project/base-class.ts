// Makes a class itself the declarative base that was made of it. It judges the class alone, not the arguments of the base.
import type { Edit } from '../edits/edit.ts';
import type { PyNode } from '../python/tree.ts';
import { ownConstructor, usesDeclarativeMeta } from './bases.ts';
import type { RuleContext } from './rule.ts';

/** Attributes that a declarative base sets on the class that it is made of. */
const DECLARED: readonly string[] = ['metadata', 'registry', 'type_annotation_map'];

/** Why a class cannot derive from DeclarativeBase in place of the base that was made of it; `null` if it can. */
export function ownClassRefusal(classNode: PyNode, { facts }: RuleContext): string | null {
  const meta = usesDeclarativeMeta(facts);
  if (meta)
    return `${meta} uses DeclarativeMeta, which a DeclarativeBase class does not have as its metaclass`;
  const constructor = ownConstructor(classNode, facts.module, facts);
  if (constructor) return constructor;
  const body = classNode.child('body');
  const members = body && facts.binding.scopeOf(body.children[0] ?? body).bindings;
  const taken = DECLARED.find((name) => members?.has(name));
  return taken === undefined
    ? null
    : `the base replaces the ${taken} that the class body sets, which a DeclarativeBase class would use`;
}

/** The edit that adds `base` to the bases of a class, in place of `object`. */
export function withSuperclass(classNode: PyNode, base: string, context: RuleContext): Edit {
  const list = classNode.child('superclasses');
  const name = classNode.child('name') ?? classNode;
  if (!list) return context.after(name, `(${base})`);
  const [only, ...more] = list.named;
  if (only?.text === 'object' && more.length === 0) return context.replace(only, base);
  const last = list.named.findLast((each) => each.kind !== 'keyword_argument');
  return last ? context.after(last, `, ${base}`) : context.replace(list, `(${base})`);
}
