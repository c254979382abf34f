// Rewrites uses of functions and classes that 2.x replaces by another form: Connectable, subquery(), instrument_declarative(), bake_lazy_loaders(), declarative_mixin.
import { importBindings } from '../binder/imports.ts';
import { readCall, type Call } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { ownsLines } from '../project/core/blocks.ts';
import { isImportedElsewhere } from '../project/exports.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';
import { canonicalName } from '../sqlalchemy/names.ts';

const CONNECTABLE = 'sqlalchemy.engine.Connectable';
const BAKERS: ReadonlySet<string> = new Set([
  'sqlalchemy.ext.baked.bake_lazy_loaders',
  'sqlalchemy.ext.baked.unbake_lazy_loaders',
]);
const MIXIN = 'sqlalchemy.orm.declarative_mixin';

export default defineTransform({
  id: 'import-replaced',
  summary: 'Replace `Connectable`, `subquery()` and other functions by what 2.x has instead',
  rationale: 'They are gone, and no other name means the same.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html',
  fixes: 'safe',
  rows: [
    'imp-connectable',
    'imp-standalone-subquery',
    'imp-instrument-declarative',
    'imp-baked',
    'imp-declarative-mixin',
  ],
  triggers: [
    'Connectable',
    'subquery(',
    'instrument_declarative',
    'bake_lazy_loaders',
    'declarative_mixin',
  ],
  example: {
    before: 'totals = sa.sql.subquery("totals", [orders.c.id], orders.c.paid)\n',
    after: 'totals = select(orders.c.id).where(orders.c.paid).subquery("totals")\n',
  },
  visit: {
    import_from_statement: ofConnectableImport,
    identifier: ofConnectable,
    attribute: ofConnectable,
    decorator: ofMixin,
    call(node, context) {
      const call = readCall(node);
      const name = call && context.facts.qualifiedName(call.callee);
      if (!call || name === null) return;
      if (name === 'sqlalchemy.subquery') ofSubquery(call, context);
      else if (name === 'sqlalchemy.ext.declarative.instrument_declarative')
        ofInstrument(call, context);
      else if (BAKERS.has(name)) ofBaker(call, context);
    },
  },
});

/** Where it is imported under another name, the uses of that name; where nothing reads it, the import itself is what fails. */
function ofConnectableImport(node: PyNode, context: RuleContext): void {
  if (!node.text.includes('Connectable') || enclosing(node, 'try_statement')) return;
  const { binding, modules, module } = context.facts;
  for (const { node: name, imported } of importBindings(node).names) {
    if (imported.name !== 'Connectable' || imported.level > 0) continue;
    if (canonicalName(`${imported.module}.${imported.name}`) !== CONNECTABLE) continue;
    const uses = binding.references(binding.scopeOf(name), name.text);
    if (name.text !== 'Connectable') for (const use of uses) replaceConnectable(use, context);
    if (uses.length > 0 || imported.module === 'sqlalchemy.engine') continue;
    const reason = isImportedElsewhere(modules, module, name.text)
      ? 'other files import it from here: name Engine or Connection there, or both'
      : 'delete the import';
    context.manual({ at: name, message: `\`${imported.module}.Connectable\` is gone`, reason });
  }
}

function ofConnectable(node: PyNode, context: RuleContext): void {
  if (node.kind === 'identifier' && node.text !== 'Connectable') return;
  if (!node.text.endsWith('Connectable') || node.parent?.kind === 'attribute') return;
  replaceConnectable(node, context);
}

function replaceConnectable(node: PyNode, context: RuleContext): void {
  const { facts, settings } = context;
  if (facts.qualifiedName(node) !== CONNECTABLE || node.parent?.kind === 'dotted_name') return;
  const engine = context.use('sqlalchemy.Engine', node);
  const connection = context.use('sqlalchemy.Connection', node);
  const uses = [engine, connection];
  const message = '`Connectable`';
  const fix = (text: string, more: readonly NameUse[] = []): void =>
    context.fix({
      at: node,
      message,
      safety: 'safe',
      edits: [context.replace(node, text)],
      uses: [...uses, ...more],
    });
  if (node.parent?.kind === 'type') {
    if (settings.pythonMinor >= 10) return fix(`${engine.text} | ${connection.text}`);
    const union = context.use('typing.Union', node);
    return fix(`${union.text}[${engine.text}, ${connection.text}]`, [union]);
  }
  const several = node.parent?.kind === 'tuple' ? node.parent : null;
  const tested = several ?? node;
  const call = tested.parent?.kind === 'argument_list' ? readCall(tested.parent.parent) : null;
  const name = call ? facts.qualifiedName(call.callee) : null;
  const pair = `${engine.text}, ${connection.text}`;
  if (call?.positional[1] === tested && /^builtins\.is(instance|subclass)$/.test(name ?? ''))
    return fix(several ? pair : `(${pair})`);
  context.manual({
    at: node,
    message,
    reason:
      'an Engine and a Connection have no base in common that is public: name the one that is meant, or both',
  });
}

/** `subquery(name, columns, …)` was `select(columns, …)` with a name. */
function ofSubquery(call: Call, context: RuleContext): void {
  const [name, second] = call.positional;
  const next = second ?? call.keywords[0]?.node;
  const message = '`subquery()`';
  if (!name || !next || call.starred || call.keywords.some((each) => each.name === 'alias'))
    return context.manual({
      at: call.node,
      message,
      reason: 'write select(columns).where(…).subquery(name)',
    });
  const select = context.use('sqlalchemy.select', call.node);
  context.fix({
    at: call.node,
    message,
    safety: 'safe',
    edits: [
      context.replace(call.callee, select.text),
      context.replace({ start: name.start, end: next.start }, ''),
      context.after(call.node, `.subquery(${name.text})`),
    ],
    uses: [select],
  });
}

function ofInstrument(call: Call, context: RuleContext): void {
  const [mapped, classes, metadata] = call.positional;
  const message = '`instrument_declarative()`';
  if (!mapped || !classes || !metadata || call.keywords.length > 0 || call.starred)
    return context.manual({
      at: call.node,
      message,
      reason: 'write registry(metadata=metadata, class_registry=classes).map_declaratively(Class)',
    });
  const registry = context.use('sqlalchemy.orm.registry', call.node);
  context.fix({
    at: call.node,
    message,
    safety: 'unsafe',
    reason: 'each call makes a registry: relationships between the classes need a shared one',
    edits: [
      context.replace(
        call.node,
        `${registry.text}(metadata=${metadata.text}, class_registry=${classes.text}).map_declaratively(${mapped.text})`,
      ),
    ],
    uses: [registry],
  });
}

/** Lazy loaders are cached always; the call did nothing since 1.4. */
function ofBaker({ node, callee }: Call, context: RuleContext): void {
  const statement = node.parent;
  const message = `\`${callee.text}()\``;
  const isAlone = (statement?.parent?.named.length ?? 0) > 1;
  if (statement?.kind !== 'expression_statement' || !ownsLines(statement) || !isAlone)
    return context.manual({ at: node, message, reason: 'delete the call' });
  const { source } = statement;
  const start = source.lastIndexOf('\n', statement.start - 1) + 1;
  const rest = /^[ \t]*(\r\n|\n|$)/.exec(source.slice(statement.end));
  if (!rest) return context.manual({ at: node, message, reason: 'delete the call' });
  context.fix({
    at: node,
    message,
    safety: 'safe',
    edits: [context.replace({ start, end: statement.end + rest[0].length }, '')],
  });
}

/** 2.1 deprecates the decorator, which never did anything at run time. */
function ofMixin(node: PyNode, context: RuleContext): void {
  const name = node.named[0];
  if (context.settings.targetVersion !== '2.1' || !name) return;
  if (context.facts.qualifiedName(name) !== MIXIN) return;
  const { source } = node;
  const start = source.lastIndexOf('\n', node.start - 1) + 1;
  const rest = /^[ \t]*(\r\n|\n)/.exec(source.slice(node.end));
  const message = '`@declarative_mixin`';
  if (!rest) return context.manual({ at: node, message, reason: 'delete the decorator' });
  context.fix({
    at: node,
    message,
    safety: 'safe',
    edits: [context.replace({ start, end: node.end + rest[0].length }, '')],
  });
}
