// Renames the method by which a dialect imports its driver, and reports attributes of dialects that are gone. Dialects of the project only.
import { readCall, readMethodCall } from '../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Module } from '../project/modules.ts';

const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  [
    'full_returning',
    'say which statements return rows: insert_returning, update_returning, delete_returning',
  ],
  [
    'implicit_returning',
    'say which statements return rows: insert_returning, update_returning, delete_returning',
  ],
  ['use_setinputsizes', 'set bind_typing = BindTyping.SETINPUTSIZES'],
]);

export default defineTransform({
  id: 'engine-dialect',
  summary: 'Call the method by which a dialect imports its driver `import_dbapi()`',
  rationale: 'A classmethod `dbapi()` of a dialect still works, but warns for each engine.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/internals.html#sqlalchemy.engine.interfaces.Dialect.import_dbapi',
  fixes: 'safe',
  rows: ['dialect-dbapi'],
  triggers: ['def dbapi', ...ATTRIBUTES.keys()],
  example: {
    before:
      'from sqlalchemy.engine.default import DefaultDialect\n\n\nclass OurDialect(DefaultDialect):\n    @classmethod\n    def dbapi(cls):\n        return driver\n',
    after:
      'from sqlalchemy.engine.default import DefaultDialect\n\n\nclass OurDialect(DefaultDialect):\n    @classmethod\n    def import_dbapi(cls):\n        return driver\n',
  },
  visit: {
    function_definition(node, context) {
      const name = node.child('name');
      if (name?.text !== 'dbapi' || context.settings.targetVersion === '1.4') return;
      if (node.parent?.kind !== 'decorated_definition') return;
      if (!node.parent.named.some(({ text }) => text === '@classmethod')) return;
      const owner = enclosing(node, 'class_definition', 'function_definition');
      if (owner?.kind === 'class_definition' && isDialect(owner, context.facts.module, context))
        renameMethod(node, name, context);
    },
    assignment(node, context) {
      const advice = ATTRIBUTES.get(node.child('left')?.text ?? '');
      if (advice === undefined || context.settings.targetVersion === '1.4') return;
      if (node.child('right')?.kind === 'false') return;
      const owner = enclosing(node, 'class_definition', 'function_definition');
      if (owner?.kind !== 'class_definition') return;
      if (isDialect(owner, context.facts.module, context))
        context.manual({
          at: node,
          message: `dialects of 2.x have no \`${node.child('left')?.text ?? ''}\``,
          reason: advice,
        });
    },
  },
});

/** Whether a class derives from a dialect of SQLAlchemy, through classes of the project too. */
function isDialect(node: PyNode, module: Module, context: RuleContext, depth = 0): boolean {
  const bases = node.child('superclasses')?.named ?? [];
  return bases.some((base) => {
    const symbol = context.facts.symbols.symbolOf(module, base);
    if (symbol?.kind === 'library') return /^sqlalchemy\..*Dialect/.test(symbol.name);
    const value = symbol?.kind === 'definition' ? symbol.binding.value : null;
    return (
      symbol?.kind === 'definition' &&
      value?.kind === 'class_definition' &&
      depth < 10 &&
      isDialect(value, symbol.module, context, depth + 1)
    );
  });
}

function renameMethod(node: PyNode, name: PyNode, context: RuleContext): void {
  const message = 'a dialect imports its driver by `dbapi()`';
  const inner = descendants(node, 'call').filter(isSuperCall);
  const others = context.facts.modules.modules.flatMap((module) =>
    module.tree.text.includes('.dbapi(')
      ? descendants(module.tree.root, 'call').filter(
          (each) => readMethodCall(each)?.method.text === 'dbapi' && !isSuperCall(each),
        )
      : [],
  );
  if (others.length > 0)
    return context.manual({
      at: name,
      message,
      reason: 'rename it to import_dbapi(), and the calls of it',
    });
  context.fix({
    at: name,
    message,
    safety: 'safe',
    edits: [
      context.replace(name, 'import_dbapi'),
      ...inner.flatMap((each) => {
        const method = readMethodCall(each)?.method;
        return method ? [context.replace(method, 'import_dbapi')] : [];
      }),
    ],
  });
}

function isSuperCall(node: PyNode): boolean {
  const call = readMethodCall(node);
  return call?.method.text === 'dbapi' && readCall(call.receiver)?.callee.text === 'super';
}
