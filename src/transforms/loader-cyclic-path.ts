// Reports loader options that return to the class that is selected: 2.1 lets the options of the shortest path win. It rewrites none.
import { readCall, readMethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { relationshipOf } from '../project/query/entity.ts';
import type { RelationshipAttribute } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

/** Options that say how attributes load later, and not with the query. */
const LATER: ReadonlySet<string> = new Set([
  'defer',
  'lazyload',
  'load_only',
  'noload',
  'raiseload',
  'undefer',
]);
const LOADERS =
  /^sqlalchemy\.orm\.(contains_eager|defaultload|immediateload|joinedload|lazyload|selectinload|subqueryload)$/;

export default defineTransform({
  id: 'loader-cyclic-path',
  summary: 'Loader options for the class that is selected, on a path that returns to it',
  rationale:
    'Only with `--target-version 2.1`: an object that is loaded on two paths keeps the options of the shorter one.',
  reference:
    'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html#loader-options-from-a-deeper-path-no-longer-apply-to-an-object-loaded-at-the-top',
  fixes: 'none',
  rows: ['v21-loader-path'],
  triggers: [...LATER].map((name) => `.${name}(`),
  example: {
    before:
      'stmt = select(User).options(joinedload(User.orders).joinedload(Order.user).raiseload("*"))\n',
    after:
      'stmt = select(User).options(joinedload(User.orders).joinedload(Order.user).raiseload("*"))\n',
    targetVersion: '2.1',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node, LATER);
      if (!call || context.settings.targetVersion !== '2.1') return;
      const path = pathOf(call.receiver, context);
      const [first] = path ?? [];
      const last = path?.at(-1);
      if (!path || !first || !last || path.length < 2) return;
      const start = first.owner;
      if (last.relation.target === null || last.relation.target !== start) return;
      context.manual({
        at: node,
        message: `\`${call.method.text}()\` on a path that returns to the class it starts from`,
        reason:
          'objects that are selected themselves no longer take it in 2.1: give the option at the top of the query too, if it is meant for them',
        possible: true,
      });
    },
  },
});

interface Step {
  readonly owner: string;
  readonly relation: RelationshipAttribute;
}

/** The relationships of a chain of loader options, `null` if one of them is not known. */
function pathOf(node: PyNode, context: RuleContext): readonly Step[] | null {
  const call = readCall(node);
  const [argument] = call?.positional ?? [];
  if (!call || !argument || call.list.named.length !== 1) return null;
  const step = stepOf(argument, context);
  if (!step) return null;
  if (LOADERS.test(context.facts.qualifiedName(call.callee) ?? '')) return [step];
  const method = readMethodCall(node);
  const before = method && pathOf(method.receiver, context);
  return before ? [...before, step] : null;
}

function stepOf(node: PyNode, { facts }: RuleContext): Step | null {
  const found = relationshipOf(node, facts);
  const owner = found?.owner.model?.id;
  return found && owner !== undefined ? { owner, relation: found.relation } : null;
}
