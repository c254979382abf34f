// Writes what Flask-SQLAlchemy 3 calls by another name: get_engine(), and bind= of create_all(), drop_all() and reflect(). Execution on engines has its own rules.
import { keyword, readMethodCall, type MethodCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { isFlaskObject } from '../project/query/query-properties.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const METHODS: ReadonlySet<string> = new Set(['create_all', 'drop_all', 'get_engine', 'reflect']);

export default defineTransform({
  id: 'fsa-engine',
  summary: 'Replace `db.get_engine()` and `db.create_all(bind=…)` of Flask-SQLAlchemy 2',
  rationale:
    'Flask-SQLAlchemy 3, the first for SQLAlchemy 2.0, keeps engines in `db.engines`, takes `bind_key=`, and no `app=`.',
  reference: 'https://flask-sqlalchemy.palletsprojects.com/en/stable/changes/#version-3-0-0',
  fixes: 'safe',
  rows: ['fsa-engine'],
  triggers: ['get_engine(', 'create_all(', 'drop_all(', 'reflect('],
  example: {
    before: 'engine = db.get_engine(bind="users")\ndb.create_all(bind="users")\n',
    after: 'engine = db.engines["users"]\ndb.create_all(bind_key="users")\n',
  },
  visit: {
    call(node, ctx) {
      const call = readMethodCall(node, METHODS);
      if (!call || !isExtension(call.receiver, ctx)) return;
      if (ctx.settings.targetVersion === '1.4') return reportBoth(call, ctx);
      if (givesApplication(call)) return reportApplication(call, ctx);
      if (call.method.text === 'get_engine') engineOf(call, ctx);
      else renameBind(call, ctx);
    },
  },
});

function isExtension(node: PyNode, { facts }: RuleContext): boolean {
  const symbol = facts.symbols.symbolOf(facts.module, node);
  return symbol?.kind === 'definition' && isFlaskObject(symbol, facts);
}

/** SQLAlchemy 1.4 and 2.0 need different versions of Flask-SQLAlchemy, whose names differ. */
function reportBoth(call: MethodCall, ctx: RuleContext): void {
  const { method, receiver, node } = call;
  if (method.text !== 'get_engine' && call.list.named.length === 0) return;
  ctx.manual({
    at: node,
    message: `\`${receiver.text}.${method.text}()\` takes other arguments in Flask-SQLAlchemy 3`,
    reason: 'no form runs on Flask-SQLAlchemy 2 and 3: change it together with SQLAlchemy',
  });
}

/** `app=app`, and the first argument of `get_engine(app)`. */
function givesApplication(call: MethodCall): boolean {
  const [first] = call.positional;
  if (keyword(call, 'app')) return true;
  return call.method.text === 'get_engine'
    ? first !== undefined && stringValue(first) === null
    : call.positional.length > 1;
}

function reportApplication(call: MethodCall, ctx: RuleContext): void {
  const name = `${call.receiver.text}.${call.method.text}()`;
  const modern =
    call.method.text === 'get_engine' ? `${call.receiver.text}.engine` : `${name} without it`;
  ctx.manual({
    at: call.node,
    message: `\`${name}\` is given an application, which Flask-SQLAlchemy 3 does not take`,
    reason: `it asks the application context instead: write \`with app.app_context():\` around it and use \`${modern}\``,
  });
}

/** `db.get_engine()`, `db.get_engine(bind="users")`. */
function engineOf(call: MethodCall, ctx: RuleContext): void {
  const { receiver, method, node } = call;
  if (call.starred || call.doubleStarred || call.list.named.length > 1) return;
  if (call.list.children.some((each) => each.kind === 'comment')) return;
  const key = call.positional[0] ?? keyword(call, 'bind') ?? keyword(call, 'bind_key');
  if (call.list.named.length === 1 && !key) return;
  const isDefault = !key || key.kind === 'none';
  ctx.fix({
    at: node,
    message: `\`${receiver.text}.get_engine()\` is deprecated`,
    safety: 'safe',
    edits: isDefault
      ? [ctx.replace({ start: method.start, end: node.end }, 'engine')]
      : [
          ctx.replace({ start: method.start, end: key.start }, 'engines['),
          ctx.replace({ start: key.end, end: node.end }, ']'),
        ],
  });
}

/** `db.create_all(bind="users")`. */
function renameBind(call: MethodCall, ctx: RuleContext): void {
  const given = call.keywords.find((each) => each.name === 'bind');
  const name = given?.node.child('name');
  if (!name) return;
  ctx.fix({
    at: call.node,
    message: `\`bind=\` of \`${call.receiver.text}.${call.method.text}()\` was renamed`,
    safety: 'safe',
    edits: [ctx.replace(name, 'bind_key')],
  });
}
