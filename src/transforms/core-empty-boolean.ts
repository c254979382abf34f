// Finds and_() and or_() without elements: written so, or with a list that starts empty and is filled under conditions only.
import type { Binding } from '../binder/scope.ts';
import { calledName, readCall, readMethodCall, type Call } from '../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../python/tree.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const CRITERIA: ReadonlySet<string> = new Set(['filter', 'having', 'where']);
const CONDITIONS = [
  'if_statement',
  'elif_clause',
  'else_clause',
  'for_statement',
  'while_statement',
  'match_statement',
] as const;

export default defineTransform({
  id: 'core-empty-boolean',
  summary: 'Give `and_()` and `or_()` an element where they may have none',
  rationale:
    'Without elements they render nothing. That is deprecated since 1.4: each call warns, and later versions raise.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.and_',
  fixes: 'safe',
  rows: ['empty-boolean-list'],
  triggers: ['and_(', 'or_('],
  stillRuns: true,
  example: {
    before:
      'conditions = []\nif name:\n    conditions.append(User.name == name)\nstmt = select(User).where(and_(*conditions))\n',
    after:
      'conditions = []\nif name:\n    conditions.append(User.name == name)\nstmt = select(User).where(and_(true(), *conditions))\n',
  },
  visit: {
    call(node, context) {
      const name = calledName(node);
      if (name !== 'and_' && name !== 'or_') return;
      const call = readCall(node);
      if (!call || call.list.named.length > 1 || !mayBeEmpty(call, context.facts)) return;
      if (context.facts.qualifiedName(call.callee) !== `sqlalchemy.${name}`) return;
      if (name === 'and_' && isCriterion(node)) return addTrue(call, context);
      context.manual({
        at: node,
        message: `\`${name}()\` may have no elements`,
        reason:
          name === 'and_'
            ? 'then it renders nothing: write and_(true(), …), unless it may stand within or_() or not_(), where true() counts'
            : 'then it renders nothing, and filters nothing: call it only where there are elements, or write or_(false(), …) to find nothing',
        possible: true,
      });
    },
  },
});

/** Whether a call is a criterion by itself. */
function isCriterion({ parent }: PyNode): boolean {
  const outer = parent?.kind === 'argument_list' ? readMethodCall(parent.parent) : null;
  return outer !== null && CRITERIA.has(outer.method.text);
}

function addTrue({ node, list, positional: [elements] }: Call, context: RuleContext): void {
  const name = context.use('sqlalchemy.true', node);
  const inside = { start: list.start + 1, end: list.start + 1 };
  context.fix({
    at: node,
    message: '`and_()` may have no elements',
    safety: 'safe',
    edits: [
      elements
        ? context.before(elements, `${name.text}(), `)
        : context.replace(inside, `${name.text}()`),
    ],
    uses: [name],
  });
}

/** Whether a call surely has no elements, or those of a list that is only filled under conditions. */
function mayBeEmpty({ list, positional: [only] }: Call, facts: Facts): boolean {
  if (list.kind !== 'argument_list') return false;
  if (list.named.length === 0) return true;
  const name = only?.kind === 'list_splat' ? only.named[0] : null;
  return name?.kind === 'identifier' && startsEmpty(name, facts);
}

function startsEmpty(name: PyNode, facts: Facts): boolean {
  const found = facts.binding.lookup(name.text, name);
  if (found?.scope.kind !== 'function') return false;
  const { scope, bindings } = found;
  const [first, ...others] = bindings.filter(({ kind }) => kind !== 'augmented');
  if (!first || others.length > 0 || !isEmptyList(first)) return false;
  const uses = facts.binding.references(scope, name.text);
  const fills = [
    ...bindings.filter(({ kind }) => kind === 'augmented').map(({ statement }) => statement),
    ...uses.flatMap((use) => fillOf(use) ?? []),
  ].filter((fill) => fill.start < name.start);
  return (
    fills.length > 0 &&
    fills.every((fill) => isConditional(fill, name, scope.node)) &&
    uses.every((use) => fillOf(use) !== null || isRead(use)) &&
    !isTested([name.text, ...fills.flatMap(iterated)], scope.node)
  );
}

function isEmptyList({ kind, value, path }: Binding): boolean {
  if (kind !== 'assignment' || path.length > 0) return false;
  return value?.kind === 'list' && value.named.length === 0;
}

/** The call of `append()` on the list. */
function fillOf(use: PyNode): PyNode | null {
  const attribute = use.field === 'object' ? use.parent : null;
  const call = attribute?.parent ?? null;
  return /^(append|extend|insert)$/.test(calledName(call ?? use) ?? '') ? call : null;
}

/** Whether the list is unpacked, or more is added to it. */
function isRead({ parent, field }: PyNode): boolean {
  return (
    parent?.kind === 'list_splat' || (parent?.kind === 'augmented_assignment' && field === 'left')
  );
}

/** Whether a statement that fills the list may be skipped on the way to where it is read. Of `if` and `else`, one is run. */
function isConditional(fill: PyNode, name: PyNode, scope: PyNode): boolean {
  const condition = enclosing(fill, ...CONDITIONS);
  if (!condition || condition.kind === 'else_clause') return false;
  return contains(scope, condition) && !contains(condition, name);
}

/** The names in what the loops around a statement iterate. */
function iterated(fill: PyNode): readonly string[] {
  const loop = enclosing(fill, 'for_statement');
  const right = loop?.child('right');
  if (!loop || !right) return [];
  return [...descendants(right, 'identifier').map(({ text }) => text), ...iterated(loop)];
}

/** Whether the function asks somewhere if the list, or what it is filled from, is empty. */
function isTested(names: readonly string[], scope: PyNode): boolean {
  const conditions = descendants(
    scope,
    'if_statement',
    'elif_clause',
    'while_statement',
    'conditional_expression',
    'assert_statement',
    'boolean_operator',
    'not_operator',
  ).map((each) =>
    /^(conditional|boolean|not)/.test(each.kind) ? each : (each.child('condition') ?? each),
  );
  return conditions.some((each) =>
    descendants(each, 'identifier').some(({ text }) => names.includes(text)),
  );
}
