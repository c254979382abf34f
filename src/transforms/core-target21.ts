// Rewrites what only 2.1 deprecates: tuples in types of statements, Numeric that meant Float, DISTINCT of a function.
import {
  calledName,
  readCall,
  readMethodCall,
  unparenthesized,
  type Call,
} from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { isExpression } from '../project/core/expressions.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { SELECTS } from '../sqlalchemy/classes.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

/** What may be executed, and has params() still. */
const STATEMENTS: readonly LibraryClass[] = [
  ...SELECTS,
  'sqlalchemy.TextClause',
  'sqlalchemy.TextualSelect',
  'sqlalchemy.orm.Query',
];
const TYPED = /^sqlalchemy\.(Row|Result|Select)$/;
const TUPLE = /^(typing\.Tuple|builtins\.tuple)$/;

export default defineTransform({
  id: 'core-target21',
  summary: 'Write types, DISTINCT and tests of numeric types as 2.1 wants them',
  rationale: 'Only with `--target-version 2.1`: 2.0 takes the older forms.',
  reference: 'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html',
  fixes: 'safe',
  rows: [
    'v21-typing-tuple',
    'isinstance-numeric',
    'distinct-function-misuse',
    'distinct-on',
    'param-methods-nonstmt',
  ],
  triggers: ['Tuple[', 'tuple[', 'Numeric', 'distinct(', 'params('],
  example: {
    before: 'stmt = select(sa.distinct(users.c.name))\n',
    after: 'stmt = select(users.c.name).distinct()\n',
    targetVersion: '2.1',
  },
  visit: {
    generic_type: typedTuple,
    subscript: typedTuple,
    call(node, context) {
      if (context.settings.targetVersion !== '2.1') return;
      const call = readCall(node);
      if (!call) return;
      const name = context.facts.qualifiedName(call.callee);
      const method = calledName(node) ?? '';
      if (/^(unique_)?params$/.test(method)) parametersOf(node, context);
      else if (name === 'sqlalchemy.select') distinctFunction(call, context);
      else if (name === 'builtins.isinstance') testNumeric(call, context);
      else if (node.child('function')?.child('attribute')?.text === 'distinct')
        distinctOn(call, context);
    },
  },
});

/** `Select[Tuple[int, str]]` becomes `Select[int, str]`. */
function typedTuple(node: PyNode, context: RuleContext): void {
  if (context.settings.targetVersion !== '2.1') return;
  const match = /^([\w.]+)\[\s*([\w.]+)\[([\s\S]*)\]\s*\]$/.exec(node.text);
  const [owner] = node.named;
  if (!match || !owner || !TYPED.test(context.facts.qualifiedName(owner) ?? '')) return;
  const [, , tuple = '', items = ''] = match;
  const start = node.text.indexOf('[') + 1;
  if (/\.\.\./.test(items) || !isTuple(tuple, node, context)) return;
  context.fix({
    at: node,
    message: 'the types of a row are given as a tuple',
    safety: 'safe',
    edits: [context.replace({ start: node.start + start, end: node.end - 1 }, items)],
  });
}

function isTuple(name: string, at: PyNode, { facts }: RuleContext): boolean {
  const symbol = facts.symbols.symbolNamed(facts.module, name, at);
  return symbol?.kind === 'library' && TUPLE.test(symbol.name);
}

function distinctFunction(call: Call, context: RuleContext): void {
  const [only] = call.list.named;
  const inner = readCall(only ?? null);
  const [column] = inner?.positional ?? [];
  if (!inner || !column || call.list.named.length > 1 || inner.list.named.length > 1) return;
  if (context.facts.qualifiedName(inner.callee) !== 'sqlalchemy.distinct') return;
  context.fix({
    at: call.node,
    message: '`select(distinct(…))`',
    safety: 'safe',
    edits: [
      context.replace({ start: inner.node.start, end: column.start }, ''),
      context.replace({ start: column.end, end: inner.node.end }, ''),
      context.after(call.node, '.distinct()'),
    ],
  });
}

function testNumeric(call: Call, context: RuleContext): void {
  const type = call.positional[1];
  if (!type || context.facts.qualifiedName(type) !== 'sqlalchemy.Numeric') return;
  const float = context.use('sqlalchemy.Float', type);
  context.fix({
    at: type,
    message: '`Float` is no `Numeric` in 2.1',
    safety: 'safe',
    edits: [context.replace(type, `(${type.text}, ${float.text})`)],
    uses: [float],
  });
}

function distinctOn(call: Call, context: RuleContext): void {
  const receiver = call.callee.child('object');
  if (!receiver || call.positional.length === 0) return;
  if (!isInstance(receiver, ['sqlalchemy.Select'], context.facts)) return;
  context.manual({
    at: call.node,
    message: '`distinct()` with columns',
    reason:
      'only PostgreSQL has it: write .ext(postgresql.distinct_on(…)), or .distinct() without columns',
  });
}

/** `(users.c.id == bindparam("id")).params(id=5)`. */
function parametersOf(node: PyNode, context: RuleContext): void {
  const call = readMethodCall(node);
  const { facts } = context;
  if (!call || isInstance(call.receiver, STATEMENTS, facts)) return;
  const inner = unparenthesized(call.receiver);
  const name = facts.qualifiedName(readCall(inner)?.callee ?? inner) ?? '';
  // Functions may be executed too.
  if (/^sqlalchemy\.(text|func\b.*)$/.test(name) || !isExpression(inner, facts)) return;
  const owner = readMethodCall(inner)?.receiver;
  if (owner && facts.qualifiedName(owner) === 'sqlalchemy.func') return;
  context.manual({
    at: node,
    message: `\`${call.method.text}()\` of an expression`,
    reason:
      '2.1 deprecates it: call params() of the whole statement, or pass the values to execute()',
  });
}
