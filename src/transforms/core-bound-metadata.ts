// Passes the engine that MetaData was bound to, to those who took it from there, and then removes the binding.
import {
  itemRemovals,
  keyword,
  readCall,
  readMethodCall,
  type Call,
  type MethodCall,
} from '../python/calls.ts';
import { positionsOf } from '../python/position.ts';
import type { PyNode } from '../python/tree.ts';
import { ownsLines } from '../project/core/blocks.ts';
import {
  emptyBind,
  engineArgument,
  engineName,
  isMetadata,
  type MetadataBind,
} from '../project/core/bound-metadata.ts';
import { isInstance } from '../project/core/receivers.ts';
import { bindsOfUse, passEngine, threadEngine } from '../project/core/thread-engine.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const OF_METADATA: ReadonlySet<string> = new Set(['create_all', 'drop_all', 'reflect']);
const OF_TABLE: ReadonlySet<string> = new Set(['create', 'drop', 'exists']);
const TABLES = ['sqlalchemy.Table', 'sqlalchemy.Index', 'sqlalchemy.Sequence'] as const;

export default defineTransform({
  id: 'core-bound-metadata',
  summary: 'Pass the engine explicitly instead of binding it to `MetaData`',
  rationale:
    'MetaData knows no engine any more: `MetaData(bind=…)` raises, and `metadata.bind = …` does nothing, silently.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#implicit-and-connectionless-execution-bound-metadata-removed',
  fixes: 'safe',
  rows: ['decl-base-bind', 'metadata-bind-ctor', 'metadata-bind-assign', 'ddl-no-bind'],
  triggers: [
    'MetaData(',
    'declarative_base(',
    'as_declarative(',
    'automap_base(',
    '.bind',
    '.create_all(',
    '.drop_all(',
    '.reflect(',
    '.create(',
    '.drop(',
    '.exists(',
    'autoload',
  ],
  example: {
    before: 'metadata = MetaData(bind=engine)\nmetadata.create_all()\n',
    after: 'metadata = MetaData()\nmetadata.create_all(engine)\n',
  },
  visit: {
    call(node, context) {
      const { facts } = context;
      const call = readCall(node);
      if (!call) return;
      const engine = engineArgument(node, facts.module, facts);
      if (engine) return unbindConstructor(call, engine, context);
      const empty = emptyBind(node, facts.module, facts);
      if (empty)
        return context.fix({
          at: node,
          message: '`bind=None`, an argument that is gone',
          safety: 'safe',
          edits: itemRemovals(call.list, [empty]).map((span) => context.replace(span, '')),
        });
      const name = facts.qualifiedName(call.callee);
      if (name === 'sqlalchemy.Table') return passToTable(call, context);
      const method = readMethodCall(node);
      if (method) passToMethod(method, context);
    },
    assignment(node, context) {
      const left = node.child('left');
      const object = left?.kind === 'attribute' ? left.child('object') : null;
      if (!object || left?.child('attribute')?.text !== 'bind') return;
      if (isMetadata(object, context.facts.module, context.facts)) unbindAssignment(node, context);
    },
  },
});

/** `metadata.create_all()` and `table.create()` without an engine, where the fix of the binding does not pass it. */
function passToMethod(call: MethodCall, context: RuleContext): void {
  const { facts } = context;
  const { method, receiver, positional, node } = call;
  const isOfMetadata = OF_METADATA.has(method.text);
  if (!isOfMetadata && !OF_TABLE.has(method.text)) return;
  if (positional.length > 0 || keyword(call, 'bind') || call.doubleStarred) return;
  const isReceiver = isOfMetadata
    ? isMetadata(receiver, facts.module, facts) ||
      isInstance(receiver, ['sqlalchemy.MetaData'], facts) === 'proven'
    : isInstance(receiver, TABLES, facts) === 'proven';
  if (isReceiver) pass(node, `\`${receiver.text}.${method.text}()\` without an engine`, context);
}

/** `Table(…, autoload=True)` read from the engine of its metadata. */
function passToTable(call: Call, context: RuleContext): void {
  const use = { node: call.node, module: context.facts.module };
  if (bindsOfUse(use, context.facts).length > 0)
    pass(call.node, '`Table(autoload=True)` of bound metadata', context);
}

function pass(node: PyNode, message: string, context: RuleContext): void {
  const { facts } = context;
  const use = { node, module: facts.module };
  const own = bindsOfUse(use, facts);
  if (own.length > 0 && facts.implicitUses().every((each) => threadEngine(each, facts))) return;
  const others = facts.metadataBinds().filter((bind) => bind.module === facts.module);
  const near = own.length > 0 ? own : others;
  const binds = near.length > 0 ? near : facts.metadataBinds();
  const names = new Set(binds.map((each) => engineName(each, node, facts.module, facts)));
  const [name] = names;
  const edit = names.size === 1 && name ? passEngine(use, name) : null;
  const [bind] = near;
  if (!edit)
    return context.manual({
      at: node,
      message,
      reason: bind
        ? `pass the engine that ${placeOf(bind)} binds to the metadata: \`${bind.engine.text}\``
        : 'pass the engine or a connection: 2.0 needs one',
    });
  context.fix({
    at: node,
    message,
    safety: own.length > 0 ? 'safe' : 'unsafe',
    reason:
      own.length > 0
        ? ''
        : 'that its metadata is the one that is bound to the engine is not proven',
    edits: [edit],
  });
}

function unbindConstructor(call: Call, engine: PyNode, context: RuleContext): void {
  const argument = engine.parent?.kind === 'keyword_argument' ? engine.parent : engine;
  const removed = itemRemovals(call.list, [argument]);
  unbind(
    call.node,
    removed.map((span) => context.replace(span, '')),
    engine,
    context,
  );
}

function unbindAssignment(node: PyNode, context: RuleContext): void {
  const statement = node.parent;
  const engine = node.child('right');
  if (!statement || !engine) return;
  const isOnly = (statement.parent?.named.length ?? 0) < 2;
  const { source } = statement;
  const start = source.lastIndexOf('\n', statement.start - 1) + 1;
  const rest = /^[ \t]*(\r\n|\n|$)/.exec(source.slice(statement.end));
  if (!ownsLines(statement) || !rest || isChained(node) || engine.kind === 'call' || isOnly)
    return context.manual({
      at: node,
      message: '`metadata.bind` is assigned',
      reason:
        'nothing reads it in 2.0: pass the engine to what needs it, and delete the assignment',
    });
  unbind(
    node,
    [context.replace({ start, end: statement.end + rest[0].length }, '')],
    engine,
    context,
  );
}

function isChained(node: PyNode): boolean {
  return node.parent?.kind === 'assignment' || node.child('right')?.kind === 'assignment';
}

function unbind(
  node: PyNode,
  edits: readonly ReturnType<RuleContext['replace']>[],
  engine: PyNode,
  context: RuleContext,
): void {
  const { facts } = context;
  const message = 'metadata that is bound to an engine';
  if (engine.kind === 'call' || engine.kind === 'string')
    return context.manual({
      at: node,
      message,
      reason: 'give the engine a name first, and pass it to what needs it',
    });
  const uses = facts.implicitUses();
  const left = uses.find((use) => !threadEngine(use, facts));
  if (left && context.settings.targetVersion === '1.4')
    return context.manual({
      at: node,
      message,
      reason: `${placeOf(left)} still takes its engine from the metadata: pass it there first`,
    });
  const threaded = uses
    .filter((use) => bindsOfUse(use, facts)[0]?.node === node)
    .flatMap((use) => threadEngine(use, facts) ?? []);
  context.fix({
    at: node,
    message,
    safety: left ? 'unsafe' : 'safe',
    reason: left ? `${placeOf(left)} still takes its engine from the metadata` : '',
    edits: left ? edits : [...edits, ...threaded],
  });
}

function placeOf({ module, node }: Pick<MetadataBind, 'module' | 'node'>): string {
  return `${module.path}:${positionsOf(module.tree.text).at(node.start).line}`;
}
