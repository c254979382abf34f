// Reports queries that a loop sends once for each element, by a value of the element.
import { isTestPath } from '../project/test-paths.ts';
import { asyncSession, functionOf, syncSession } from '../project/asyncio/sessions.ts';
import { executionOf } from '../project/loads/result.ts';
import type { Facts } from '../project/facts.ts';
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
      const names = boundIn(loop, node);
      const isQuery = call.method.text === 'query';
      if (!mentions(isQuery ? statementOf(node) : call.list, names)) return;
      if (
        isQuery ? !isExecuted(node) || selectsTarget(node, names) : !selectsBy(node, names, facts)
      )
        return;
      if (
        /\.in_\(/.test(statementOf(node).text) ||
        runsOverConstants(loop, facts) ||
        endsAtOnce(node, loop)
      )
        return;
      const evidence = syncSession(call.receiver, facts) ?? asyncSession(call.receiver, facts);
      if (evidence === null) return;
      const proven = evidence === 'proven' && !isUnitOfWork(loop, call.receiver, facts);
      context.manual({
        at: node,
        message: `\`${call.callee.text}()\` runs once for each element of the loop`,
        reason: 'collect the keys before the loop, and load them with one query by `.in_(…)`',
        possible: !proven,
      });
    },
  },
});

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

/** The targets of a loop, and what its body makes of them before a place. */
function boundIn(loop: PyNode, node: PyNode): ReadonlySet<string> {
  const names = new Set(targetsOf(loop));
  const body = loop.child('body');
  if (loop.kind !== 'for_statement' || !body) return names;
  for (const each of descendants(body, 'assignment')) {
    const target = each.child('left');
    const value = each.child('right');
    if (target?.kind === 'identifier' && value && each.end <= node.start && mentions(value, names))
      names.add(target.text);
  }
  return names;
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
function runsOverConstants(loop: PyNode, facts: Facts): boolean {
  const clause =
    loop.kind === 'for_statement'
      ? loop
      : loop.children.find((child) => child.kind === 'for_in_clause');
  const iterable = clause?.child('right');
  return (
    !iterable ||
    LITERALS.test(iterable.kind) ||
    /^(range|count|itertools\.count|iter)\(/.test(iterable.text) ||
    isConstant(iterable, facts)
  );
}

const LITERALS = /^(list|tuple|set|dictionary|string)$/;

/** `USERS`, `USERS.items()`, `sorted(USERS)` of a literal that a module holds. */
function isConstant(node: PyNode, facts: Facts): boolean {
  const method = readMethodCall(node);
  if (method && /^(items|keys|values)$/.test(method.method.text))
    return isConstant(method.receiver, facts);
  const call = readCall(node);
  const [first] = call?.positional ?? [];
  if (call && first && /^(sorted|list|set|tuple|enumerate|reversed)$/.test(call.callee.text))
    return isConstant(first, facts);
  if (node.kind !== 'identifier' || node.text !== node.text.toUpperCase()) return false;
  const symbol = facts.symbols.symbolOf(facts.module, node);
  return symbol?.kind === 'definition' && LITERALS.test(symbol.binding.value?.kind ?? '');
}

/** A loop that leaves in the round that finds something. */
function endsAtOnce(node: PyNode, loop: PyNode): boolean {
  const body = loop.child('body');
  if (loop.kind !== 'for_statement' || !body) return false;
  return descendants(body, 'break_statement', 'return_statement').some(
    (each) => each.start > node.start,
  );
}
