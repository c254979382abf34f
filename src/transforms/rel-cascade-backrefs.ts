// Reports objects that only a backref would have added to a session: made with a related object, and given to nothing. It rewrites nothing.
import { readCall, readMethodCall, type Call } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import type { Facts } from '../project/facts.ts';
import type { MappedClass } from '../project/models.ts';
import { defineTransform } from '../project/rule.ts';

const ADDING: ReadonlySet<string> = new Set(['add', 'add_all', 'merge']);

export default defineTransform({
  id: 'rel-cascade-backrefs',
  summary: 'Report objects that reach a session only through a backref',
  rationale:
    'In 1.x an object with a related object that is in a session was added to that session too; since 2.0 it is not, and nothing says that it was never stored.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#cascade-backrefs-behavior-deprecated-for-removal-in-2-0',
  fixes: 'none',
  rows: ['rel-cascade-backrefs'],
  triggers: ['('],
  example: {
    before: 'Order(user=user)\n',
    after: 'Order(user=user)\n',
  },
  visit: {
    call(node, context) {
      const kept = keptAs(node);
      if (kept === null) return;
      const { facts } = context;
      const call = readCall(node);
      const model = call && call.keywords.length > 0 ? facts.mappedClass(call.callee) : null;
      if (!call || model?.role !== 'mapped') return;
      const related = relatedOf(call, model);
      if (!related || isAdded(related, node, facts) || isTransient(related.value, node, facts))
        return;
      if (kept && !staysHere(kept, facts)) return;
      context.manual({
        at: node,
        message: `only \`${related.name}=\` brings this \`${model.name}\` into a session`,
        reason: `since 2.0 a backref does not add it to the session of \`${related.value.text}\`: write ${kept ? `session.add(${kept.text})` : 'session.add(…) around it'}`,
        ...(kept ? { possible: true } : {}),
      });
    },
  },
});

/** The variable that keeps an object; `undefined` where it is made by a statement of its own, `null` where it is given to something. */
function keptAs(node: PyNode): PyNode | undefined | null {
  const { parent } = node;
  if (parent?.kind === 'expression_statement') return undefined;
  const left =
    parent?.kind === 'assignment' && node.field === 'right' ? parent.child('left') : null;
  return left?.kind === 'identifier' ? left : null;
}

function relatedOf({ keywords }: Call, { attributes }: MappedClass) {
  return keywords.find(({ name, value }) => {
    const attribute = attributes.get(name);
    const isPaired = attribute?.kind === 'relationship' && attribute.reverse !== null;
    return isPaired && value.kind !== 'none';
  });
}

/** Whether the related object itself is added after: it takes with it what its collection holds by then. */
function isAdded({ value }: { readonly value: PyNode }, node: PyNode, facts: Facts): boolean {
  const binding = value.kind === 'identifier' ? facts.definition(value) : null;
  if (!binding) return false;
  return facts.binding
    .references(binding.scope, binding.name)
    .some((use) => use.start > node.end && isAdding(use));
}

/**
 * Whether the related object, or the one that it is read from, was made in the same code and went no further than attributes of
 * its own kind until then: it is in no session yet, and a backref never added anything.
 */
function isTransient(value: PyNode, node: PyNode, facts: Facts): boolean {
  let root = value;
  while (root.kind !== 'identifier') {
    const next = root.child('value') ?? root.child('object');
    if (!next) return false;
    root = next;
  }
  const binding = facts.definition(root);
  const made = readCall(binding?.value ?? null);
  const model = made && facts.mappedClass(made.callee);
  if (!binding || !model || made.positional.some(isObject) || relatedOf(made, model)) return false;
  return facts.binding
    .references(binding.scope, binding.name)
    .filter((use) => use.start > made.node.end && use.end < node.start)
    .every(({ parent }) => parent?.kind === 'keyword_argument' || isRead(parent));
}

/** `node.children`, `node.children[0]`, but no method, which may do anything. */
function isRead(node: PyNode | null): boolean {
  return /^(attribute|subscript)$/.test(node?.kind ?? '') && node?.parent?.kind !== 'call';
}

function isObject({ kind }: PyNode): boolean {
  return !/^(string|integer|float|true|false|none)$/.test(kind);
}

function isAdding(use: PyNode): boolean {
  const list = use.parent?.kind === 'argument_list' ? use.parent : use.parent?.parent;
  return readMethodCall(list?.parent ?? null, ADDING) !== null;
}

/** Whether a function reads no more than attributes of a variable: whoever is given the object may add it. */
function staysHere(name: PyNode, facts: Facts): boolean {
  const binding = facts.binding.lookup(name.text, name);
  if (!binding || binding.scope.node.kind !== 'function_definition') return false;
  return facts.binding
    .references(binding.scope, name.text)
    .filter((use) => use !== name)
    .every((use) => use.parent?.kind === 'attribute' && use.field === 'object');
}
