// Reports queries that a loop sends once for each element, by a value of the element.
import { isTestPath } from '../project/test-paths.ts';
import { asyncSession, syncSession } from '../project/asyncio/sessions.ts';
import { queryOfCall } from '../project/loads/called-queries.ts';
import { executionOf } from '../project/loads/result.ts';
import {
  boundIn,
  endsAtOnce,
  loopAround,
  mentions,
  needsItsRound,
  runsOverConstants,
} from '../project/loads/rounds.ts';
import { placeOf } from '../project/place.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readCall, readMethodCall, type MethodCall } from '../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'lint-n-plus-one-query',
  summary: 'Query once before a loop, not once for each element',
  rationale: 'A query in a loop costs a round trip to the database for every element.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/queryguide/select.html',
  fixes: 'none',
  stillRuns: true,
  optIn: true,
  rows: ['lint-n-plus-one-query'],
  triggers: ['.get', '.scalar', '.exec', '.query(', '.refresh(', 'await ', '(session', '(db'],
  example: {
    before:
      'for order in orders:\n    user = session.get(User, order.user_id)\n    print(user.name, order.total)\n',
    after:
      'for order in orders:\n    user = session.get(User, order.user_id)\n    print(user.name, order.total)\n',
  },
  explanation: {
    failure:
      'Nothing fails; the time grows with the number of elements. A hundred round trips of a millisecond each are hardly seen in development, and are a second in production, where the database is another machine. The query is often not in sight: the loop calls a function or a method of a repository, which sends it by the key that it is given. A loop that refreshes each object after a commit is of the same kind.',
    remedy:
      'Collect the keys, send one query, and look the results up in a dictionary: `users = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}`. Where the two are related, a relationship with a loader option at the first query does that by itself.',
  },
  visit: {
    call(node, context) {
      const { path } = context;
      const list = node.child('arguments');
      if (!list || list.named.length === 0) return;
      const loop = loopAround(node);
      if (!loop || isTestPath(path) || /(^|\/)(alembic|migrations)\//.test(path)) return;
      const call = readMethodCall(node);
      if (call && METHODS.test(call.method.text)) visitQuery(call, loop, context);
      visitCall(node, loop, context);
    },
  },
});

const METHODS = /^(get|get_one|scalar|scalars|execute|exec|query|refresh)$/;

/** A query in the loop itself. */
function visitQuery(call: MethodCall, loop: PyNode, context: RuleContext): void {
  const { facts } = context;
  const { node } = call;
  const names = boundIn(loop, node);
  const isQuery = call.method.text === 'query';
  const isRefresh = call.method.text === 'refresh';
  if (!mentions(isQuery ? statementOf(node) : call.list, names)) return;
  if (isRefresh) {
    if (!names.has(call.positional[0]?.text ?? '') || WRITES.test(loop.text)) return;
  } else if (
    isQuery ? !isExecuted(node) || selectsTarget(node, names) : !selectsBy(node, names, facts)
  )
    return;
  if (
    /\.in_\(/.test(statementOf(node).text) ||
    runsOverConstants(loop, facts) ||
    endsAtOnce(node, loop) ||
    needsItsRound(node, loop)
  )
    return;
  const evidence = syncSession(call.receiver, facts) ?? asyncSession(call.receiver, facts);
  if (evidence === null) return;
  const proven = evidence === 'proven' && !isUnitOfWork(loop, call.receiver, facts);
  context.manual({
    at: node,
    message: `\`${call.callee.text}()\` runs once for each element of the loop`,
    reason: isRefresh
      ? 'load them again with one query by `.in_(…)` and populate_existing, or make the sessions with expire_on_commit=False'
      : 'collect the keys before the loop, and load them with one query by `.in_(…)`',
    possible: !proven,
  });
}

const WRITES = /\.(add|add_all|delete|flush|commit|rollback|merge|begin|begin_nested)\(/;

/** A function that queries by what the loop gives it. */
function visitCall(node: PyNode, loop: PyNode, context: RuleContext): void {
  const { facts } = context;
  const names = boundIn(loop, node);
  const list = node.child('arguments');
  if (!list || !mentions(list, names)) return;
  if (runsOverConstants(loop, facts) || endsAtOnce(node, loop) || needsItsRound(node, loop)) return;
  const query = queryOfCall(node, names, facts);
  if (!query) return;
  // A list that the loop makes for its element is no batch.
  const isBatch = /\.in_\(/.test(functionText(query.node));
  if (isBatch && !list.named.some((each) => DISPLAYS.test(each.kind) && mentions(each, names)))
    return;
  context.manual({
    at: node,
    message: `\`${node.child('function')?.text ?? ''}()\` sends the query at ${placeOf(query.facts.module, query.node)} once for each element of the loop`,
    reason: 'collect the keys before the loop, and load them with one query by `.in_(…)`',
    possible: query.evidence !== 'proven' || WRITES.test(loop.text) || isAction(node),
  });
}

/** A call for its effect: what it finds is used nowhere. */
function isAction(node: PyNode): boolean {
  const outer = node.parent?.kind === 'await' ? node.parent : node;
  return outer.parent?.kind === 'expression_statement';
}

const DISPLAYS = /^(list|tuple|set)$/;

function functionText(node: PyNode): string {
  return enclosing(node, 'function_definition')?.text ?? '';
}

/** Whether each round has a session or a transaction of its own, which often cannot be one query for all. */
function isUnitOfWork(loop: PyNode, session: PyNode, facts: Facts): boolean {
  const body = loop.child('body');
  const root = session.text.split('.')[0] ?? '';
  const place = facts.binding.lookup(root, session);
  return (
    place?.bindings.some((binding) => body !== null && contains(body, binding.node)) === true ||
    (body !== null &&
      descendants(body, 'call').some((node) => {
        const call = readMethodCall(node);
        return (
          call !== null &&
          /^(commit|rollback|begin|begin_nested)$/.test(call.method.text) &&
          call.receiver.text === session.text
        );
      }))
  );
}

/** Whether the statement that a call executes depends on the element by a value, not just by the class that it selects. */
function selectsBy(node: PyNode, names: ReadonlySet<string>, facts: Facts): boolean {
  const execution = executionOf(node, facts);
  if (!execution) return false;
  if (execution.kind === 'get') {
    const [entity, ...others] = readCall(node)?.list.named ?? [];
    return entity !== undefined && others.some((each) => mentions(each, names));
  }
  return execution.statements.some(({ head, links }) => {
    if (links.some((link) => link.list.text.includes('.in_('))) return false;
    const selected = new Set(
      head.positional.flatMap((each) => descendants(each, 'identifier').map(({ text }) => text)),
    );
    const values = new Set([...names].filter((name) => !selected.has(name)));
    return links.some((link) => mentions(link.list, values));
  });
}

/** A loop over models asks each table once. */
function selectsTarget(node: PyNode, names: ReadonlySet<string>): boolean {
  return descendants(statementOf(node), 'call').some((each) => {
    const call = readCall(each);
    const [entity] = call?.positional ?? [];
    return (
      entity !== undefined &&
      /(^|\.)(select|query|get|get_one)$/.test(call?.callee.text ?? '') &&
      (entity.kind === 'identifier' || entity.kind === 'attribute') &&
      names.has(entity.text.split('.')[0] ?? '')
    );
  });
}

/** The whole chain of calls around a node. */
function statementOf(node: PyNode): PyNode {
  let each = node;
  while (
    each.parent &&
    /^(attribute|call|await|parenthesized_expression)$/.test(each.parent.kind) &&
    each.field !== 'arguments'
  )
    each = each.parent;
  return each;
}

function isExecuted(node: PyNode): boolean {
  return /\.(all|first|one|one_or_none|scalar|get|count)\(/.test(statementOf(node).text);
}
