// Reports queries that a loop sends once for each element, by a value of the element.
import { isTestPath } from '../project/test-paths.ts';
import { asyncSession, functionOf, syncSession } from '../project/asyncio/sessions.ts';
import { executionOf } from '../project/loads/result.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform } from '../project/rule.ts';
import { readCall, readMethodCall } from '../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../python/tree.ts';

const LOOPS: readonly string[] = [
  'for_statement',
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
];

export default defineTransform({
  id: 'lint-n-plus-one-query',
  summary: 'Query once before a loop, not once for each element',
  rationale: 'A query in a loop costs a round trip to the database for every element.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/queryguide/select.html',
  fixes: 'none',
  stillRuns: true,
  optIn: true,
  rows: ['lint-n-plus-one-query'],
  triggers: ['.get(', '.get_one(', '.scalar(', '.scalars(', '.execute(', '.exec(', '.query('],
  example: {
    before:
      'for order in orders:\n    user = session.get(User, order.user_id)\n    print(user.name, order.total)\n',
    after:
      'for order in orders:\n    user = session.get(User, order.user_id)\n    print(user.name, order.total)\n',
  },
  explanation: {
    failure:
      'Nothing fails; the time grows with the number of elements. A hundred round trips of a millisecond each are hardly seen in development, and are a second in production, where the database is another machine.',
    remedy:
      'Collect the keys, send one query, and look the results up in a dictionary: `users = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}`. Where the two are related, a relationship with a loader option at the first query does that by itself.',
  },
  visit: {
    call(node, context) {
      const { facts, path } = context;
      const call = readMethodCall(node);
      if (!call || !/^(get|get_one|scalar|scalars|execute|exec|query)$/.test(call.method.text))
        return;
      const loop = loopAround(node);
      if (!loop || isTestPath(path) || /(^|\/)(alembic|migrations)\//.test(path)) return;
      const names = targetsOf(loop);
      if (!mentions(call.method.text === 'query' ? statementOf(node) : call.list, names)) return;
      if (call.method.text === 'query' ? !isExecuted(node) : executionOf(node, facts) === null)
        return;
      if (selectsTarget(node, names)) return;
      if (
        /\.in_\(/.test(statementOf(node).text) ||
        runsOverConstants(loop) ||
        endsAtOnce(node, loop)
      )
        return;
      if (
        isInstance(call.receiver, ['sqlalchemy.orm.Session'], facts) === null &&
        asyncSession(call.receiver, facts) === null
      )
        return;
      const proven =
        (syncSession(call.receiver, facts) ?? asyncSession(call.receiver, facts)) === 'proven';
      context.manual({
        at: node,
        message: `\`${call.callee.text}()\` runs once for each element of the loop`,
        reason: 'collect the keys before the loop, and load them with one query by `.in_(…)`',
        possible: !proven,
      });
    },
  },
});

/** The innermost loop whose body holds a node, in the same function. */
function loopAround(node: PyNode): PyNode | null {
  for (let loop = enclosing(node, ...LOOPS); loop; loop = enclosing(loop, ...LOOPS)) {
    if (functionOf(loop) !== functionOf(node)) return null;
    if (loop.kind !== 'for_statement') {
      const clause = loop.children.find((child) => child.kind === 'for_in_clause');
      const iterable = clause?.child('right');
      if (iterable && contains(iterable, node)) continue;
      return loop;
    }
    const body = loop.child('body');
    if (body && contains(body, node)) return loop;
  }
  return null;
}

/** The names that each round binds anew, those derived from the target included. */
function targetsOf(loop: PyNode): ReadonlySet<string> {
  const clauses =
    loop.kind === 'for_statement'
      ? [loop]
      : loop.children.filter((child) => child.kind === 'for_in_clause');
  return new Set(
    clauses.flatMap((clause) => {
      const left = clause.child('left');
      return left ? descendants(left, 'identifier').map(({ text }) => text) : [];
    }),
  );
}

function mentions(node: PyNode, names: ReadonlySet<string>): boolean {
  return descendants(node, 'identifier').some(({ text }) => names.has(text));
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

/** A loop over a handful of literals is no loop over data. */
function runsOverConstants(loop: PyNode): boolean {
  const clause =
    loop.kind === 'for_statement'
      ? loop
      : loop.children.find((child) => child.kind === 'for_in_clause');
  const iterable = clause?.child('right');
  return (
    !iterable ||
    /^(list|tuple|set|dictionary|string)$/.test(iterable.kind) ||
    /^(range|count|itertools\.count|iter)\(/.test(iterable.text)
  );
}

/** A loop that leaves in the round that finds something. */
function endsAtOnce(node: PyNode, loop: PyNode): boolean {
  const body = loop.child('body');
  if (loop.kind !== 'for_statement' || !body) return false;
  return descendants(body, 'break_statement', 'return_statement').some(
    (each) => each.start > node.start,
  );
}
