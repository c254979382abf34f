// Gives files the function that turns a dotted path of names into attributes: written once, and imported where that makes no cycle.
import type { Edit } from '../../../edits/edit.ts';
import type { PyNode } from '../../../python/tree.ts';
import { newlineOf } from '../../import-text.ts';
import type { Module } from '../../modules.ts';
import type { NameUse, RuleContext } from '../../rule.ts';

/** The name of the function. */
export const HELPER = 'attribute_path';

const LINES = [
  `def ${HELPER}(entity, path):`,
  '    """Return the attributes that a dotted path of names stands for, from an entity on."""',
  '    attributes = []',
  '    if not isinstance(path, str) or path == "*":',
  '        attributes.append(path)',
  '        return attributes',
  '    for name in path.split("."):',
  '        if attributes:',
  '            entity = attributes[-1].property.mapper.class_',
  '        attributes.append(getattr(entity, name))',
  '    return attributes',
];

/** The function in a file that needs it. */
export interface Helper {
  readonly use: NameUse;
  readonly edits: readonly Edit[];
}

/** The function in each of the modules that need it, where `at` is their first place that does; a text says why it cannot be had. */
export function helperIn(
  needs: ReadonlyMap<Module, PyNode>,
  contextAt: (module: Module) => RuleContext,
): ReadonlyMap<Module, Helper | string> {
  const homes = new Map<Module, Module>();
  const homeOf = (module: Module): Module => {
    const known = homes.get(module);
    if (known) return known;
    homes.set(module, module);
    const other = [...needs.keys()].find(
      (each) => each !== module && isImportedBy(module, each, contextAt(module)),
    );
    const home = other ? homeOf(other) : module;
    homes.set(module, home);
    return home;
  };
  return new Map(
    [...needs].map(([module, at]): [Module, Helper | string] => {
      const ctx = contextAt(module);
      const home = homeOf(module);
      const written = writtenIn(home, contextAt(home));
      if (written === 'taken' || (home !== module && ctx.facts.binding.isBound(HELPER, at)))
        return [module, `\`${HELPER}\` is another name in ${home.path}`];
      if (home !== module) return [module, { use: imported(home, at, ctx), edits: [] }];
      const use: NameUse = { text: HELPER, request: null };
      return [module, { use, edits: written === 'yes' ? [] : [definition(at, ctx)] }];
    }),
  );
}

/** The import of the function, from the name that the file imports its module under. */
function imported(home: Module, at: PyNode, ctx: RuleContext): NameUse {
  const { module, modules } = ctx.facts;
  const relative = module.binding.imports.find(
    (each) =>
      each.imported &&
      each.imported.level > 0 &&
      modules.resolve(module, each.imported.module, each.imported.level) === home,
  )?.imported;
  if (!relative) return ctx.use(`${home.name}.${HELPER}`, at);
  const from = '.'.repeat(relative.level) + relative.module;
  return {
    text: HELPER,
    request: { path: module.path, module: from, name: HELPER, alias: null },
  };
}

/** Whether a module imports another one when it is imported, and never the other way round. */
function isImportedBy(module: Module, other: Module, { facts }: RuleContext): boolean {
  return (
    module.binding.imports.some(
      ({ imported, scope, typeChecking }) =>
        imported !== null &&
        !typeChecking &&
        scope.kind === 'module' &&
        facts.modules.resolve(module, imported.module, imported.level) === other,
    ) && !facts.leadsTo(other, module)
  );
}

/** Whether the module has the function, from an earlier run, or something else of its name. */
function writtenIn({ binding, tree }: Module, { facts }: RuleContext): 'yes' | 'no' | 'taken' {
  const known = binding.module.bindings.get(HELPER) ?? [];
  if (known.length === 0) return facts.binding.isBound(HELPER, tree.root) ? 'taken' : 'no';
  const isOurs = known.every(
    ({ kind, value }) =>
      kind === 'function' && value?.text.split(/\r?\n/).join('\n') === LINES.join('\n'),
  );
  return isOurs ? 'yes' : 'taken';
}

/** The function above the statement of the module that needs it, and above the comments of that. */
function definition(at: PyNode, ctx: RuleContext): Edit {
  const { source } = ctx;
  const newline = newlineOf(source);
  let statement = at;
  while (statement.parent?.parent) statement = statement.parent;
  let start = source.lastIndexOf('\n', statement.start - 1) + 1;
  for (;;) {
    const previous = source.lastIndexOf('\n', start - 2) + 1;
    if (start === 0 || !/^#(?!!)/.test(source.slice(previous, start))) break;
    start = previous;
  }
  const gap = /(\r?\n[ \t]*)*$/.exec(source.slice(0, start))?.[0].split('\n').length ?? 1;
  const lead = start === 0 ? '' : newline.repeat(Math.max(0, 4 - gap));
  return ctx.before({ start, end: start }, `${lead}${[...LINES, '', '', ''].join(newline)}`);
}
