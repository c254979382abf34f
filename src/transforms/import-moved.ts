// Rewrites imports of names that moved to another module of SQLAlchemy.
import { importBindings, type ImportedBinding } from '../binder/imports.ts';
import { itemRemovals } from '../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';
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
      const sharesLine = !hasOwnLine(node);
      const { names } = importBindings(node);
      const moved = names.filter((each) => destination(each, context) !== null);
      if (moved.length === 0) return;
      const homes = new Set(moved.map((each) => destination(each, context)));
      const source = node.child('module_name');
      const [home] = homes;
      const whole = homes.size === 1 && moved.length === names.length;
      // Inside functions, and where a comment belongs to the statement, it stays where it is.
      if (
        whole &&
        home &&
        source &&
        (node.parent?.kind !== 'module' || sharesLine || hasComment(node))
      )
        return context.fix({
          at: node,
          message: messageOf(moved),
          safety: 'safe',
          edits: [context.replace(source, home)],
        });
      if (node.parent?.kind !== 'module' || sharesLine) return;
      const items = node
        .childrenOf('name')
        .filter((item) => moved.some((each) => contains(item, each.node)));
      const edits =
        moved.length === names.length
          ? [context.replace(lineOf(node), '')]
          : itemRemovals(node, items).map((span) => context.replace(span, ''));
      context.fix({
        at: node,
        message: messageOf(moved),
        safety: 'safe',
        edits,
        uses: moved.map((each) => requestFor(each, context)),
      });
    },
    attribute(node, context) {
      const object = node.child('object');
      const name = node.child('attribute')?.text ?? '';
      const owner = object?.kind === 'attribute' ? moduleName(object, context) : null;
      const home = owner ? movedTo(owner, name) : null;
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

function destination(binding: ImportedBinding, context: RuleContext): string | null {
  const { module, name, level } = binding.imported;
  if (level > 0 || name === null) return null;
  // In 1.4 the classes of sqlalchemy.future differ from the plain ones.
  if (context.settings.targetVersion === '1.4' && module.startsWith('sqlalchemy.future'))
    return null;
  return movedTo(module, name);
}

function messageOf(moved: readonly ImportedBinding[]): string {
  const names = moved.map((each) => `\`${each.imported.module}.${each.imported.name ?? ''}\``);
  return `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} moved`;
}

function requestFor(binding: ImportedBinding, context: RuleContext): NameUse {
  const { name } = binding.imported;
  const alias = binding.node.text === name ? null : binding.node.text;
  return {
    text: binding.node.text,
    request: { path: context.path, module: destination(binding, context) ?? '', name, alias },
  };
}

function hasComment(statement: PyNode): boolean {
  const { source, end } = statement;
  return descendants(statement, 'comment').length > 0 || /^[ \t]*#/.test(source.slice(end));
}

/** Whether nothing but a comment stands beside a statement: no `import a; import b`. */
function hasOwnLine({ source, start, end }: PyNode): boolean {
  const before = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return before.trim() === '' && /^[ \t]*(#|[\r\n]|$)/.test(source.slice(end));
}

/** The dotted module that an attribute chain names: `sqlalchemy.ext.declarative`. */
function moduleName(node: PyNode, context: RuleContext): string | null {
  const symbol = context.facts.symbols.symbolOf(context.facts.module, node);
  return symbol && symbol.kind !== 'definition' ? symbol.name : null;
}

function contains(item: PyNode, node: PyNode): boolean {
  return item.start <= node.start && node.end <= item.end;
}

/** The statement with its line end. */
function lineOf(node: PyNode): { readonly start: number; readonly end: number } {
  const rest = /^[ \t]*(\r\n|\n|\r)?/.exec(node.source.slice(node.end));
  return { start: node.start, end: node.end + (rest?.[0].length ?? 0) };
}
