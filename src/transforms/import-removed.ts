// Reports names and modules that 2.x no longer has, with what replaces them. It rewrites nothing.
import { importBindings } from '../binder/imports.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { canonicalName } from '../sqlalchemy/names.ts';
import { REMOVED_NAMES, removedName, type RemovedNames } from '../sqlalchemy/removed.ts';

export default defineTransform({
  id: 'import-removed',
  summary: 'Names and modules that 2.x no longer has',
  rationale: 'Importing them raises ImportError, so that the application does not start.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html',
  fixes: 'none',
  rows: [...new Set(REMOVED_NAMES.map(({ row }) => row))],
  triggers: [...new Set(REMOVED_NAMES.flatMap(({ module, names }) => names ?? [lastPart(module)]))],
  example: {
    before: 'from sqlalchemy.interfaces import PoolListener\n',
    after: 'from sqlalchemy.interfaces import PoolListener\n',
  },
  visit: {
    import_statement(node, context) {
      for (const item of node.childrenOf('name')) {
        const name = item.kind === 'aliased_import' ? item.child('name') : item;
        if (name) report(name, name.text, removedName(name.text, null), context);
      }
    },
    import_from_statement(node, context) {
      for (const { node: name, imported } of importBindings(node).names) {
        if (imported.level > 0 || imported.name === null) continue;
        const path = `${imported.module}.${imported.name}`;
        report(name, path, find(imported.module, imported.name), context);
      }
    },
    attribute(node, context) {
      const name = node.child('attribute')?.text ?? '';
      const object = node.child('object');
      if (!object || !NAMES.has(name)) return;
      const symbol = context.facts.symbols.symbolOf(context.facts.module, object);
      if (!symbol || symbol.kind === 'definition' || !symbol.name.startsWith('sqlalchemy')) return;
      report(node, `${symbol.name}.${name}`, find(symbol.name, name), context);
    },
  },
});

const NAMES: ReadonlySet<string> = new Set(
  REMOVED_NAMES.flatMap(({ module, names }) => names ?? [lastPart(module)]),
);

function lastPart(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf('.') + 1);
}

/** By the path that is written, or by the public path of the same object. */
function find(module: string, name: string): RemovedNames | null {
  const publicName = canonicalName(`${module}.${name}`);
  return (
    removedName(module, name) ??
    removedName(publicName.slice(0, publicName.lastIndexOf('.')), lastPart(publicName))
  );
}

function report(
  node: PyNode,
  path: string,
  removed: RemovedNames | null,
  context: RuleContext,
): void {
  if (!removed || hasFallback(node)) return;
  const { targetVersion } = context.settings;
  if (removed.since !== undefined && targetVersion !== removed.since) return;
  context.manual({
    at: node,
    message: `\`${path}\` is gone in ${removed.since ?? '2.0'}`,
    reason: removed.instead,
  });
}

/** Whether an import stands in a `try` that goes on without it. */
function hasFallback(node: PyNode): boolean {
  return (
    enclosing(node, 'try_statement') !== null &&
    enclosing(node, 'import_from_statement', 'import_statement') !== null
  );
}
