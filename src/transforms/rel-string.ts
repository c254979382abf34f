// Writes names of relationships as attributes in with_parent() and in joins of sqlalchemy.orm. Queries and loader options have rules of their own.
import { itemRemovals, keyword, readCall, type Call } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { entityOf } from '../project/query/entity.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

const JOINS: ReadonlySet<string> = new Set(['sqlalchemy.orm.join', 'sqlalchemy.orm.outerjoin']);

export default defineTransform({
  id: 'rel-string',
  summary: 'Replace names of relationships in `with_parent()` and `orm.join()`',
  rationale: 'Both take the attribute, which the program checks, not its name in a string.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#orm-query-joining-loading-on-relationships-uses-attributes-not-strings',
  fixes: 'safe',
  rows: ['with-parent-string', 'orm-join-string'],
  triggers: ['with_parent(', 'join('],
  example: {
    before: 'stmt = select(Order).where(with_parent(user, "orders"))\n',
    after: 'stmt = select(Order).where(with_parent(user, User.orders))\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const callee = call && context.facts.qualifiedName(call.callee);
      if (!call || !callee) return;
      if (callee === 'sqlalchemy.orm.with_parent') withParent(call, context);
      else if (JOINS.has(callee)) ormJoin(call, context);
    },
  },
});

function withParent(call: Call, context: RuleContext): void {
  const [parent, second] = call.positional;
  const argument = second ?? keyword(call, 'prop');
  const name = argument && stringValue(argument);
  if (!parent || !argument || !name) return;
  const { facts } = context;
  const inferred = facts.infer(parent);
  const value = inferred?.value;
  const model = value?.kind === 'instance' ? facts.models.classes.get(value.of) : undefined;
  const symbol = model && facts.symbols.symbolNamed(facts.module, model.name, call.node);
  const message = '`with_parent()` takes the attribute, not its name';
  if (
    !inferred ||
    model?.attributes.get(name)?.kind !== 'relationship' ||
    symbol?.kind !== 'definition' ||
    symbol.id !== model.id
  ) {
    const reason = `the class of ${parent.text} is not known here: write Class.${name}`;
    context.manual({ at: call.node, message, reason });
    return;
  }
  const isProven = inferred.evidence === 'proven';
  context.fix({
    at: call.node,
    message,
    safety: isProven ? 'safe' : 'unsafe',
    ...(isProven ? {} : { reason: `${parent.text} is likely a ${model.name}` }),
    edits: [context.replace(argument, `${model.name}.${name}`)],
    evidence: inferred.trail,
  });
}

/** `join(A, B, "bs")`; the left side is the class or alias that has the attribute. */
function ormJoin(call: Call, context: RuleContext): void {
  const [left, , third] = call.positional;
  const toLeft = call.keywords.find(({ name }) => name === 'join_to_left');
  const onclause = third ?? keyword(call, 'onclause');
  const name = onclause && stringValue(onclause);
  const edits = toLeft
    ? itemRemovals(call.list, [toLeft.node]).map((span) => context.replace(span, ''))
    : [];
  const message = '`join()` takes the attribute, not its name';
  if (name && onclause && left) {
    if (!hasRelationship(left, name, context)) {
      const reason = `which class ${name} belongs to cannot be told: write the attribute`;
      context.manual({ at: call.node, message, reason });
      return;
    }
    edits.push(context.replace(onclause, `${left.text}.${name}`));
  }
  if (edits.length > 0) context.fix({ at: call.node, message, safety: 'safe', edits });
}

function hasRelationship(left: PyNode, name: string, { facts }: RuleContext): boolean {
  if (left.kind !== 'identifier' && left.kind !== 'attribute') return false;
  return entityOf(left, facts)?.model?.attributes.get(name)?.kind === 'relationship';
}
