// Rewrites what 2.x results and rows answer differently: keys, primary keys, iteration, typing accessors. Rows as mappings are row-str-index's.
import { readCall, readMethodCall } from '../python/calls.ts';
import { isDisplay } from '../python/displays.ts';
import type { PyNode } from '../python/tree.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const KEYS = 'row-result-keys';
const PRIMARY = 'row-primary-key';
const NEXT = 'row-result-next';
const MAPPING = 'row-isinstance-mapping';
const CLASH = 'row-name-clash';
const TYPED = 'row-typed';

const RESULTS = ['sqlalchemy.Result'] as const;
const ROWS = ['sqlalchemy.Row'] as const;
const MAPPINGS = /^(builtins\.dict|(collections\.abc|typing|collections)\.(Mutable)?Mapping)$/;

export default defineTransform({
  id: KEYS,
  family: [
    {
      id: KEYS,
      summary: 'Make a list of `Result.keys()` before indexing it',
      rows: ['result-keys'],
    },
    {
      id: PRIMARY,
      summary: 'Compare `inserted_primary_key` as a list',
      rows: ['inserted-primary-key'],
      example: {
        before: 'is_first = connection.execute(users.insert()).inserted_primary_key == [1]\n',
        after: 'is_first = list(connection.execute(users.insert()).inserted_primary_key) == [1]\n',
      },
    },
    {
      id: NEXT,
      summary: 'Replace `Result.next()`',
      rows: ['result-legacy-methods'],
      example: {
        before: 'row = connection.execute(select(users)).next()\n',
        after: 'row = next(connection.execute(select(users)))\n',
      },
    },
    {
      id: MAPPING,
      summary: 'A row is tested for being a mapping',
      rows: ['row-isinstance-mapping'],
      example: {
        before: 'row = connection.execute(select(users)).first()\nprint(isinstance(row, dict))\n',
        after: 'row = connection.execute(select(users)).first()\nprint(isinstance(row, dict))\n',
      },
    },
    {
      id: CLASH,
      summary: 'Read columns that are called like methods of tuples through `_mapping`',
      rows: ['row-name-clash'],
      example: {
        before: 'row = connection.execute(select(users)).one()\nprint(row.count > 1)\n',
        after: 'row = connection.execute(select(users)).one()\nprint(row._mapping["count"] > 1)\n',
      },
    },
    {
      id: TYPED,
      summary: 'Drop the typing accessors of rows and results, which 2.1 deprecates',
      rows: ['row-t'],
      example: {
        before: 'row = connection.execute(select(users)).one().t\n',
        after: 'row = connection.execute(select(users)).one()\n',
        targetVersion: '2.1',
      },
    },
  ],
  summary: 'Rewrite what results and rows answer differently',
  rationale: 'Keys are a view and rows are named tuples.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#result-rows-behave-like-named-tuples',
  fixes: 'safe',
  rows: [],
  triggers: [
    '.keys()',
    'inserted_primary_key',
    '.next()',
    'isinstance(',
    '.count',
    '.index',
    '.t',
    '.tuple',
  ],
  example: {
    before: 'name = connection.execute(select(users)).keys()[0]\n',
    after: 'name = list(connection.execute(select(users)).keys())[0]\n',
  },
  visit: {
    subscript(node, context) {
      const value = node.child('value');
      if (value) keysAsList(value, context);
    },
    binary_operator(node, context) {
      const left = node.child('left');
      const right = node.child('right');
      if (!left || !right || !node.token('+')) return;
      keysAsList(left, context);
      besideList(left, right, context);
    },
    comparison_operator(node, context) {
      const [left, right] = node.named;
      if (left && right && (node.token('==') || node.token('!='))) besideList(left, right, context);
    },
    call(node, context) {
      const call = readCall(node);
      const [tested, type] = call?.positional ?? [];
      if (
        call &&
        tested &&
        type &&
        context.facts.qualifiedName(call.callee) === 'builtins.isinstance'
      )
        testMapping(node, tested, type, context);
      const method = readMethodCall(node);
      if (!method || method.list.named.length > 0) return;
      const name = method.method.text;
      if (name === 'next') callNext(node, method.receiver, context);
      else if (/^_?tuples?$/.test(name))
        dropAccessor(node, method.receiver, name === 'tuples', context);
    },
    attribute(node, context) {
      const receiver = node.child('object');
      const name = node.child('attribute')?.text ?? '';
      if (!receiver) return;
      if (/^(count|index)$/.test(name)) nameClash(node, receiver, name, context);
      else if (name === 't' || name === '_t') dropAccessor(node, receiver, false, context);
    },
  },
});

function keysAsList(node: PyNode, context: RuleContext): void {
  const call = readMethodCall(node);
  if (call?.method.text !== 'keys' || call.list.named.length > 0) return;
  const evidence = isInstance(call.receiver, RESULTS, context.facts);
  if (!evidence) return;
  const list = context.use('builtins.list', node);
  context.fix({
    at: node,
    message: '`Result.keys()` is used as a list',
    safety: evidence === 'proven' ? 'safe' : 'unsafe',
    reason: evidence === 'proven' ? '' : 'the receiver is not proven to be a result',
    edits: [context.before(node, `${list.text}(`), context.after(node, ')')],
    uses: [list],
    rule: KEYS,
  });
}

/** `key == [5]`, `[5] == key`, `key + [5]`: a row is equal to no list, and cannot be added to one. */
function besideList(left: PyNode, right: PyNode, context: RuleContext): void {
  if (isDisplay(right) && right.kind === 'list') primaryKey(left, context);
  if (isDisplay(left) && left.kind === 'list') primaryKey(right, context);
}

function primaryKey(node: PyNode, context: RuleContext): void {
  if (node.kind !== 'attribute' || node.child('attribute')?.text !== 'inserted_primary_key') return;
  const list = context.use('builtins.list', node);
  context.fix({
    at: node,
    message: '`inserted_primary_key` is used as a list',
    safety: 'safe',
    edits: [context.before(node, `${list.text}(`), context.after(node, ')')],
    uses: [list],
    rule: PRIMARY,
  });
}

function callNext(node: PyNode, receiver: PyNode, context: RuleContext): void {
  if (isInstance(receiver, RESULTS, context.facts) !== 'proven') return;
  const next = context.use('builtins.next', node);
  context.fix({
    at: node,
    message: '`Result.next()`',
    safety: 'safe',
    edits: [
      context.before(receiver, `${next.text}(`),
      context.replace({ start: receiver.end, end: node.end }, ')'),
    ],
    uses: [next],
    rule: NEXT,
  });
}

function testMapping(node: PyNode, tested: PyNode, type: PyNode, context: RuleContext): void {
  const types = type.kind === 'tuple' ? type.named : [type];
  if (!types.some((each) => MAPPINGS.test(context.facts.qualifiedName(each) ?? ''))) return;
  if (isInstance(tested, ROWS, context.facts) !== 'proven') return;
  context.manual({
    at: node,
    message: 'a row is tested for being a mapping',
    reason:
      'a row is a named tuple: test for sqlalchemy.Row, and read row._mapping or row._asdict()',
    rule: MAPPING,
  });
}

/** A method of tuples hides a column of that name; nobody compares or adds a method. */
function nameClash(node: PyNode, receiver: PyNode, name: string, context: RuleContext): void {
  const { parent } = node;
  if (node.field === 'function') return;
  if (!parent || !/operator|argument_list|interpolation|assignment/.test(parent.kind)) return;
  if (node.field === 'left' && parent.kind === 'assignment') return;
  if (isInstance(receiver, ROWS, context.facts) !== 'proven') return;
  context.fix({
    at: node,
    message: `\`row.${name}\` is the method of tuples`,
    safety: 'unsafe',
    reason: 'that the row has a column of that name is not proven',
    edits: [context.replace({ start: receiver.end, end: node.end }, `._mapping["${name}"]`)],
    rule: CLASH,
  });
}

function dropAccessor(
  node: PyNode,
  receiver: PyNode,
  ofResult: boolean,
  context: RuleContext,
): void {
  if (context.settings.targetVersion !== '2.1') return;
  if (isInstance(receiver, ofResult ? RESULTS : ROWS, context.facts) !== 'proven') return;
  context.fix({
    at: node,
    message: 'a typing accessor that 2.1 deprecates',
    safety: 'safe',
    edits: [context.replace({ start: receiver.end, end: node.end }, '')],
    rule: TYPED,
  });
}
