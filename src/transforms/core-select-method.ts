// Rewrites methods of statements that are gone: apply_labels(), append_…(), select() of a select, keyword arguments of union().
import {
  itemRemovals,
  readCall,
  readMethodCall,
  type Call,
  type MethodCall,
} from '../python/calls.ts';
import { isDisplay } from '../python/displays.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { ownsLines } from '../project/core/blocks.ts';
import { isJoinedSelect } from '../project/core/from-use.ts';
import { isInstance } from '../project/core/receivers.ts';
import { isSequence, unpackEdits } from '../project/core/sequences.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { DML, SELECTS } from '../sqlalchemy/classes.ts';
import type { LibraryClass } from '../sqlalchemy/returns.ts';

const LABELS = 'core-apply-labels';
const APPEND = 'core-select-append';
const NESTED = 'core-select-select';
const COMPOUND = 'core-compound-arguments';
const IN = 'core-in-subquery';
const LIST = 'core-list-argument';

const STYLE = 'sqlalchemy.LABEL_STYLE_TABLENAME_PLUS_COL';
/** What changed a statement in place, and what gives a changed copy. */
const APPENDS: ReadonlyMap<string, string> = new Map([
  ['append_column', 'add_columns'],
  ['append_correlation', 'correlate'],
  ['append_from', 'select_from'],
  ['append_group_by', 'group_by'],
  ['append_having', 'having'],
  ['append_order_by', 'order_by'],
  ['append_prefix', 'prefix_with'],
  ['append_whereclause', 'where'],
]);
const COMPOUNDS = /^sqlalchemy\.(except_|except_all|intersect|intersect_all|union|union_all)$/;
const CLAUSES: ReadonlySet<string> = new Set(['group_by', 'limit', 'offset', 'order_by']);
const LISTS: ReadonlySet<string> = new Set([
  'add_columns',
  'group_by',
  'order_by',
  'returning',
  'with_entities',
]);
const REFERENCE = 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html';

export default defineTransform({
  id: LABELS,
  family: [
    {
      id: LABELS,
      summary: 'Replace `apply_labels()` with `set_label_style()`',
      rows: ['apply-labels'],
    },
    {
      id: APPEND,
      summary: 'Assign what the method gives instead of changing a statement in place',
      rows: ['select-append'],
      example: {
        before: 'stmt = select(users)\nstmt.append_whereclause(users.c.id == 5)\n',
        after: 'stmt = select(users)\nstmt = stmt.where(users.c.id == 5)\n',
      },
    },
    {
      id: NESTED,
      summary: 'Make a subquery before selecting from a select',
      rows: ['select-select'],
      example: {
        before: 'stmt = select(users).select()\n',
        after: 'stmt = select(users).subquery().select()\n',
      },
    },
    {
      id: COMPOUND,
      summary: 'Order and limit a union through methods',
      rows: ['compound-kwargs'],
      example: {
        before: 'stmt = sa.union(select(users.c.id), select(orders.c.id), limit=5)\n',
        after: 'stmt = sa.union(select(users.c.id), select(orders.c.id)).limit(5)\n',
      },
    },
    {
      id: IN,
      summary: 'Pass the statement to `in_()`, not a subquery of it',
      rows: ['in-subquery'],
      example: {
        before: 'stmt = select(users).where(users.c.id.in_(select(orders.c.user_id).subquery()))\n',
        after: 'stmt = select(users).where(users.c.id.in_(select(orders.c.user_id)))\n',
      },
    },
    {
      id: LIST,
      summary: 'Pass columns one by one to methods of statements',
      rows: ['structural-list-arg'],
      example: {
        before: 'stmt = select(users).order_by([users.c.name, users.c.id])\n',
        after: 'stmt = select(users).order_by(users.c.name, users.c.id)\n',
      },
    },
  ],
  summary: 'Replace methods of statements that are gone',
  rationale: '2.0 has no statements that change in place, and no implicit subqueries.',
  reference: REFERENCE,
  fixes: 'safe',
  rows: [],
  triggers: [
    '.apply_labels(',
    '.append_',
    '.select(',
    'union',
    'except_',
    'intersect',
    '.in_(',
    '.order_by(',
    '.group_by(',
    '.returning(',
    '.add_columns(',
  ],
  example: {
    before: 'stmt = select(users).apply_labels()\n',
    after: 'stmt = select(users).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (call && COMPOUNDS.test(context.facts.qualifiedName(call.callee) ?? ''))
        return compoundArguments(call, context);
      const method = readMethodCall(node);
      if (!method) return;
      const name = method.method.text;
      if (name === 'apply_labels') applyLabels(method, context);
      else if (name === 'select') nestedSelect(method, context);
      else if (name === 'in_' || name === 'notin_' || name === 'not_in')
        inSubquery(method, context);
      else if (LISTS.has(name)) listArgument(method, context);
      else if (APPENDS.has(name)) append(method, context);
    },
  },
});

function applyLabels({ receiver, method, list, node }: MethodCall, context: RuleContext): void {
  const evidence = isInstance(receiver, SELECTS, context.facts);
  if (!evidence || list.named.length > 0) return;
  const style = context.use(STYLE, node);
  context.fix({
    at: node,
    message: '`apply_labels()`',
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'the receiver is not proven to be a statement',
    edits: [
      context.replace({ start: method.start, end: node.end }, `set_label_style(${style.text})`),
    ],
    uses: [style],
    rule: LABELS,
  });
}

function nestedSelect({ receiver, list, node }: MethodCall, context: RuleContext): void {
  if (isInstance(receiver, SELECTS, context.facts) !== 'proven') return;
  const isJoin = isJoinedSelect(receiver, context.facts);
  if (list.named.length > 0 || isJoin)
    return context.manual({
      at: node,
      message: isJoin ? '`select()` of a join of a statement' : '`select()` of a select',
      reason: isJoin
        ? 'since 1.4 join() adds a JOIN to the statement: write select(statement.subquery().join(…)) for the join of 1.3'
        : 'write statement.subquery().select().where(…), with the columns of the subquery',
      rule: NESTED,
    });
  context.fix({
    at: node,
    message: '`select()` of a select',
    safety: 'safe',
    edits: [context.after(receiver, '.subquery()')],
    rule: NESTED,
  });
}

function append(call: MethodCall, context: RuleContext): void {
  const { receiver, method, node } = call;
  const evidence = isInstance(receiver, ['sqlalchemy.Select'], context.facts);
  const statement = node.parent;
  if (!evidence || call.keywords.length > 0) return;
  const message = `\`Select.${method.text}()\` changes the statement in place`;
  const name = APPENDS.get(method.text) ?? '';
  if (
    receiver.kind !== 'identifier' ||
    statement?.kind !== 'expression_statement' ||
    !ownsLines(statement)
  )
    return context.manual({
      at: node,
      message,
      reason: `assign what ${name}() gives to everything that holds the statement`,
      rule: APPEND,
    });
  const isAlone = evidence === 'proven' && isHeldByNoOther(receiver, statement, context);
  context.fix({
    at: node,
    message,
    safety: isAlone ? 'safe' : 'unsafe',
    reason: isAlone ? '' : 'what else holds the statement does not see the change any more',
    edits: [context.before(statement, `${receiver.text} = `), context.replace(method, name)],
    rule: APPEND,
  });
}

/** Whether a local variable is the only one that holds the statement up to a place. */
function isHeldByNoOther(name: PyNode, statement: PyNode, { facts }: RuleContext): boolean {
  const found = facts.binding.lookup(name.text, name);
  if (!found || found.scope !== facts.binding.scopeOf(name)) return false;
  const made = found.bindings.every(
    ({ kind, value }) => kind === 'assignment' && value !== null && value.kind === 'call',
  );
  const loop = enclosing(statement, 'for_statement', 'while_statement');
  return (
    made &&
    facts.binding.references(found.scope, name.text).every((use) => {
      if (facts.binding.scopeOf(use) !== found.scope) return false;
      const isReceiver = use.parent?.kind === 'attribute' && use.field === 'object';
      return isReceiver || (use.start > statement.end && loop === null);
    })
  );
}

function compoundArguments(call: Call, context: RuleContext): void {
  const old = call.keywords;
  if (old.length === 0 || call.doubleStarred) return;
  const message = `\`${call.callee.text}()\` with keyword arguments`;
  const unknown = old.find(({ name }) => !CLAUSES.has(name) && name !== 'bind');
  const hasComment = descendants(call.list, 'comment').length > 0;
  if (unknown || hasComment)
    return context.manual({
      at: call.node,
      message,
      reason: `use methods${unknown ? ` for ${unknown.name}=` : ''}: .order_by(), .limit(), .set_label_style(), .with_for_update()`,
      rule: COMPOUND,
    });
  const kept = old.filter(({ name, value }) => name !== 'bind' && value.kind !== 'none');
  const text = kept.map(({ name, value }) => `.${name}(${argumentText(value, context)})`).join('');
  const hasBind = old.some(({ name, value }) => name === 'bind' && value.kind !== 'none');
  context.fix({
    at: call.node,
    message,
    safety: hasBind ? 'unsafe' : 'safe',
    reason: hasBind ? 'bind= chose the engine that executes the statement' : '',
    edits: [
      ...itemRemovals(
        call.list,
        old.map(({ node }) => node),
      ).map((span) => context.replace(span, '')),
      context.after(call.node, text),
    ],
    rule: COMPOUND,
  });
}

function argumentText(value: PyNode, { facts }: RuleContext): string {
  if (isDisplay(value)) return value.named.map((item) => item.text).join(', ');
  return isSequence(value, facts) ? `*${value.text}` : value.text;
}

function inSubquery({ positional: [argument], list }: MethodCall, context: RuleContext): void {
  const inner = argument ? readMethodCall(argument) : null;
  if (!argument || !inner || list.named.length > 1) return;
  if (!/^(subquery|alias)$/.test(inner.method.text) || inner.list.named.length > 0) return;
  if (isInstance(inner.receiver, SELECTS, context.facts) !== 'proven') return;
  context.fix({
    at: argument,
    message: 'a subquery is passed to `in_()`',
    safety: 'safe',
    edits: [context.replace({ start: inner.receiver.end, end: argument.end }, '')],
    rule: IN,
  });
}

function listArgument(
  { receiver, positional: [first], list, method, node }: MethodCall,
  context: RuleContext,
): void {
  if (!first || list.named.length > 1 || !isDisplay(first) || first.kind === 'tuple') return;
  const classes: readonly LibraryClass[] =
    method.text === 'returning' ? DML : [...SELECTS, 'sqlalchemy.orm.Query'];
  const evidence = isInstance(receiver, classes, context.facts);
  if (!evidence) return;
  context.fix({
    at: node,
    message: `\`${method.text}()\` with a list`,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'the receiver is not proven to be a statement',
    edits: unpackEdits(first, context),
    rule: LIST,
  });
}
