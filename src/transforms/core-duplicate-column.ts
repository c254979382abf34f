// Finds columns that replace another of the same name in a Table().
import { calledName, keyword, readCall, readMethodCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import type { Facts } from '../project/facts.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'core-duplicate-column',
  summary: 'Say that a column replaces another of its name',
  rationale: 'In 1.x the last column of a name won. 2.0 raises DuplicateColumnError.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#error-raised-when-a-column-object-is-added-to-a-table-that-has-a-column-of-that-name',
  fixes: 'safe',
  rows: ['duplicate-columns'],
  triggers: ['Table(', '.append_column('],
  example: {
    before:
      'users = Table("users", metadata, Column("id", Integer))\nusers.append_column(Column("id", BigInteger))\n',
    after:
      'users = Table("users", metadata, Column("id", Integer))\nusers.append_column(Column("id", BigInteger), replace_existing=True)\n',
  },
  visit: {
    call(node, context) {
      const name = calledName(node);
      if (name === 'Table') ofTable(node, context);
      else if (name === 'append_column') ofAppend(node, context);
    },
  },
});

function ofTable(node: PyNode, context: RuleContext): void {
  const call = readCall(node);
  if (!call || context.facts.qualifiedName(call.callee) !== 'sqlalchemy.Table') return;
  const names = new Set<string>();
  const keys = new Set<string>();
  for (const column of call.positional) {
    const named = nameOf(column, context.facts);
    if (!named) continue;
    if (names.has(named.name) || keys.has(named.key))
      context.manual({
        at: column,
        message: `the table has two columns \`${named.name}\``,
        reason: 'the last one won in 1.x, and 2.0 raises: delete the others',
      });
    names.add(named.name);
    keys.add(named.key);
  }
}

function ofAppend(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  const call = readMethodCall(node);
  const [column] = call?.positional ?? [];
  const named = column ? nameOf(column, facts) : null;
  if (!call || !column || !named || call.doubleStarred || keyword(call, 'replace_existing')) return;
  const id = facts.qualifiedName(call.receiver);
  const table = id === null ? null : facts.models.tableDefinition(id);
  const replaced = table?.columns.get(named.key);
  if (!replaced || isInstance(call.receiver, ['sqlalchemy.Table'], facts) !== 'proven') return;
  context.fix({
    at: node,
    message: `the table has a column \`${named.name}\` already`,
    safety: 'safe',
    edits: [context.after(column, ', replace_existing=True')],
  });
}

/** The literal name and key of a `Column(…)`. */
function nameOf(
  node: PyNode,
  facts: Facts,
): { readonly name: string; readonly key: string } | null {
  const call = readCall(node);
  if (!call || facts.qualifiedName(call.callee) !== 'sqlalchemy.Column') return null;
  const name = stringValue(call.positional[0] ?? keyword(call, 'name'));
  if (name === null) return null;
  return { name, key: stringValue(keyword(call, 'key')) ?? name };
}
