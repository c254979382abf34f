// Rewrites execute() and scalar() of an Engine: the statement moves into a block that opens a Connection.
import type { Edit } from '../edits/edit.ts';
import { readCall } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { indentEdits, indentOf, indentUnit, openEdit } from '../project/core/blocks.ts';
import { connectionName, valueName } from '../project/core/connection-name.ts';
import { rewriteExecution } from '../project/core/driver-sql.ts';
import {
  SIMPLE,
  hostOf,
  readEngineCall,
  type EngineCall,
  type EngineHost,
} from '../project/core/engine-site.ts';
import { valueBefore } from '../project/core/hoisted-value.ts';
import { statementKind, type StatementKind } from '../project/core/statement-kind.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';

const REASONS: Readonly<Record<StatementKind, string>> = {
  read: '',
  write: '',
  dialect: 'whether 1.x committed this statement by itself depends on the database',
  unknown:
    'it is not known whether the statement writes: begin() commits, which 1.x did for writes only',
};

export default defineTransform({
  id: 'engine-execute',
  summary: 'Execute on a Connection instead of the Engine',
  rationale:
    'Engine.execute() is gone. Where 1.x committed by itself, the block is `engine.begin()`, which commits; else `engine.connect()`.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#implicit-and-connectionless-execution-bound-metadata-removed',
  fixes: 'safe',
  rows: [
    'engine-execute-read',
    'engine-execute-write',
    'engine-execute-escaping-result',
    'engine-execute-unknown',
    'engine-scalar',
  ],
  triggers: ['.execute(', '.scalar('],
  example: {
    before: 'rows = engine.execute("SELECT name FROM users").fetchall()\n',
    after:
      'with engine.connect() as conn:\n    rows = conn.execute(text("SELECT name FROM users")).fetchall()\n',
  },
  visit: {
    call(node, context) {
      const site = readEngineCall(node, context);
      if (!site) return;
      const message = `\`Engine.${site.call.method.text}()\``;
      const refuse = (reason: string): void => context.manual({ at: node, message, reason });
      const host = hostOf(node, context);
      if ('refusal' in host)
        return refuse(`${host.refusal}; open a connection with engine.connect() or engine.begin()`);
      if (host.calls[0]?.call.node !== node) return;
      const plan = planBlock(host, context);
      if ('refusal' in plan) return refuse(plan.refusal);
      const reason = doubtsOf(host, plan).join('; ');
      context.fix({
        at: { start: node.start, end: Math.max(node.end, host.last.end) },
        message,
        safety: reason === '' ? 'safe' : 'unsafe',
        reason,
        edits: plan.edits,
        uses: plan.uses,
        evidence: context.facts.infer(site.call.receiver)?.trail ?? [],
      });
    },
  },
});

interface Plan {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly kind: StatementKind;
  readonly doubts: readonly string[];
}

function planBlock(host: EngineHost, context: RuleContext): Plan | { readonly refusal: string } {
  const [first, ...others] = host.calls;
  const receiver = first?.call.receiver.text ?? '';
  if (!first || receiver.includes('\n'))
    return { refusal: 'the engine is a long expression; name it first' };
  if (others.some(({ call }) => call.receiver.text !== receiver))
    return { refusal: 'the statement executes on several engines; split it' };
  const kinds = host.calls.map(({ call }) =>
    call.positional[0] ? statementKind(call.positional[0], context.facts) : 'unknown',
  );
  const kind = kinds.find((each) => each !== 'read') ?? 'read';
  if (kind !== 'read' && others.length > 0)
    return { refusal: 'each call of the statement had a transaction of its own; split it' };
  if (host.isShared && kind !== 'read')
    return {
      refusal:
        '1.x committed it before other code ran that stands before the last read of its result',
    };
  const name = connectionName(host.first, depthOf(host.first, context), context.facts);
  if (name === null) return { refusal: 'every name for the connection is taken' };
  const edits: Edit[] = [];
  const uses: NameUse[] = [];
  const doubts: string[] = [];
  for (const each of host.calls) {
    const rewrite = callEdits(each, name, host, context);
    if ('refusal' in rewrite) return rewrite;
    edits.push(...rewrite.edits);
    uses.push(...rewrite.uses);
    if (rewrite.doubt !== '') doubts.push(rewrite.doubt);
  }
  const header = `with ${receiver}.${kind === 'read' ? 'connect' : 'begin'}() as ${name}:`;
  const whole = host.condition ?? (SIMPLE.has(host.first.kind) ? host.first : null);
  const isShort = kind !== 'read' && host.first === host.last;
  const value = whole && isShort ? valueBefore(first.call.node, whole, context.facts) : null;
  if (value && 'refusal' in value) return value;
  const part = value ?? host.condition;
  const frame = part
    ? partEdits(host.first, part, header, context)
    : blockEdits(host, header, context);
  return frame === null
    ? { refusal: 'every name for the value is taken' }
    : { edits: [...frame, ...edits], uses, kind, doubts };
}

function callEdits(
  { call, evidence }: EngineCall,
  name: string,
  host: EngineHost,
  context: RuleContext,
):
  | { edits: readonly Edit[]; uses: readonly NameUse[]; doubt: string }
  | { readonly refusal: string } {
  const execution = rewriteExecution(call, context);
  if ('refusal' in execution) return execution;
  const edits: Edit[] = [context.replace(call.receiver, name), ...execution.edits];
  if (execution.isDriverSql) {
    edits.push(context.replace(call.method, 'exec_driver_sql'));
    if (call.method.text === 'scalar') edits.push(context.after(call.node, '.scalar()'));
  }
  if (host.readsAll) edits.push(context.after(call.node, '.all()'));
  const doubts = [
    execution.reason,
    evidence === 'proven' ? '' : 'the receiver is probably, but not provably, an Engine',
  ];
  return { edits, uses: execution.uses, doubt: doubts.filter((doubt) => doubt !== '').join('; ') };
}

function blockEdits(host: EngineHost, header: string, context: RuleContext): readonly Edit[] {
  const { first, last } = host;
  const unit = indentUnit(first);
  const statements =
    first.parent?.named.filter((each) => each.start >= first.start && each.end <= last.end) ?? [];
  return [
    openEdit(first, `${header}\n${indentOf(first)}${unit}`, context),
    ...indentEdits({ start: first.start, end: last.end }, unit, statements, context),
  ];
}

/** A part of the statement is computed in the block, and the rest of it runs after it. */
function partEdits(
  statement: PyNode,
  part: PyNode,
  header: string,
  context: RuleContext,
): readonly Edit[] | null {
  const name = valueName(statement, context.facts);
  if (name === null) return null;
  const indent = indentOf(statement);
  const unit = indentUnit(statement);
  const before = { start: statement.start, end: part.start };
  const rest = context.source.slice(before.start, before.end);
  return [
    openEdit(statement, `${header}\n${indent}${unit}`, context),
    context.replace(before, `${name} = `),
    ...indentEdits(part, unit, [part], context),
    context.after(part, `\n${indent}${rest}${name}`),
  ];
}

function doubtsOf(host: EngineHost, { kind, doubts }: Plan): readonly string[] {
  return [
    REASONS[kind],
    host.isLong && kind === 'write'
      ? '1.x committed before the rows were read, the block commits after it'
      : '',
    host.readsAll && kind === 'write' ? 'its rows are read at once' : '',
    host.isShared ? 'its connection stays open while other code runs' : '',
    host.isConditional ? 'the connection is opened even where the call is not reached' : '',
    ...doubts,
  ].filter((doubt) => doubt !== '');
}

/** How many enclosing loops will hold a connection of their own. */
function depthOf(statement: PyNode, context: RuleContext): number {
  let depth = 0;
  for (
    let each = enclosing(statement, 'for_statement');
    each;
    each = enclosing(each, 'for_statement')
  ) {
    const iterated = readCall(each.child('right'));
    if (iterated && readEngineCall(iterated.node, context)) depth++;
  }
  return depth;
}
