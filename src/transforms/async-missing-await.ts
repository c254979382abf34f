// Reports calls of an AsyncSession or AsyncConnection that nothing awaits, and whose coroutine is used as if it were the result.
import { functionOf, isAsync } from '../project/asyncio/sessions.ts';
import { isInstance } from '../project/core/receivers.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readMethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

const SESSION: ReadonlySet<string> = new Set(
  'close commit connection delete execute flush get get_one invalidate merge refresh rollback run_sync scalar scalars stream stream_scalars'.split(
    ' ',
  ),
);
const CONNECTION: ReadonlySet<string> = new Set(
  'close commit execute exec_driver_sql execution_options rollback run_sync scalar scalars'.split(
    ' ',
  ),
);

export default defineTransform({
  id: 'async-missing-await',
  summary: 'Await what an AsyncSession executes',
  rationale:
    'Without `await` the statement is never sent, and the coroutine has none of the members of a result.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#synopsis-orm',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['async-missing-await'],
  triggers: [...new Set([...SESSION, ...CONNECTION])].map((name) => `.${name}(`),
  example: {
    before: 'users = session.execute(select(User)).scalars().all()\nsession.commit()\n',
    after:
      'users = (await session.execute(select(User))).scalars().all()\nawait session.commit()\n',
  },
  explanation: {
    failure:
      'A call that stands alone, such as `session.commit()`, does nothing at all: the data is lost, with no more than a warning when the coroutine is collected. A call whose result is used fails at the next attribute.',
    traceback:
      "RuntimeWarning: coroutine 'AsyncSession.commit' was never awaited\n\nAttributeError: 'coroutine' object has no attribute 'scalars'\n\nTypeError: 'coroutine' object is not iterable",
    remedy:
      'Write `await`, with parentheses where the result is used at once: `(await session.execute(statement)).scalars()`. `add`, `add_all`, `expunge`, `expire` and `begin` are not awaited.',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (!call || (!SESSION.has(call.method.text) && !CONNECTION.has(call.method.text))) return;
      const { facts } = context;
      const use = useOf(node) ?? (isUsedAsResult(node, facts) ? 'result' : null);
      if (use === null) return;
      if (!facts.asyncFacts().usesAsync) return;
      const session = isInstance(call.receiver, ['sqlalchemy.ext.asyncio.AsyncSession'], facts);
      const connection = isInstance(
        call.receiver,
        ['sqlalchemy.ext.asyncio.AsyncConnection'],
        facts,
      );
      const isOurs =
        (session === 'proven' && SESSION.has(call.method.text)) ||
        (connection === 'proven' && CONNECTION.has(call.method.text));
      // Listeners get the plain object, whatever their annotation says.
      if (isOurs && !isListener(functionOf(node))) report(node, use, context);
    },
  },
});

/** How the coroutine is used: as a statement of its own, or as the result that it is not; `null` where it may be awaited later. */
function useOf(node: PyNode): 'alone' | 'result' | null {
  const { parent } = node;
  switch (parent?.kind) {
    case 'expression_statement':
      return 'alone';
    case 'attribute':
      return node.field === 'object' &&
        !/^(close|send|throw|cr_\w+)$/.test(parent.child('attribute')?.text ?? '')
        ? 'result'
        : null;
    case 'subscript':
      return node.field === 'value' ? 'result' : null;
    case 'for_statement':
    case 'for_in_clause':
      return node.field === 'right' ? 'result' : null;
    case 'binary_operator':
    case 'comparison_operator':
    case 'unary_operator':
    case 'not_operator':
      return 'result';
    case 'if_statement':
    case 'elif_clause':
    case 'while_statement':
      return node.field === 'condition' ? 'result' : null;
    default:
      return null;
  }
}

/** `result = session.execute(…)`, where all that is done with `result` is to use it as one. */
function isUsedAsResult(node: PyNode, facts: Facts): boolean {
  const target = node.parent?.kind === 'assignment' ? node.parent.child('left') : null;
  if (target?.kind !== 'identifier' || node.parent?.child('type')) return false;
  const place = facts.binding.lookup(target.text, target);
  if (place?.scope.kind !== 'function' || place.bindings.length !== 1) return false;
  const uses = facts.binding.references(place.scope, target.text);
  return uses.length > 0 && uses.every((use) => useOf(use) === 'result');
}

function report(node: PyNode, use: 'alone' | 'result', context: RuleContext): void {
  const message = `\`${node.child('function')?.text ?? ''}()\` is not awaited`;
  const isLoop = node.parent?.kind === 'for_statement' && node.parent.token('async') !== null;
  if (!isAsync(functionOf(node)) || insideLambda(node) || isLoop)
    return context.manual({
      at: node,
      message,
      reason: isLoop
        ? 'write `async for row in await …`'
        : 'the function must be `async def`, and its callers must await it',
    });
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: 'the statement is sent now, which it was not before',
    edits:
      use === 'alone' || !/^(attribute|subscript)$/.test(node.parent?.kind ?? '')
        ? [context.before(node, 'await ')]
        : [context.before(node, '(await '), context.after(node, ')')],
  });
}

function isListener(definition: PyNode | null): boolean {
  const decorated = definition?.parent?.kind === 'decorated_definition' ? definition.parent : null;
  return (
    decorated?.children.some(
      (child) => child.kind === 'decorator' && /listens_for\(/.test(child.text),
    ) ?? false
  );
}

function insideLambda(node: PyNode): boolean {
  const definition = functionOf(node);
  for (let each = node.parent; each && each !== definition; each = each.parent)
    if (each.kind === 'lambda') return true;
  return false;
}
