// Rewrites rows that are used as mappings: `row["x"]`, `"x" in row`, `row.keys()`, `dict(row)`, `**row`.
import type { Edit } from '../edits/edit.ts';
import { dottedParts, readCall, readMethodCall } from '../python/calls.ts';
import { isIdentifier } from '../python/keywords.ts';
import { readString, stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { isCoreRow } from '../project/core/core-rows.ts';
import { isColumn } from '../project/core/expressions.ts';
import {
  handlesMissingKey,
  handlesNoRow,
  isIterated,
  isKeyVariable,
  rowEvidence,
} from '../project/core/rows.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { isLibrarySubclass } from '../sqlalchemy/returns.ts';
import { ROW_ATTRIBUTES, ROW_METHODS } from '../sqlalchemy/row.ts';

const INDEX = 'row-str-index';
const CONTAINS = 'row-contains';
const METHODS = 'row-dict-methods';
const DICT = 'row-dict';
const NO_ROW =
  'a handler around it catches the TypeError of None["x"]; now a missing row raises AttributeError';

/** What names of columns are called. */
const KEY_NAME = /^(.*_)?(attr|attribute|col|column|field|key|label|name)$/i;

/** Places that need no parentheses around a comparison. */
const BARE: ReadonlySet<string> = new Set([
  'argument_list',
  'assignment',
  'boolean_operator',
  'parenthesized_expression',
  'return_statement',
]);

export default defineTransform({
  id: INDEX,
  family: [
    {
      id: INDEX,
      summary: 'Read columns of a row as attributes, or through `_mapping`',
      rows: ['row-str-index', 'row-col-index'],
    },
    {
      id: CONTAINS,
      summary: 'Test for a column through `Row._mapping`',
      rows: ['row-contains'],
      example: {
        before:
          'for row in connection.execute(text("SELECT * FROM users")):\n    print("age" in row)\n',
        after:
          'for row in connection.execute(text("SELECT * FROM users")):\n    print("age" in row._mapping)\n',
      },
    },
    {
      id: METHODS,
      summary: 'Call mapping methods of a row on `Row._mapping`',
      rows: ['row-dict-methods'],
      example: {
        before: 'for row in session.execute(stmt):\n    print(row.items())\n',
        after: 'for row in session.execute(stmt):\n    print(list(row._mapping.items()))\n',
      },
    },
    {
      id: DICT,
      summary: 'Make dictionaries of rows through `Row._mapping`',
      rows: ['row-dict', 'rows-to-dicts'],
      example: {
        before: 'names = [dict(row) for row in session.execute(stmt)]\n',
        after: 'names = [dict(row._mapping) for row in session.execute(stmt)]\n',
      },
    },
  ],
  summary: 'Rows are named tuples, not mappings',
  rationale:
    'A row of 2.0 is a tuple: its keys and columns are reached through attributes and `_mapping`.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#result-rows-act-like-named-tuples',
  fixes: 'safe',
  rows: [
    'row-str-index',
    'row-col-index',
    'row-contains',
    'row-dict-methods',
    'row-dict',
    'rows-to-dicts',
  ],
  triggers: ['.execute(', '.query(', 'Row', '.fetchone(', '.fetchall(', '.first('],
  example: {
    before: 'names = [row["name"] for row in session.execute(stmt)]\n',
    after: 'names = [row.name for row in session.execute(stmt)]\n',
  },
  visit: {
    subscript(node, context) {
      const [row, index, ...more] = node.named;
      if (!row || !index || more.length > 0 || index.kind === 'slice') return;
      const kind = keyKind(index, context);
      if (kind === 'position') return;
      if (rowEvidence(row, context.facts) === null) return;
      if (kind === 'unknown') return;
      if (kind === 'likely-key')
        return context.manual({
          at: node,
          message: 'index of a row',
          reason: 'a position stays as it is; if it is a name or a column, write row._mapping[…]',
        });
      propose(
        INDEX,
        '`row[…]` with a name or a column',
        row,
        node,
        keyEdits(node, row, index, context),
        context,
        handlesNoRow(node) ? NO_ROW : '',
      );
    },
    comparison_operator(node, context) {
      const [left, right, ...more] = node.named;
      if (!left || !right || more.length > 0 || !(node.token('in') ?? node.token('not in'))) return;
      if (!rowEvidence(right, context.facts)) return;
      const isCore = isCoreRow(right, context.facts);
      if (keyKind(left, context) !== 'key') {
        if (isCore)
          context.manual({
            at: node,
            message: '`in` with a row',
            reason: '1.x tested the names, 2.0 tests the values; for the names write row._mapping',
            rule: CONTAINS,
          });
        return;
      }
      const doubt = isCore
        ? ''
        : 'rows of queries and ORM statements tested their values since 1.4';
      propose(
        CONTAINS,
        '`in` with a row tests its values',
        right,
        node,
        mapped(right, context),
        context,
        doubt,
      );
    },
    call(node, context) {
      mappingMethod(node, context);
      dictOf(node, context);
      dictsOf(node, context);
    },
    dictionary_splat(node, context) {
      const [row] = node.named;
      if (row && rowEvidence(row, context.facts))
        propose(DICT, '`**row`', row, node, mapped(row, context), context);
    },
    binary_operator(node, context) {
      const [template, row] = [node.child('left'), node.child('right')];
      if (!template || !row || !node.token('%') || !readString(template)) return;
      if (/%\(/.test(template.text) && rowEvidence(row, context.facts))
        propose(DICT, '`"%(name)s" % row`', row, node, mapped(row, context), context);
    },
  },
});

/** What an index or the left side of `in` is. */
function keyKind(
  index: PyNode,
  { facts }: RuleContext,
): 'key' | 'likely-key' | 'position' | 'unknown' {
  if (readString(index) || isKeyVariable(index, facts)) return 'key';
  if (index.kind === 'integer' || index.kind === 'unary_operator') return 'position';
  if (index.kind === 'attribute' && isColumn(index, facts)) return 'key';
  const inferred = facts.infer(index);
  const of = inferred?.value.kind === 'instance' ? inferred.value.of : null;
  if (of === 'builtins.int') return 'position';
  const isKey = of === 'builtins.str' || of === 'sqlalchemy.Column';
  if (isKey && inferred?.evidence === 'proven') return 'key';
  return isKey || KEY_NAME.test(dottedParts(index)?.at(-1) ?? '') ? 'likely-key' : 'unknown';
}

function keyEdits(node: PyNode, row: PyNode, index: PyNode, context: RuleContext): readonly Edit[] {
  const name = stringValue(index);
  const isAttribute =
    name !== null &&
    isIdentifier(name) &&
    !name.startsWith('_') &&
    !ROW_ATTRIBUTES.has(name) &&
    !handlesMissingKey(node);
  if (isAttribute) return [context.replace({ start: row.end, end: node.end }, `.${name}`)];
  return mapped(row, context);
}

/** `row` to `row._mapping`. */
function mapped(row: PyNode, context: RuleContext): readonly Edit[] {
  if (/^(identifier|attribute|call|subscript|parenthesized_expression)$/.test(row.kind))
    return [context.after(row, '._mapping')];
  return [context.before(row, '('), context.after(row, ')._mapping')];
}

function mappingMethod(node: PyNode, context: RuleContext): void {
  const call = readMethodCall(node);
  if (!call) return;
  const { method, receiver, list } = call;
  const name = ROW_METHODS.get(method.text);
  const [key] = call.positional;
  const isTest = method.text === 'has_key' && key !== undefined && list.named.length === 1;
  if (!isTest && (name === undefined || list.named.length > 0)) return;
  if (!rowEvidence(receiver, context.facts)) return;
  const message = `\`row.${method.text}()\``;
  if (isTest) {
    const text = `${key.text} in ${receiver.text}._mapping`;
    const bare = node.field === 'condition' || BARE.has(node.parent?.kind ?? '');
    return propose(
      METHODS,
      message,
      receiver,
      node,
      [context.replace(node, bare ? text : `(${text})`)],
      context,
    );
  }
  const edits: Edit[] = [...mapped(receiver, context)];
  if (name !== method.text) edits.push(context.replace(method, name ?? ''));
  if (!isIterated(node, context.facts)) {
    const wrapper = method.text.startsWith('iter') ? 'iter' : 'list';
    edits.push(context.before(node, `${wrapper}(`), context.after(node, ')'));
  }
  propose(METHODS, message, receiver, node, edits, context);
}

function dictOf(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  const [row] = call?.positional ?? [];
  if (!call || !row || call.positional.length !== 1) return;
  const isFormat = readMethodCall(node)?.method.text === 'format_map';
  const isDict = /^(builtins\.dict|collections\.OrderedDict)$/.test(
    context.facts.qualifiedName(call.callee) ?? '',
  );
  if ((isFormat || isDict) && rowEvidence(row, context.facts))
    propose(
      DICT,
      isDict ? '`dict(row)`' : '`format_map(row)`',
      row,
      node,
      mapped(row, context),
      context,
    );
}

/** `map(dict, rows)` */
function dictsOf(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const call = readCall(node);
  const [made, rows] = call?.positional ?? [];
  if (!call || !made || !rows || call.list.named.length !== 2) return;
  if (facts.qualifiedName(call.callee) !== 'builtins.map') return;
  if (facts.qualifiedName(made) !== 'builtins.dict') return;
  const inferred = facts.infer(rows);
  const { value } = inferred ?? {};
  if (value?.kind !== 'instance' || value.element?.kind !== 'instance') return;
  if (!isLibrarySubclass(value.element.of, 'sqlalchemy.Row')) return;
  const isResult = isLibrarySubclass(value.of, 'sqlalchemy.Result');
  const isProven = inferred?.evidence === 'proven';
  context.fix({
    at: node,
    message: '`map(dict, rows)`',
    safety: isProven ? 'safe' : 'unsafe',
    reason: isProven ? '' : 'the values are probably, but not provably, rows',
    edits: isResult
      ? [context.after(rows, '.mappings()')]
      : [context.before(rows, '(row._mapping for row in '), context.after(rows, ')')],
    evidence: inferred?.trail ?? [],
    rule: DICT,
  });
}

function propose(
  rule: string,
  message: string,
  row: PyNode,
  at: PyNode,
  edits: readonly Edit[],
  context: RuleContext,
  doubt = '',
): void {
  const evidence = rowEvidence(row, context.facts);
  const reason = evidence === 'proven' ? doubt : 'the value is probably, but not provably, a row';
  context.fix({
    at,
    message,
    safety: reason === '' ? 'safe' : 'unsafe',
    reason,
    edits,
    evidence: context.facts.infer(row)?.trail ?? [],
    rule,
  });
}
