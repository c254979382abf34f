// What 2.x removed or refuses around mapped classes: automap, attributes of mappers.
import { itemRemovals, readCall, readMethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'model-automap',
  family: [
    {
      id: 'model-automap',
      summary: 'Reflect with `autoload_with` in `prepare()` of automap',
      rows: ['automap-prepare'],
    },
    {
      id: 'model-mapped-table',
      summary: 'Replace `mapped_table` of mappers with `persist_selectable`',
      rows: ['mapper-mapped-table'],
      example: {
        before: 'table = inspect(User).mapped_table\n',
        after: 'table = inspect(User).persist_selectable\n',
      },
    },
  ],
  summary: 'Reflect with `autoload_with` in `prepare()` of automap',
  rationale: 'These forms are deprecated or gone in 2.x; each has a direct successor.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#migration-20-unify-select',
  fixes: 'safe',
  stillRuns: true,
  rows: [],
  triggers: ['.prepare(', 'mapped_table'],
  example: {
    before: 'Base.prepare(engine, reflect=True)\n',
    after: 'Base.prepare(autoload_with=engine)\n',
  },
  visit: {
    call: prepare,
    attribute: mappedTable,
  },
});

/** `Base.prepare(engine, reflect=True)` of an automap base. */
function prepare(node: PyNode, context: RuleContext): void {
  const call = readMethodCall(node);
  if (call?.method.text !== 'prepare' || !isAutomapBase(call.receiver, context)) return;
  const named = new Map(call.keywords.map((each) => [each.name, each]));
  const [first] = call.positional;
  const engine = named.get('engine');
  const reflect = named.get('reflect');
  if (reflect?.value.kind !== 'true' || call.positional.length + (engine ? 1 : 0) !== 1) return;
  const target = engine ? { start: engine.node.start, end: engine.value.start } : first;
  if (!target) return;
  context.fix({
    at: node,
    rule: 'model-automap',
    message: '`reflect` and `engine` of prepare() are deprecated',
    safety: 'safe',
    edits: [
      engine ? context.replace(target, 'autoload_with=') : context.before(target, 'autoload_with='),
      ...itemRemovals(call.list, [reflect.node]).map((span) => context.replace(span, '')),
    ],
  });
}

function isAutomapBase(node: PyNode, { facts }: RuleContext): boolean {
  const symbol = facts.symbols.symbolOf(facts.module, node);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'assignment') return false;
  const call = readCall(symbol.binding.value);
  const callee = call && facts.symbols.symbolOf(symbol.module, call.callee);
  return callee?.kind === 'library' && callee.name === 'sqlalchemy.ext.automap.automap_base';
}

/** `inspect(User).mapped_table`, `User.__mapper__.mapped_table`. */
function mappedTable(node: PyNode, context: RuleContext): void {
  const name = node.child('attribute');
  const owner = node.child('object');
  if (name?.text !== 'mapped_table' || !owner) return;
  const isKnown = isInstance(owner, ['sqlalchemy.orm.Mapper'], context.facts) === 'proven';
  if (!isKnown && !/mapper(\(\))?$/i.test(owner.text)) return;
  context.fix({
    at: node,
    rule: 'model-mapped-table',
    message: '`mapped_table` was removed in 2.1',
    safety: isKnown ? 'safe' : 'unsafe',
    reason: isKnown ? '' : `\`${owner.text}\` is probably, but not provably, a mapper`,
    edits: [context.replace(name, 'persist_selectable')],
  });
}
