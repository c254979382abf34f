// Reports collections that are used as lists and are none: write-only ones, and dynamic ones in async code.
import { functionOf, isAsync } from '../project/asyncio/sessions.ts';
import { runsInGreenlet } from '../project/loads/guards.ts';
import type { RelationshipAttribute } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readCall, readMethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

const WRITE_ONLY = 'lint-write-only-misuse';
const DYNAMIC = 'lint-dynamic-async';

export default defineTransform({
  id: WRITE_ONLY,
  family: [
    { id: WRITE_ONLY, summary: 'A write-only collection is no list', rows: [WRITE_ONLY] },
    {
      id: DYNAMIC,
      summary: 'A dynamic relationship cannot be read in async code',
      rows: [DYNAMIC],
      fixes: 'none',
      rationale:
        'A dynamic relationship is a Query, which sends its statement by itself and cannot be awaited.',
      reference:
        'https://docs.sqlalchemy.org/en/20/orm/large_collections.html#dynamic-relationship-loaders',
      example: {
        before: 'user = await session.get(User, user_id)\nprint(user.posts.all())\n',
        after: 'user = await session.get(User, user_id)\nprint(user.posts.all())\n',
      },
      explanation: {
        failure: 'Every read of the collection sends a statement without `await`.',
        traceback:
          "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?",
        remedy:
          'Map it as `posts: WriteOnlyMapped["Post"] = relationship()` and select: `await session.scalars(user.posts.select().where(…))`. Collections that are not large need neither: a plain relationship with `selectinload()`.',
      },
    },
  ],
  summary: 'A write-only collection is no list',
  rationale:
    'A write-only collection is never loaded: it gives a statement, and takes objects by `add()` and `remove()`.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/large_collections.html#write-only-relationships',
  fixes: 'safe',
  stillRuns: true,
  rows: [WRITE_ONLY, DYNAMIC],
  triggers: ['.'],
  example: {
    before: 'user.letters.append(letter)\n',
    after: 'user.letters.add(letter)\n',
  },
  explanation: {
    failure: 'The object behind the attribute has no `__iter__`, `__len__`, `append` or index.',
    traceback:
      "TypeError: 'WriteOnlyCollection' object is not iterable\n\nAttributeError: 'WriteOnlyCollection' object has no attribute 'append'",
    remedy:
      'Read by a statement: `session.scalars(user.posts.select().order_by(Post.id))`, `session.scalar(select(func.count()).select_from(user.posts.select().subquery()))`. Write by `user.posts.add(post)`, `add_all(posts)` and `remove(post)`; `insert()`, `update()` and `delete()` give statements for many.',
  },
  visit: {
    attribute(node, context) {
      const relation = specialCollection(node, context);
      if (relation?.lazy === 'write_only') writeOnly(node, context);
      else if (relation?.lazy === 'dynamic') dynamic(node, context);
    },
  },
});

/** The relationship that an attribute of an object reads, if it is dynamic or write-only. */
function specialCollection(node: PyNode, { facts }: RuleContext): RelationshipAttribute | null {
  const object = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  if (!object || !facts.asyncFacts().specialNames.has(name)) return null;
  const value = facts.infer(object)?.value;
  const model = value?.kind === 'instance' ? facts.models.classes.get(value.of) : undefined;
  const attribute = model?.attributes.get(name);
  return attribute?.kind === 'relationship' ? attribute : null;
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['append', 'add'],
  ['extend', 'add_all'],
]);

function writeOnly(node: PyNode, context: RuleContext): void {
  const { parent } = node;
  const call = parent?.kind === 'attribute' ? readMethodCall(parent.parent) : null;
  const other = call?.receiver === node ? METHODS.get(call.method.text) : undefined;
  if (call && other)
    return context.fix({
      at: call.node,
      message: `\`${call.method.text}()\` of a write-only collection`,
      safety: 'safe',
      edits: [context.replace(call.method, other)],
    });
  const how = listUse(node, context);
  if (how !== null)
    context.manual({
      at: node,
      message: `\`${node.text}\` is write-only, and is ${how}`,
      reason: `execute \`${node.text}.select()\``,
    });
}

/** How a collection is read as a list; `null` if it is not. */
function listUse(node: PyNode, { facts }: RuleContext): string | null {
  const { parent } = node;
  switch (parent?.kind) {
    case 'for_statement':
    case 'for_in_clause':
      return node.field === 'right' ? 'iterated' : null;
    case 'subscript':
      return node.field === 'value' ? 'indexed' : null;
    case 'comparison_operator':
      return parent.named[1] === node && /\bin\b/.test(parent.text) ? 'searched with `in`' : null;
    case 'argument_list': {
      const call = readCall(parent.parent);
      const name = call && facts.qualifiedName(call.callee);
      return name !== null &&
        /^builtins\.(len|list|sorted|tuple|set|sum|any|all|enumerate|iter|reversed)$/.test(name)
        ? `passed to \`${call?.callee.text ?? ''}()\``
        : null;
    }
    default:
      return null;
  }
}

function dynamic(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  if (!facts.asyncFacts().usesAsync || !isAsync(functionOf(node)) || runsInGreenlet(node)) return;
  const { parent } = node;
  const method = parent?.kind === 'attribute' ? (parent.child('attribute')?.text ?? '') : '';
  // What only notes a change, or makes a statement, sends nothing.
  if (/^(append|add|extend|remove|select|statement)$/.test(method)) return;
  if (parent?.kind === 'assignment' && node.field === 'left') return;
  context.manual({
    at: node,
    message: `\`${node.text}\` is dynamic, and is read in async code`,
    reason:
      'map it as WriteOnlyMapped and execute its `select()`, or load a plain relationship by selectinload()',
    rule: DYNAMIC,
  });
}
