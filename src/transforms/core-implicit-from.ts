// Makes the subqueries explicit that SELECT statements become in joins, in FROM, and where their columns are read.
import { calledName, readCall, unparenthesized, type Call } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { appendMethod } from '../project/core/append-method.ts';
import {
  fromArguments,
  heldStatement,
  isColumns,
  isJoinedSelect,
  isStatementJoin,
  sharesStatement,
  useOf,
  type HeldStatement,
  type StatementUse,
} from '../project/core/from-use.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Evidence } from '../project/values.ts';
import { SELECTS } from '../sqlalchemy/classes.ts';

const FROM = 'core-implicit-from';
const COLUMNS = 'core-select-c';
const JOINED = 'core-select-join';
const NOT_PROVEN = 'that it is a SELECT statement is not proven';

export default defineTransform({
  id: FROM,
  family: [
    {
      id: FROM,
      summary: 'Call `subquery()` on a statement that stands in FROM',
      rows: ['select-implicit-from'],
    },
    {
      id: COLUMNS,
      summary: 'Read columns from a subquery, not from the statement',
      rows: ['select-c'],
      rationale:
        'A statement has no columns of its own since 1.4: `.c` made a subquery of it, and is gone in 2.1.',
      example: {
        before:
          'latest = select(orders.c.user_id)\njoined = users.join(latest, latest.c.user_id == users.c.id)\n',
        after:
          'latest = select(orders.c.user_id).subquery()\njoined = users.join(latest, latest.c.user_id == users.c.id)\n',
      },
    },
    {
      id: JOINED,
      summary: '`join()` of a statement adds a JOIN to the statement since 1.4',
      rows: ['select-join-legacy'],
      fixes: 'none',
      rationale:
        'In 1.3 it joined a subquery of the statement; since 1.4 it gives the same statement with one more JOIN.',
      example: {
        before:
          'recent = select(users.c.id).join(orders, orders.c.id > 5)\nstmt = select(func.count()).select_from(recent)\n',
        after:
          'recent = select(users.c.id).join(orders, orders.c.id > 5)\nstmt = select(func.count()).select_from(recent)\n',
      },
    },
  ],
  summary: 'Call `subquery()` on a statement that stands in FROM',
  rationale:
    'A statement became a subquery by itself in FROM and in joins. 2.0 warns, 2.1 raises ArgumentError.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_14.html#a-select-statement-is-no-longer-implicitly-considered-to-be-a-from-clause',
  fixes: 'safe',
  rows: [],
  triggers: ['join(', 'join_from(', '.select_from(', 'alias(', '.c.', '.c[', '.c)', '.columns'],
  example: {
    before: 'total = select(func.count()).select_from(select(users.c.name).distinct())\n',
    after: 'total = select(func.count()).select_from(select(users.c.name).distinct().subquery())\n',
  },
  visit: {
    call(node, context) {
      if (calledName(node) === 'alias') return aliasFunction(node, context);
      const { facts } = context;
      if (isStatementJoin(node, facts)) return reportJoin(node, context);
      for (const item of fromArguments(node, facts)?.items ?? []) {
        const isSelect = isInstance(item, SELECTS, facts);
        const evidence = isSelect && weaker(isSelect, fromArguments(node, facts)?.evidence);
        if (evidence) propose({ node: item, kind: 'from' }, evidence, context);
      }
    },
    attribute(node, context) {
      if (!isColumns(node)) return;
      const receiver = node.child('object');
      const evidence = receiver && isInstance(receiver, SELECTS, context.facts);
      if (evidence) propose(useOf(receiver, context.facts), evidence, context);
    },
  },
});

function weaker(one: Evidence, other: Evidence | undefined): Evidence {
  return one === 'proven' && other === 'proven' ? 'proven' : 'likely';
}

function propose(use: StatementUse, evidence: Evidence, context: RuleContext): void {
  const { node, kind } = use;
  if (isJoinedSelect(node, context.facts)) {
    // Of a join of two statements the call itself is reported.
    if (!isStatementJoin(unparenthesized(node), context.facts)) reportJoin(node, context);
    return;
  }
  const inner = unparenthesized(node);
  if (inner.kind === 'call') return insert(use, inner, evidence, context);
  const held = heldStatement(inner, context.facts);
  if (!held) return ofAttribute(use, evidence, context);
  const asTable = held.uses.filter((each) => each.kind === 'columns' || each.kind === 'from');
  const isWhole = held.uses.every((each) => each.kind !== 'other');
  const hasColumns = asTable.some((each) => each.kind === 'columns');
  if (held.binding && isWhole && asTable.length > 0 && (hasColumns || held.uses.length > 1))
    return nameSubquery(use, held, evidence, context);
  if (kind === 'listing') return listColumns(use, evidence, context);
  if (hasColumns || sharesStatement(node, held.uses)) return report(use, context);
  insert(use, inner, evidence, context);
}

function reportJoin(node: PyNode, context: RuleContext): void {
  context.manual({
    at: node,
    message: 'a join of a statement is used as a table',
    reason:
      'since 1.4 join() adds a JOIN to the statement: write statement.subquery().join(…) for the join of 1.3, else statement.join(…).subquery()',
    rule: JOINED,
  });
}

/** The variable becomes the subquery: nothing uses it as a statement. */
function nameSubquery(
  use: StatementUse,
  { binding, uses }: HeldStatement,
  evidence: Evidence,
  context: RuleContext,
): void {
  const [first] = uses;
  if (first?.node !== use.node || !binding?.value) return;
  context.fix({
    at: use.node,
    message: `\`${use.node.text}\` is a statement that is used as a table`,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : NOT_PROVEN,
    edits: [appendMethod(unparenthesized(binding.value), '.subquery()', context)],
    rule: uses.some(({ kind }) => kind === 'columns') ? COLUMNS : FROM,
    sites: uses.length,
  });
}

function insert(
  { node, kind }: StatementUse,
  statement: PyNode,
  evidence: Evidence,
  context: RuleContext,
): void {
  context.fix({
    at: node,
    message: kind === 'from' ? 'a statement stands in FROM' : 'columns of a statement are read',
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : NOT_PROVEN,
    edits: [appendMethod(statement, '.subquery()', context)],
    rule: ruleOf({ node, kind }),
  });
}

/** `list(stmt.c)`, where the statement stays one. */
function listColumns({ node, kind }: StatementUse, evidence: Evidence, context: RuleContext): void {
  const name = node.parent?.child('attribute');
  if (!name) return;
  const isOfNames = /^(keys)$/.test(node.parent?.parent?.child('attribute')?.text ?? '');
  const isSafe = evidence === 'proven' && isOfNames;
  context.fix({
    at: node,
    message: 'the columns of a statement are listed',
    safety: isSafe ? 'safe' : 'unsafe',
    reason: isSafe ? '' : 'they were those of a subquery, and are those of the tables now',
    edits: [context.replace(name, 'selected_columns')],
    rule: ruleOf({ node, kind }),
  });
}

/** A statement in an attribute or subscript: who else reads its columns is not followed, only looked for in the text. */
function ofAttribute(use: StatementUse, evidence: Evidence, context: RuleContext): void {
  const text = use.node.text;
  const readsColumns = descendants(context.facts.module.tree.root, 'attribute').some(
    (each) => isColumns(each) && each.child('object')?.text === text,
  );
  if (use.kind !== 'from' || readsColumns || use.node.kind !== 'attribute')
    return report(use, context);
  insert(use, use.node, evidence, context);
}

function report(use: StatementUse, context: RuleContext): void {
  const { text } = use.node;
  context.manual({
    at: use.node,
    message: use.kind === 'from' ? 'a statement stands in FROM' : 'columns of a statement are read',
    reason: `make the subquery once (\`subq = ${text}.subquery()\`), and join it and read its columns; within the statement itself they are \`${text}.selected_columns\``,
    rule: ruleOf(use),
  });
}

function ruleOf({ kind }: StatementUse): string {
  return kind === 'from' ? FROM : COLUMNS;
}

/** `alias(stmt, "name")` becomes `stmt.subquery("name")`. */
function aliasFunction(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const call = readCall(node);
  if (!call || facts.qualifiedName(call.callee) !== 'sqlalchemy.alias') return;
  const [statement] = call.positional;
  const evidence = statement ? isInstance(statement, SELECTS, facts) : null;
  if (!statement || !evidence || isJoinedSelect(statement, facts)) return;
  const message = '`alias()` of a statement';
  if (!isPlainAlias(call, statement))
    return context.manual({
      at: node,
      message,
      reason: 'write statement.subquery("name")',
      rule: FROM,
    });
  const [, second] = call.list.named;
  const name = second ? context.source.slice(second.start, node.end - 1).trim() : '';
  context.fix({
    at: node,
    message,
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : NOT_PROVEN,
    edits: [
      context.replace({ start: node.start, end: statement.start }, ''),
      context.replace({ start: statement.end, end: node.end }, `.subquery(${name})`),
    ],
    rule: FROM,
  });
}

function isPlainAlias({ list, keywords, starred, doubleStarred }: Call, first: PyNode): boolean {
  return (
    !starred &&
    !doubleStarred &&
    list.named.length < 3 &&
    keywords.every(({ name }) => name === 'name') &&
    (first.kind === 'call' || first.kind === 'identifier') &&
    !list.children.some((child) => child.kind === 'comment')
  );
}
