// Replaces the function mapper(): a registry maps classes, and the class Mapper stands for it in events and overrides.
import type { Edit } from '../edits/edit.ts';
import { keyword, readCall, type Call } from '../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { isPlainClass } from '../project/bases.ts';
import { isInstance } from '../project/core/receivers.ts';
import type { Facts } from '../project/facts.ts';
import { REMOVED_MAPPER_ARGUMENTS } from '../sqlalchemy/mappers.ts';
import { importedBy } from '../project/query/flow/importers.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';

const MAPPER = 'sqlalchemy.orm.mapper';
/** Parameters of `mapper()` after the class and the table, which `map_imperatively()` takes by name only. */
const POSITIONAL = ['properties', 'primary_key'];
const EVENT = /^sqlalchemy\.event\.(contains|listen|listens_for|remove)$/;

export default defineTransform({
  id: 'import-mapper',
  summary: 'Map classes with `registry.map_imperatively()` instead of `mapper()`',
  rationale: 'The function mapper() can still be imported, but calling it raises.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#the-original-mapper-function-now-a-core-element-of-declarative-renamed',
  fixes: 'safe',
  rows: ['imp-mapper-function', 'imp-mapper-event-target', 'classical-mapping'],
  triggers: ['mapper'],
  example: {
    before: 'sa.event.listen(sa.orm.mapper, "load", print)\n',
    after: 'sa.event.listen(sa.orm.Mapper, "load", print)\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call) return;
      const name = context.facts.qualifiedName(call.callee);
      if (name !== null && EVENT.test(name)) return ofEvent(call, context);
      if (name !== MAPPER) return;
      if (isOverride(node)) return replaceName(call.callee, context);
      const calls = callsIn(context.facts.module.tree.root, context);
      const reason = refusalOf(call, context);
      if (reason !== null) return context.manual({ at: node, message: '`mapper()`', reason });
      if (calls[0]?.node === node) mapImperatively(calls, context);
    },
  },
});

function ofEvent(call: Call, context: RuleContext): void {
  const [target] = call.positional;
  if (target && context.facts.qualifiedName(target) === MAPPER) replaceName(target, context);
}

function replaceName(node: PyNode, context: RuleContext): void {
  const member = node.child('attribute');
  if (member)
    return context.fix({
      at: node,
      message: '`mapper` where the class `Mapper` is meant',
      safety: 'safe',
      edits: [context.replace(member, 'Mapper')],
    });
  const use = context.use('sqlalchemy.orm.Mapper', node);
  context.fix({
    at: node,
    message: '`mapper` where the class `Mapper` is meant',
    safety: 'safe',
    edits: [context.replace(node, use.text)],
    uses: [use],
  });
}

/** Whether the call makes the mapper that `__mapper_cls__` asks for: declarative has its registry already. */
function isOverride(node: PyNode): boolean {
  for (
    let each = enclosing(node, 'function_definition');
    each;
    each = enclosing(each, 'function_definition')
  )
    if (each.child('name')?.text === '__mapper_cls__') return true;
  return false;
}

/** The calls of a file that one registry can take over. */
function callsIn(root: PyNode, context: RuleContext): readonly Call[] {
  return descendants(root, 'call')
    .map((node) => readCall(node))
    .filter((call) => call !== null)
    .filter(
      (call) =>
        context.facts.qualifiedName(call.callee) === MAPPER &&
        !isOverride(call.node) &&
        refusalOf(call, context) === null,
    );
}

/** Why `map_imperatively()` cannot take the arguments of a call, or null. */
function refusalOf(call: Call, context: RuleContext): string | null {
  const removed = call.keywords.find(({ name }) => REMOVED_MAPPER_ARGUMENTS.has(name));
  if (removed)
    return `mappers do not take \`${removed.name}\` any more: ${REMOVED_MAPPER_ARGUMENTS.get(removed.name)?.advice ?? ''}`;
  const [mapped] = call.positional;
  const isPassedOn = call.starred || call.doubleStarred;
  if (isPassedOn && !(mapped && isClass(mapped, context)))
    return 'its arguments are passed on: where a declarative class calls it for its mapper, write `Mapper()`; else call map_imperatively() of the registry of the mapper that it belongs to (`other_mapper.registry`), or of one `mapper_registry = registry()`';
  const inherited = inheritedFrom(call, context);
  if (inherited && registryOf(inherited, context) === null)
    return `it inherits from \`${inherited.text}\`, which is not mapped in this file: call map_imperatively() of the registry that maps that`;
  return call.positional.length > 2 + POSITIONAL.length
    ? 'map_imperatively() takes the class and the table by position, everything else by name'
    : null;
}

/** The class or mapper of another file, or of a caller, that a mapper inherits from; or null. */
function inheritedFrom(call: Call, { facts }: RuleContext): PyNode | null {
  const inherited = keyword(call, 'inherits');
  if (inherited && isPassed(inherited, facts)) return inherited;
  const symbol = inherited && facts.symbols.symbolOf(facts.module, inherited);
  const isOther = symbol?.kind === 'definition' && symbol.module !== facts.module;
  return inherited && isOther && !isMappedHere(symbol.id, facts) ? inherited : null;
}

/** Whether a caller passes it that is in another file, or that is not seen. */
function isPassed(node: PyNode, facts: Facts): boolean {
  const binding = node.kind === 'identifier' ? facts.definition(node) : null;
  const definition = binding?.kind === 'parameter' && enclosing(node, 'function_definition');
  if (!definition) return false;
  const { calls, doubtful } = facts.callsOf(facts.index.functionAt(facts.module, definition));
  const callers = [...calls, ...doubtful];
  return callers.length === 0 || callers.some(({ module }) => module !== facts.module);
}

/** The registry of a class or mapper; `null` if it is not known which of the two it is. */
function registryOf(inherited: PyNode, { facts }: RuleContext): string | null {
  if (isPassed(inherited, facts)) {
    const passed = facts.infer(inherited);
    if (passed?.evidence !== 'proven' || !passed.value) return null;
    if (passed.value.kind === 'class') return `${inherited.text}.__mapper__.registry`;
    const isMapper = isInstance(inherited, ['sqlalchemy.orm.Mapper'], facts) === 'proven';
    return isMapper ? `${inherited.text}.registry` : null;
  }
  const symbol = facts.symbols.symbolOf(facts.module, inherited);
  if (symbol?.kind !== 'definition') return null;
  if (symbol.binding.kind === 'class') return `${inherited.text}.__mapper__.registry`;
  const makes = readCall(symbol.binding.value)?.callee.text ?? '';
  return /(^|\.)(mapper|map_imperatively)$/.test(makes) ? `${inherited.text}.registry` : null;
}

/** Whether a call of this file maps the class of that id. */
function isMappedHere(id: string, facts: Facts): boolean {
  return descendants(facts.module.tree.root, 'call').some((each) => {
    const call = readCall(each);
    if (!call || facts.qualifiedName(call.callee) !== MAPPER) return false;
    const mapped = call.positional[0] && facts.symbols.symbolOf(facts.module, call.positional[0]);
    return mapped?.kind === 'definition' && mapped.id === id;
  });
}

function isClass(node: PyNode, { facts }: RuleContext): boolean {
  const symbol = facts.symbols.symbolOf(facts.module, node);
  if (symbol?.kind === 'library') return true;
  return symbol?.kind === 'definition' && symbol.binding.kind === 'class';
}

/** All calls of a file are mapped by one registry. Those of several files share one only where mappers inherit: `mapper()` found no class by a string either. */
function mapImperatively(calls: readonly Call[], context: RuleContext): void {
  const [first] = calls;
  if (!first) return;
  const existing = existingRegistry(first.node, context);
  const edits: Edit[] = [];
  const uses: NameUse[] = [];
  const name = existing ?? 'mapper_registry';
  const registries = registriesOf(calls, name, context);
  if (existing === null && registries.includes(name)) {
    const place = topStatement(first.node);
    if (!place || context.facts.binding.isBound(name, first.node))
      return context.manual({
        at: first.node,
        message: '`mapper()`',
        reason: 'make a registry() at the top of the module and call its map_imperatively()',
      });
    const use = context.use('sqlalchemy.orm.registry', place);
    uses.push(use);
    const gap = place.kind === 'expression_statement' ? '\n' : '\n\n\n';
    edits.push(context.before(place, `${name} = ${use.text}()${gap}`));
  }
  for (const [at, { callee, positional }] of calls.entries()) {
    const named = positional.slice(2);
    edits.push(
      context.replace(callee, `${registries[at] ?? name}.map_imperatively`),
      ...named.map((value, index) => context.before(value, `${POSITIONAL[index] ?? ''}=`)),
    );
  }
  // In 1.x such classes are in no registry at all: no string names them, and a new one adds names only.
  const isNew =
    (existing === null || mapsNothingElse(existing, context)) &&
    calls.every((call) => mapsPlainClass(call, context));
  context.fix({
    at: first.node,
    message: '`mapper()`',
    safety: isNew ? 'safe' : 'unsafe',
    reason: isNew
      ? ''
      : 'the classes belong to one registry from now on: classes of a declarative base are found by another one in relationships that name them as strings',
    edits,
    uses,
  });
}

/** The registry of each call: that of the file, or, as soon as a mapper inherits from one of another file, that of the mapper above. */
function registriesOf(
  calls: readonly Call[],
  name: string,
  context: RuleContext,
): readonly string[] {
  if (calls.every((call) => inheritedFrom(call, context) === null)) return calls.map(() => name);
  return calls.map((call) => {
    const inherited = keyword(call, 'inherits');
    return (inherited && registryOf(inherited, context)) ?? name;
  });
}

/** Whether the class that is mapped inherits from plain classes of the project alone, so that no declarative base knows it. */
function mapsPlainClass({ positional: [mapped] }: Call, { facts }: RuleContext): boolean {
  const symbol = mapped ? facts.symbols.symbolOf(facts.module, mapped) : null;
  if (symbol?.kind !== 'definition' || !symbol.binding.value) return false;
  return isPlainClass(symbol.binding.value, symbol.module, facts);
}

/** A registry that the module assigns before the place. */
function existingRegistry(at: PyNode, { facts }: RuleContext): string | null {
  for (const [name, bindings] of facts.binding.module.bindings) {
    const [binding] = bindings;
    const call = readCall(binding?.value ?? null);
    if (!binding || !call || bindings.length > 1 || binding.node.start > at.start) continue;
    if (facts.qualifiedName(call.callee) === 'sqlalchemy.orm.registry') return name;
  }
  return null;
}

/** Whether a registry of the module gives its metadata, and maps no class in another way. */
function mapsNothingElse(name: string, { facts }: RuleContext): boolean {
  const { module } = facts.binding;
  return (
    importedBy(facts.module, name, facts) === null &&
    facts.binding
      .references(module, name)
      .every(({ parent }) =>
        /^(metadata|map_imperatively)$/.test(parent?.child('attribute')?.text ?? ''),
      )
  );
}

/** The statement of the module that holds a node, decorators included. */
function topStatement(node: PyNode): PyNode | null {
  let each = node;
  while (each.parent && each.parent.kind !== 'module') each = each.parent;
  return each.parent ? each : null;
}
