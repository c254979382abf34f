// Rewrites the arguments that select(), insert(), update() and delete() of tables took in 1.x into methods.
import { keyword, readCall, readMethodCall, type Call, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { rewriteLegacyDml } from '../project/core/legacy-dml.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Evidence } from '../project/values.ts';
import { DML_ARGUMENTS } from '../sqlalchemy/dml-arguments.ts';
import { DERIVED_TABLES, TABLES } from '../sqlalchemy/classes.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

const ARGUMENTS = 'core-dml-arguments';
const SELECT = 'core-table-select';

const FROM_CLAUSES: readonly LibraryClass[] = [...TABLES, ...DERIVED_TABLES, 'sqlalchemy.Exists'];
const FUNCTION = /^sqlalchemy\.(?:dialects\.\w+\.)?(insert|update|delete)$/;

export default defineTransform({
  id: ARGUMENTS,
  family: [
    {
      id: ARGUMENTS,
      summary: 'Give values, criteria and options of DML statements through methods',
      rows: [
        'insert-args',
        'update-args',
        'update-preserve-order',
        'delete-args',
        'dml-ctor-kwargs',
        'dml-dialect-kwargs',
      ],
    },
    {
      id: SELECT,
      summary: 'Filter `table.select()` with `where()`',
      rows: ['fromclause-select-where'],
      example: {
        before: 'stmt = users.select(users.c.id == 5)\n',
        after: 'stmt = users.select().where(users.c.id == 5)\n',
      },
    },
  ],
  summary: 'Statements of tables take no arguments: methods replace them',
  rationale: '2.0 takes only the table, and raises TypeError for anything else.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#insert-update-delete-dml-no-longer-accept-keyword-constructor-arguments',
  fixes: 'safe',
  rows: [],
  triggers: ['.select(', 'insert(', 'update(', 'delete('],
  example: {
    before: 'stmt = users.update(users.c.id == 5, {"name": "Ann"})\n',
    after: 'stmt = users.update().where(users.c.id == 5).values({"name": "Ann"})\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call || call.list.kind !== 'argument_list') return;
      const name = FUNCTION.exec(context.facts.qualifiedName(call.callee) ?? '')?.[1];
      if (name !== undefined) ofFunction(call, name, context);
      else ofMethod(call, context);
    },
  },
});

function ofFunction(call: Call, name: string, context: RuleContext): void {
  const table = call.positional[0] ?? keyword(call, 'table');
  if (!table || call.list.named.length < 2) return;
  rewrite(call, name, table, 'proven', context);
}

function ofMethod(call: Call, context: RuleContext): void {
  const method = readMethodCall(call.node);
  const name = method?.method.text ?? '';
  if (!method || call.list.named.length === 0 || !DML_ARGUMENTS.has(name)) return;
  const classes = name === 'select' ? FROM_CLAUSES : TABLES;
  const evidence =
    isInstance(method.receiver, classes, context.facts) ?? (comparesOwn(method) ? 'likely' : null);
  if (evidence) rewrite(call, name, null, evidence, context);
}

/** Whether the first argument compares columns of the receiver, as in `table.update(table.c.id == 5)`. */
function comparesOwn({ receiver, positional: [first] }: MethodCall): boolean {
  const isComparison = first?.kind === 'comparison_operator' || first?.kind === 'call';
  return isComparison && first.text.includes(`${receiver.text}.c.`);
}

function rewrite(
  call: Call,
  name: string,
  table: PyNode | null,
  evidence: Evidence,
  context: RuleContext,
): void {
  const rule = name === 'select' ? SELECT : ARGUMENTS;
  const message = `\`${name}()\` with arguments that methods replace`;
  const result = rewriteLegacyDml(call, name, table, context);
  if ('refusal' in result)
    return context.manual({
      at: call.node,
      message,
      reason: `${result.refusal}; use methods: where(), values(), returning()`,
      rule,
    });
  const doubts = [...result.doubts];
  if (evidence !== 'proven') doubts.push('it is probably, but not provably, a table');
  context.fix({
    at: call.node,
    message,
    safety: doubts.length === 0 ? 'safe' : 'unsafe',
    reason: doubts.join('; '),
    edits: result.edits,
    uses: result.uses,
    rule,
  });
}
