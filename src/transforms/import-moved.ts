// Rewrites imports of names that moved to another module of SQLAlchemy.
import { importBindings, type ImportedBinding } from '../binder/imports.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { isForOlderVersions, moveNames } from '../project/core/moved-imports.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { canonicalName, homeIn } from '../sqlalchemy/names.ts';
import { MOVED_NAMES, movedTo } from '../sqlalchemy/moved.ts';

export default defineTransform({
  id: 'import-moved',
  summary: 'Import names from the module that they moved to',
  rationale: 'The old paths warn in 2.0 or are gone.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#declarative-becomes-a-first-class-api',
  fixes: 'safe',
  rows: [...new Set(MOVED_NAMES.map((move) => move.row))],
  triggers: MOVED_NAMES.flatMap((move) => move.from),
  example: {
    before: 'from sqlalchemy.ext.declarative import declared_attr\n',
    after: 'from sqlalchemy.orm import declared_attr\n',
  },
  visit: {
    import_from_statement(node, context) {
      if (enclosing(node, 'try_statement')) return;
      if (isStarOfMoved(node, context)) return;
      const moved = importBindings(node)
        .names.flatMap((binding) => {
          const module = destination(binding, context);
          return module === null ? [] : [{ binding, module, name: binding.imported.name ?? '' }];
        })
        .filter((each) => !isForOlderVersions(node, each));
      const plan = moved.length > 0 ? moveNames(node, moved, context) : null;
      if (plan)
        context.fix({
          at: node,
          message: messageOf(moved.map(({ binding }) => binding)),
          safety: 'safe',
          ...plan,
        });
    },
    attribute(node, context) {
      const object = node.child('object');
      const name = node.child('attribute')?.text ?? '';
      const owner = object && MOVED.has(name) ? moduleName(object, context) : null;
      // What is imported as a module of its own (`orm.exc as errors`) stays as it is, but for what warns.
      if (!owner || (object?.kind === 'identifier' && !/\.declarative\b/.test(owner))) return;
      const home = homeOf(owner, name, context);
      if (!home) return;
      const use = context.use(`${home}.${name}`, node);
      context.fix({
        at: node,
        message: `\`${owner}.${name}\` has moved`,
        safety: 'safe',
        edits: [context.replace(node, use.text)],
        uses: [use],
      });
    },
  },
});

/** Modules that hold moved names alone: what a star takes from them warns, or is gone. */
const WHOLLY_MOVED = /^sqlalchemy\.(databases|ext\.declarative|future|processors)(\.|$)/;

/** Reports `from sqlalchemy.ext.declarative import *`: which names are meant is known to those who use them. */
function isStarOfMoved(node: PyNode, context: RuleContext): boolean {
  if (!node.named.some((each) => each.kind === 'wildcard_import')) return false;
  const module = node.child('module_name')?.text ?? '';
  if (WHOLLY_MOVED.test(module))
    context.manual({
      at: node,
      message: `names of \`${module}\` have moved`,
      reason:
        '2.0 raises at a star here: import by name what is used in this file and in those that import from it',
    });
  return true;
}

const MOVED: ReadonlySet<string> = new Set(MOVED_NAMES.flatMap(({ names }) => names));

function destination(binding: ImportedBinding, context: RuleContext): string | null {
  const { module, name, level } = binding.imported;
  return level > 0 || name === null ? null : homeOf(module, name, context);
}

function homeOf(module: string, name: string, context: RuleContext): string | null {
  const home = movedTo(module, name);
  if (home === null || context.settings.targetVersion !== '1.4') return home;
  // In 1.4 the classes of sqlalchemy.future differ from the plain ones.
  if (module.startsWith('sqlalchemy.future')) return null;
  // Packages of dialects are no names, and every version has them.
  if (home === 'sqlalchemy.dialects') return home;
  return homeIn(canonicalName(`${home}.${name}`), '1.4')?.module === home ? home : null;
}

function messageOf(moved: readonly ImportedBinding[]): string {
  const names = moved.map((each) => `\`${each.imported.module}.${each.imported.name ?? ''}\``);
  return `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} moved`;
}

/** The dotted module that an attribute chain names: `sqlalchemy.ext.declarative`. */
function moduleName(node: PyNode, context: RuleContext): string | null {
  const symbol = context.facts.symbols.symbolOf(context.facts.module, node);
  return symbol && symbol.kind !== 'definition' ? symbol.name : null;
}
