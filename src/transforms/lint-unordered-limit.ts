// Reports limits of queries that say no order: which rows come is up to the database.
import { defineTransform } from '../project/rule.ts';
import { readCall, readMethodCall, unparenthesized, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

const ORDERED: ReadonlySet<string> = new Set([
  'limit',
  'order_by',
  'where',
  'filter',
  'filter_by',
  'get',
  'with_for_update',
]);

export default defineTransform({
  id: 'lint-unordered-limit',
  summary: 'Say an order where only some rows are taken',
  rationale: 'Without ORDER BY a database may return any rows, and other ones the next time.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/selectable.html#sqlalchemy.sql.expression.Select.limit',
  fixes: 'none',
  stillRuns: true,
  optIn: true,
  rows: ['lint-unordered-limit'],
  triggers: ['.limit(', '.first('],
  example: {
    before: 'page = session.scalars(select(User).limit(10).offset(20)).all()\n',
    after: 'page = session.scalars(select(User).limit(10).offset(20)).all()\n',
  },
  explanation: {
    failure:
      'Pages overlap or leave rows out as soon as the database changes its plan, after an UPDATE, a VACUUM, or with parallel scans. Tests on a small table never show it. Only some databases refuse.',
    traceback:
      'sqlalchemy.exc.CompileError: MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause',
    remedy:
      'Order by something unique: `.order_by(User.id)`, or `.order_by(User.name, User.id)`. MSSQL and Oracle ask for it anyway.',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (!call || !/^(limit|first)$/.test(call.method.text)) return;
      const [amount] = call.positional;
      const isLimit = call.method.text === 'limit';
      // One row is often asked for to see whether there is any.
      if (isLimit && (!amount || amount.text === '1' || amount.text === 'None')) return;
      const chain = chainOf(node, context.facts.qualifiedName);
      if (
        !chain ||
        chain.links.some(({ method }) =>
          isLimit ? method.text === 'order_by' : ORDERED.has(method.text),
        )
      )
        return;
      const [entity] = chain.head.positional;
      if (
        !entity ||
        !chain.head.positional.some((each) => context.facts.mappedClass(each) !== null)
      )
        return;
      context.manual({
        at: call.method,
        message: `\`${call.method.text}()\` of a query without an order`,
        reason: 'add order_by() with a unique column',
        possible: true,
      });
    },
  },
});

interface Chain {
  readonly head: NonNullable<ReturnType<typeof readCall>>;
  readonly links: readonly MethodCall[];
}

/** The chain of `select(…)` or `session.query(…)` around a call, links before and after it included. */
function chainOf(node: PyNode, nameOf: (node: PyNode) => string | null): Chain | null {
  let outer = node;
  for (let each = node; each.parent; each = each.parent) {
    if (!/^(attribute|call|parenthesized_expression|await)$/.test(each.parent.kind)) break;
    if (each.parent.kind === 'call' && each.field !== 'function') break;
    outer = each.parent;
  }
  const links: MethodCall[] = [];
  let base = outer.kind === 'attribute' ? (outer.child('object') ?? outer) : outer;
  for (;;) {
    base = unparenthesized(base.kind === 'await' ? (base.named[0] ?? base) : base);
    const link = readMethodCall(base);
    const call = readCall(base);
    const name = call && nameOf(call.callee);
    if (call && (name === 'sqlalchemy.select' || link?.method.text === 'query'))
      return { head: call, links };
    if (!link) return null;
    // The statement of `session.scalars(select(…)).first()` is the argument.
    if (/^(scalars|execute|exec|scalar)$/.test(link.method.text) && link.positional[0])
      base = link.positional[0];
    else {
      links.push(link);
      base = link.receiver;
    }
  }
}
