// Renames what 2.x calls differently, wherever it is imported or read. Names that only moved are import-moved's.
import { importBindings, type ImportedBinding } from '../binder/imports.ts';
import { readCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { isForOlderVersions, moveNames } from '../project/core/moved-imports.ts';
import { isImportedElsewhere } from '../project/exports.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';
import { canonicalName, homeIn, isKnownName } from '../sqlalchemy/names.ts';
import { FORMER_SYMBOLS, RENAMED_NAMES, renamed, type RenamedName } from '../sqlalchemy/renamed.ts';

export default defineTransform({
  id: 'import-renamed',
  summary: 'Use the names that 2.x has for renamed functions and classes',
  rationale: 'The old names are gone, or are aliases that only remain for compatibility.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html',
  fixes: 'safe',
  rows: [...new Set(RENAMED_NAMES.map(({ row }) => row)), 'imp-name-collision'],
  triggers: [...new Set(RENAMED_NAMES.map(({ from }) => lastPart(from))), 'symbol('],
  example: {
    before: 'option = sa.orm.eagerload(User.orders)\n',
    after: 'option = sa.orm.joinedload(User.orders)\n',
  },
  visit: {
    import_from_statement(node, context) {
      if (enclosing(node, 'try_statement')) return;
      const { names } = importBindings(node);
      const kept: { binding: ImportedBinding; rename: RenamedName }[] = [];
      for (const binding of names) {
        const rename = renameOf(binding);
        if (!rename) continue;
        const home = homeOf(rename, context);
        if (!home) {
          reportBoth(binding.node, rename, context);
          continue;
        }
        if (isForOlderVersions(node, { binding, ...home })) continue;
        const uses = usesOf(binding, context);
        if (uses === null || rename.member !== undefined) kept.push({ binding, rename });
        else for (const use of uses) replaceUse(use, rename, context);
      }
      const moved = kept.flatMap(({ binding, rename }) => {
        const home = homeOf(rename, context);
        return home && rename.member === undefined ? [{ binding, ...home }] : [];
      });
      const plan = moved.length > 0 ? moveNames(node, moved, context) : null;
      const doubt = kept.find(({ rename }) => rename.doubt !== undefined)?.rename.doubt ?? '';
      if (plan)
        context.fix({
          at: node,
          message: kept.map(({ rename }) => messageOf(rename)).join(', '),
          safety: doubt === '' ? 'safe' : 'unsafe',
          reason: doubt,
          ...plan,
        });
      for (const { binding, rename } of kept)
        if (rename.member !== undefined) replaceMember(binding, rename, context);
    },
    attribute(node, context) {
      const name = node.child('attribute')?.text ?? '';
      if (!NAMES.has(name)) return;
      const qualified = context.facts.qualifiedName(node);
      const rename = qualified === null ? null : renamed(qualified);
      if (rename && homeOf(rename, context)) replaceUse(node, rename, context);
      else if (rename) reportBoth(node, rename, context);
    },
    call: replaceSymbol,
  },
});

/** `symbol("HYBRID_PROPERTY")` was the object itself; in 2.x it is one that nothing is equal to, without an error. */
function replaceSymbol(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  const rename = FORMER_SYMBOLS.get(stringValue(call?.positional[0] ?? null) ?? '');
  if (!call || !rename || call.list.named.length !== 1) return;
  if (context.facts.qualifiedName(call.callee) !== 'sqlalchemy.util.symbol') return;
  if (homeOf(rename, context)) replaceUse(node, rename, context);
  else reportBoth(node, rename, context);
}

const NAMES: ReadonlySet<string> = new Set(RENAMED_NAMES.map(({ from }) => lastPart(from)));

function lastPart(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf('.') + 1);
}

function renameOf({ imported }: ImportedBinding): RenamedName | null {
  if (imported.level > 0 || imported.name === null) return null;
  return renamed(canonicalName(`${imported.module}.${imported.name}`));
}

/** 1.4 does not have the new name: where 2.0 has not kept the old one, no name runs on both. */
function reportBoth(node: PyNode, rename: RenamedName, context: RuleContext): void {
  if (context.settings.targetVersion !== '1.4' || hasFallback(node)) return;
  if (homeIn(canonicalName(rename.from), '2.0') !== null) return;
  context.manual({
    at: node,
    message: messageOf(rename),
    reason: 'no name is in 1.4 and in 2.0: import the one, and the other in `except ImportError`',
  });
}

function hasFallback(node: PyNode): boolean {
  return enclosing(node, 'try_statement') !== null;
}

/** Where the target version has the new name, `null` if it has not. */
function homeOf(
  { to }: RenamedName,
  { settings }: RuleContext,
): { readonly module: string; readonly name: string } | null {
  if (isKnownName(canonicalName(to))) return homeIn(canonicalName(to), settings.targetVersion);
  if (to.startsWith('sqlalchemy.')) return null;
  return { module: to.slice(0, to.lastIndexOf('.')), name: lastPart(to) };
}

/** The places that read an imported name, `null` where the name itself has to stay: other files or strings read it. */
function usesOf(binding: ImportedBinding, { facts }: RuleContext): readonly PyNode[] | null {
  const { node, imported } = binding;
  if (node.text !== imported.name) return null;
  const scope = facts.binding.scopeOf(node);
  if ((scope.bindings.get(node.text) ?? []).length > 1) return null;
  if (scope.kind === 'module' && isImportedElsewhere(facts.modules, facts.module, node.text))
    return null;
  const uses = facts.binding.references(scope, node.text);
  const word = new RegExp(`(?<![\\w.])${node.text}(?!\\w)`);
  const isQuoted = descendants(facts.module.tree.root, 'string').some(
    (each) => each.parent?.kind !== 'expression_statement' && word.test(each.text),
  );
  return uses.length === 0 || isQuoted ? null : uses;
}

/** What is a member of a class now cannot be imported: its uses are written out, whatever it is called here. */
function replaceMember(binding: ImportedBinding, rename: RenamedName, context: RuleContext): void {
  const { facts } = context;
  const { node } = binding;
  const scope = facts.binding.scopeOf(node);
  const isTaken =
    scope.kind === 'module' && isImportedElsewhere(facts.modules, facts.module, node.text);
  const uses = facts.binding.references(scope, node.text);
  const isPlain = uses.length > 0 && (scope.bindings.get(node.text) ?? []).length === 1;
  if (isPlain && !isTaken) for (const use of uses) replaceUse(use, rename, context);
  else
    context.manual({
      at: node,
      message: messageOf(rename),
      reason: isTaken
        ? 'other files import it from here: let them read the member of the class'
        : 'a member of a class cannot be imported: import the class, or nothing if it is not read',
    });
}

function messageOf({ from, to, member }: RenamedName): string {
  return `\`${lastPart(from)}\` is \`${lastPart(to)}${member === undefined ? '' : `.${member}`}\` in 2.x`;
}

function replaceUse(node: PyNode, rename: RenamedName, context: RuleContext): void {
  const use = spelling(node, rename, context);
  const suffix = rename.member === undefined ? '' : `.${rename.member}`;
  context.fix({
    at: node,
    message:
      node.kind === 'call'
        ? `\`${node.text}\` is no longer ${lastPart(rename.from)}`
        : messageOf(rename),
    safety: rename.doubt === undefined ? 'safe' : 'unsafe',
    reason: rename.doubt ?? '',
    edits: [context.replace(node, use.text + suffix)],
    uses: [use],
  });
}

/** A name that the same module has under its new name stays a member of it: `exc.Old` becomes `exc.New`. */
function spelling(node: PyNode, { to }: RenamedName, context: RuleContext): NameUse {
  const object = node.kind === 'attribute' ? node.child('object') : null;
  const symbol = object && context.facts.symbols.symbolOf(context.facts.module, object);
  const owner = symbol && symbol.kind !== 'definition' ? symbol.name : null;
  if (object && owner !== null && sameObject(`${owner}.${lastPart(to)}`, to, context))
    return { text: `${object.text}.${lastPart(to)}`, request: null };
  return context.use(to, node);
}

function sameObject(path: string, to: string, { settings }: RuleContext): boolean {
  const canonical = canonicalName(to);
  return canonicalName(path) === canonical && homeIn(canonical, settings.targetVersion) !== null;
}
