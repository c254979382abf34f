// Replaces `create_engine(…, strategy=…)`. Only the strategy "mock" has a function of its own; the others are gone.
import type { Edit } from '../edits/edit.ts';
import { itemRemovals, keyword, readCall, type Call } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { spreadArguments } from '../project/core/spread-keywords.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'engine-strategy',
  summary: 'Make mock engines by `create_mock_engine()`',
  rationale: 'The argument `strategy` of `create_engine()` is deprecated, and takes only "mock".',
  reference: 'https://docs.sqlalchemy.org/en/20/core/engines.html#sqlalchemy.create_mock_engine',
  fixes: 'safe',
  rows: ['create-engine-strategy'],
  triggers: ['strategy'],
  example: {
    before:
      'def dump(sql, *multiparams, **params):\n    print(sql.compile(dialect=engine.dialect))\n\n\nengine = create_engine("postgresql://", strategy="mock", executor=dump)\n',
    after:
      'def dump(sql, *multiparams, **params):\n    print(sql.compile(dialect=engine.dialect))\n\n\nengine = create_mock_engine("postgresql://", executor=dump)\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const own = call?.keywords.find(({ name }) => name === 'strategy');
      const spread =
        call && !own
          ? spreadArguments(call, context.facts).find(({ name }) => name === 'strategy')
          : undefined;
      const argument = own ?? spread;
      if (!call || !argument) return;
      if (context.facts.qualifiedName(call.callee) !== 'sqlalchemy.create_engine') return;
      // Code that asks whether the function is there has it already.
      if (
        /\bcreate_mock_engine\b/.test(enclosing(node, 'try_statement', 'if_statement')?.text ?? '')
      )
        return;
      const strategy = stringValue(argument.value);
      if (own && strategy === 'mock') return mock(call, argument.node, context);
      if (own && strategy === 'plain') return drop(call, argument.node, context);
      context.manual({
        at: argument.node,
        message: `\`create_engine(strategy=…)\`${own ? '' : ', passed by a dict'}`,
        reason:
          strategy === 'threadlocal'
            ? 'it is gone: open one connection, `with engine.begin() as conn:`, and pass it on to what belongs to the transaction'
            : 'it is gone: for "mock" call create_mock_engine(url, executor), else drop it',
      });
    },
  },
});

function drop(call: Call, argument: PyNode, context: RuleContext): void {
  context.fix({
    at: argument,
    message: '`create_engine(strategy="plain")`',
    safety: 'safe',
    edits: removed(call, argument, context),
  });
}

function removed(call: Call, argument: PyNode, context: RuleContext): readonly Edit[] {
  return itemRemovals(call.list, [argument]).map((span) => context.replace(span, ''));
}

function mock(call: Call, argument: PyNode, context: RuleContext): void {
  const message = '`create_engine(strategy="mock")`';
  const executor = keyword(call, 'executor');
  if (!executor)
    return context.manual({
      at: argument,
      message,
      reason: 'call create_mock_engine(url, executor)',
    });
  const use = context.use('sqlalchemy.create_mock_engine', call.node);
  const doubt = doubtOf(executor, context);
  context.fix({
    at: call.node,
    message,
    safety: doubt === '' ? 'safe' : 'unsafe',
    reason: doubt,
    edits: [context.replace(call.callee, use.text), ...removed(call, argument, context)],
    uses: [use],
  });
}

/** The executor of 2.x is called with the parameters too, None where there are none. */
function doubtOf(executor: PyNode, context: RuleContext): string {
  const binding = executor.kind === 'identifier' ? context.facts.definition(executor) : null;
  const fn = executor.kind === 'lambda' ? executor : binding?.value;
  if (fn?.kind !== 'lambda' && fn?.kind !== 'function_definition')
    return '2.x calls the executor with the statement and its parameters: whether it takes both is not known';
  const parameters = fn.child('parameters')?.named ?? [];
  const rest = parameters.slice(1);
  if (rest.length === 0 && parameters[0]?.kind !== 'list_splat_pattern')
    return '2.x calls the executor with the statement and its parameters: let it take both';
  const names = rest.map(({ text }) => /\w+/.exec(text)?.[0] ?? '');
  const body = fn.child('body');
  const isRead =
    body !== null && descendants(body, 'identifier').some(({ text }) => names.includes(text));
  return isRead || parameters[0]?.kind === 'list_splat_pattern'
    ? 'the executor reads the parameters, which are None in 2.x where a statement has none'
    : '';
}
