// Rewrites SQL strings and legacy parameters that a Connection executes.
import { stringValue } from '../python/strings.ts';
import { readMethodCall, type MethodCall } from '../python/calls.ts';
import type { Edit } from '../edits/edit.ts';
import { commitAfter } from '../project/core/commit.ts';
import { rewriteExecution, type Execution } from '../project/core/driver-sql.ts';
import { CONNECTIONS, receiverEvidence } from '../project/core/receivers.ts';
import { givenKind } from '../project/core/given-kind.ts';
import { transactionFrom } from '../project/core/connection-origin.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const STR = 'conn-execute-str';
const PARAMS = 'conn-execute-params';
const METHODS: ReadonlySet<string> = new Set(['execute', 'scalar', 'scalars']);

export default defineTransform({
  id: STR,
  family: [
    {
      id: STR,
      summary: 'Wrap SQL strings passed to a Connection in `text()`, or execute them as driver SQL',
      rows: ['conn-execute-str', 'conn-execute-str-params'],
    },
    {
      id: PARAMS,
      summary: 'Pass the parameters of `Connection.execute()` as one dictionary or list',
      rows: ['conn-execute-kwargs', 'conn-execute-multi'],
      example: {
        before:
          'rows = connection.execute(select(users).where(users.c.id == bindparam("id")), id=5)\n',
        after:
          'rows = connection.execute(select(users).where(users.c.id == bindparam("id")), {"id": 5})\n',
      },
    },
  ],
  summary: 'Rewrite the arguments of `Connection.execute()` that 2.0 refuses',
  rationale: '2.0 takes a statement object and one dictionary, or a list of them.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#execute-method-more-strict-execution-options-are-more-prominent',
  fixes: 'safe',
  rows: [
    'conn-execute-str',
    'conn-execute-str-params',
    'conn-execute-kwargs',
    'conn-execute-multi',
  ],
  triggers: ['.execute(', '.scalar(', '.scalars('],
  example: {
    before: 'connection.execute("SELECT name FROM users WHERE id = %s", 5)\n',
    after: 'connection.exec_driver_sql("SELECT name FROM users WHERE id = %s", (5,))\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node, METHODS);
      if (!call) return;
      const evidence = receiverEvidence(call.receiver, CONNECTIONS, context);
      if (!evidence) return;
      const execution = rewriteExecution(call, context);
      const message = `\`Connection.${call.method.text}()\` with legacy arguments`;
      if ('refusal' in execution) {
        if (call.positional.length > 0)
          context.manual({
            at: node,
            message,
            reason: `${execution.refusal}; ${advice(call, context)}`,
            rule: PARAMS,
          });
        return;
      }
      if (execution.old.length === 0) return;
      const rule = execution.old.includes('str') ? STR : PARAMS;
      const doubts = [execution.reason];
      if (evidence !== 'proven')
        doubts.push('the receiver is probably, but not provably, a Connection');
      const commit = commitEdits(call, context);
      if ('refusal' in commit)
        return context.manual({ at: node, message, reason: commit.refusal, rule });
      doubts.push(commit.doubt);
      const reason = doubts.filter((doubt) => doubt !== '').join('; ');
      context.fix({
        at: node,
        message,
        safety: reason === '' ? 'safe' : 'unsafe',
        reason,
        edits: [...execution.edits, ...methodEdits(call, execution, context), ...commit.edits],
        uses: execution.uses,
        evidence: context.facts.infer(call.receiver)?.trail ?? [],
        rule,
      });
    },
  },
});

/** What to pass: placeholders without names take tuples, and `text()` takes none of them. */
function advice({ positional: [statement] }: MethodCall, { facts }: RuleContext): string {
  const source = statement?.kind === 'identifier' ? facts.definition(statement)?.value : null;
  const text = stringValue(source ?? statement ?? null);
  const placeholder = /%s|\?/.exec(text ?? '')?.[0];
  if (placeholder)
    return `for its \`${placeholder}\`, pass one tuple, or a list of tuples, to \`exec_driver_sql()\`; or write names (\`:name\`) in \`text()\` and pass one dictionary`;
  return text === null
    ? 'pass one dictionary, or a list of them; where the statement is a string with `%s` or `?`, one tuple or a list of them, to `exec_driver_sql()`'
    : 'pass one dictionary, or a list of them';
}

function methodEdits(
  call: MethodCall,
  { isDriverSql }: Execution,
  context: RuleContext,
): readonly Edit[] {
  if (!isDriverSql) return [];
  const { method, node } = call;
  const edits: Edit[] = [context.replace(method, 'exec_driver_sql')];
  if (method.text !== 'execute') edits.push(context.after(node, `.${method.text}()`));
  return edits;
}

/** 1.x committed a write by itself where no transaction was begun. */
function commitEdits(
  call: MethodCall,
  context: RuleContext,
): { readonly edits: readonly Edit[]; readonly doubt: string } | { readonly refusal: string } {
  const [statement] = call.positional;
  const kind = statement ? givenKind(statement, context.facts) : 'unknown';
  if (kind === 'read') return { edits: [], doubt: '' };
  const transaction = transactionFrom(call.receiver, context.facts);
  if (transaction === 'begun') return { edits: [], doubt: '' };
  const isWrite = kind === 'write' || kind === 'dialect';
  const edits =
    isWrite && /^(local|handed)$/.test(transaction)
      ? commitAfter(call.node, call.receiver, context)
      : null;
  if (edits)
    return {
      edits,
      doubt: [
        kind === 'write' ? '' : '1.x committed it by itself on PostgreSQL or MySQL only',
        transaction === 'local' ? '' : 'the connection is opened elsewhere, without a transaction',
      ]
        .filter((doubt) => doubt !== '')
        .join('; '),
    };
  // 1.4 goes on to commit it.
  const isLost = context.settings.targetVersion !== '1.4';
  if (isLost && isWrite && /^(local|handed|mixed)$/.test(transaction))
    return {
      refusal:
        '1.x committed the write by itself, 2.0 rolls it back, and no commit can follow here: open the connection with engine.begin()',
    };
  return {
    edits: [],
    doubt:
      '1.x committed a write by itself if no transaction was begun: 2.0 needs `engine.begin()` or a commit',
  };
}
