// Rewrites members of sessions that 2.x keeps but has a newer form for. All of it is opt-in, for nothing breaks without it.
import { keyword, readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { receiverEvidence, SESSIONS } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const BULK = 'session-bulk';
const KEY = 'session-identity-key';
const DEREF = 'session-get-attribute';

const STATEMENTS: ReadonlyMap<string, string> = new Map([
  ['bulk_insert_mappings', 'insert'],
  ['bulk_update_mappings', 'update'],
]);

export default defineTransform({
  id: BULK,
  family: [
    {
      id: BULK,
      summary: 'Replace `bulk_insert_mappings()` and `bulk_update_mappings()` by statements',
      rows: ['session-bulk'],
      fixes: 'unsafe',
    },
    {
      id: KEY,
      summary: 'Call the function `identity_key()`',
      rows: ['session-identity-key'],
      rationale: '`Session.identity_key()` is an alias of the function.',
      reference:
        'https://docs.sqlalchemy.org/en/20/orm/mapping_api.html#sqlalchemy.orm.util.identity_key',
      example: {
        before: 'key = session.identity_key(User, 5)\n',
        after: 'key = identity_key(User, 5)\n',
      },
    },
    {
      id: DEREF,
      summary: 'Read attributes of `get_one()`, which is never None',
      rows: ['session-get-or-none-typing'],
      rationale:
        '`Session.get()` may give None, which type checkers report where an attribute is read.',
      reference:
        'https://docs.sqlalchemy.org/en/20/orm/session_api.html#sqlalchemy.orm.Session.get_one',
      fixes: 'unsafe',
      example: {
        before: 'name = session.get(User, user_id).name\n',
        after: 'name = session.get_one(User, user_id).name\n',
      },
    },
  ],
  summary: 'Use the newer forms of what sessions still have',
  rationale: 'The bulk methods are legacy: statements take lists of dictionaries since 2.0.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/queryguide/dml.html#orm-bulk-insert-statements',
  fixes: 'safe',
  optIn: true,
  stillRuns: true,
  rows: [],
  triggers: ['.bulk_', '.identity_key(', '.get('],
  example: {
    before: 'session.bulk_insert_mappings(User, [{"name": "Ann"}])\n',
    after: 'session.execute(insert(User), [{"name": "Ann"}])\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      const name = call?.method.text ?? '';
      if (!call || !/^(bulk_\w+|identity_key)$/.test(name)) return;
      if (receiverEvidence(call.receiver, SESSIONS, context) !== 'proven') return;
      if (name === 'identity_key') return identityKey(call, context);
      const statement = STATEMENTS.get(name);
      if (statement !== undefined) bulk(call, statement, context);
      else if (name === 'bulk_save_objects') saveObjects(call, context);
    },
    attribute(node, context) {
      const call = readMethodCall(node.child('object'));
      if (call?.method.text === 'get' && context.settings.targetVersion !== '1.4')
        dereference(node, call, context);
    },
  },
});

function identityKey({ node, callee }: MethodCall, context: RuleContext): void {
  const use = context.use('sqlalchemy.orm.util.identity_key', node);
  context.fix({
    at: node,
    message: '`Session.identity_key()`',
    safety: 'safe',
    edits: [context.replace(callee, use.text)],
    uses: [use],
    rule: KEY,
  });
}

function bulk(call: MethodCall, name: string, context: RuleContext): void {
  const [model, rows] = call.positional;
  if (context.settings.targetVersion === '1.4') return;
  const message = `\`Session.${call.method.text}()\``;
  const isPlain = model && rows && call.list.named.length === 2 && !call.starred;
  // An INSERT with an empty list writes a row of defaults, where the method did nothing.
  const isFilled = rows?.kind === 'list' && rows.named.length > 0 && rows.named.every(isDictionary);
  if (!isPlain || (name === 'insert' && !isFilled))
    return context.manual({
      at: call.node,
      message,
      reason: isPlain
        ? `write \`if rows:\` and session.execute(${name}(Model), rows): an empty list would write a row of defaults`
        : `write session.execute(${name}(Model), rows); render_nulls= is an execution option, return_defaults= is returning()`,
      possible: true,
      rule: BULK,
    });
  const use = context.use(`sqlalchemy.${name}`, call.node);
  context.fix({
    at: call.node,
    message,
    safety: 'unsafe',
    reason:
      name === 'insert'
        ? 'execute() flushes what is pending first'
        : 'execute() flushes what is pending first, and changes the objects in the session too',
    edits: [
      context.replace(call.method, 'execute'),
      context.before(model, `${use.text}(`),
      context.after(model, ')'),
    ],
    uses: [use],
    rule: BULK,
  });
}

function isDictionary({ kind }: PyNode): boolean {
  return kind === 'dictionary';
}

function saveObjects(call: MethodCall, context: RuleContext): void {
  const defaults = keyword(call, 'return_defaults');
  context.manual({
    at: call.node,
    message: '`Session.bulk_save_objects()`',
    reason: `${defaults ? 'the objects get their keys: ' : ''}add_all() batches INSERT statements since 2.0; for rows without objects write session.execute(insert(Model), rows)`,
    possible: true,
    rule: BULK,
  });
}

function dereference(node: PyNode, call: MethodCall, context: RuleContext): void {
  if (call.positional.length !== 2 || !context.facts.mappedClass(call.positional[0] ?? node))
    return;
  if (receiverEvidence(call.receiver, SESSIONS, context) !== 'proven') return;
  context.fix({
    at: call.node,
    message: 'an attribute of `Session.get()`, which may be None',
    safety: 'unsafe',
    reason:
      'a missing object raises NoResultFound instead of AttributeError; Session.get_one() came with 2.0.22',
    edits: [context.replace(call.method, 'get_one')],
    rule: DEREF,
  });
}
