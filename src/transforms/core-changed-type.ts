// Keeps what types of columns gave before: strings for UUID, and aliases of enums.
import type { Edit } from '../edits/edit.ts';
import { keyword, readCall, type Call } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { stringValue } from '../python/strings.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const UUID = 'core-uuid-type';
const ALIASES = 'core-enum-aliases';
const UUIDS =
  /^sqlalchemy\.dialects\.(postgresql\.(base\.)?UUID|mssql\.(base\.)?UNIQUEIDENTIFIER)$/;
/** Calls whose arguments are types. */
const TYPED =
  /^sqlalchemy\.(ARRAY|Column|bindparam|cast|column|dialects\.postgresql\.ARRAY|literal|literal_column|orm\.column_property|orm\.mapped_column|type_coerce)$/;
const METHODS = /\.(type_descriptor|with_variant)$/;
const DOUBT =
  'the project runs on 2.0 already, as it seems: there the values are uuid.UUID, and as_uuid=True says so';

export default defineTransform({
  id: UUID,
  family: [
    {
      id: UUID,
      summary: 'Keep the strings of UUID columns with `as_uuid=False`',
      rows: ['pg-uuid-as-uuid'],
    },
    {
      id: ALIASES,
      summary: 'Keep the aliases of enums with `omit_aliases=False`',
      rows: ['enum-omit-aliases'],
      rationale:
        'Names of an enum that repeat a value were labels of the type in the database; 2.0 leaves them out, and makes the column shorter.',
      reference:
        'https://docs.sqlalchemy.org/en/20/core/type_basics.html#sqlalchemy.types.Enum.params.omit_aliases',
      example: {
        before:
          'import enum\n\nclass Color(enum.Enum):\n    RED = 1\n    CRIMSON = 1\n\ncolors = sa.Enum(Color)\n',
        after:
          'import enum\n\nclass Color(enum.Enum):\n    RED = 1\n    CRIMSON = 1\n\ncolors = sa.Enum(Color, omit_aliases=False)\n',
      },
    },
  ],
  summary: 'Keep the strings of UUID columns with `as_uuid=False`',
  rationale:
    'UUID of PostgreSQL and UNIQUEIDENTIFIER of SQL Server took and gave strings. Since 2.0 they take and give `uuid.UUID` unless `as_uuid=False` is passed: strings raise.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/type_basics.html#sqlalchemy.types.UUID.params.as_uuid',
  fixes: 'safe',
  rows: [],
  triggers: ['UUID', 'UNIQUEIDENTIFIER', 'Enum'],
  stillRuns: true,
  example: {
    before:
      'from sqlalchemy.dialects import postgresql\nstmt = select(sa.cast(User.name, postgresql.UUID))\n',
    after:
      'from sqlalchemy.dialects import postgresql\nstmt = select(sa.cast(User.name, postgresql.UUID(as_uuid=False)))\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const last = call?.callee.child('attribute')?.text ?? call?.callee.text ?? '';
      if (!call || !/UUID|UNIQUEIDENTIFIER|Enum/.test(last)) return;
      const name = context.facts.qualifiedName(call.callee) ?? '';
      if (UUIDS.test(name)) ofUuid(call, name, context);
      else if (name === 'sqlalchemy.Enum') ofEnum(call, context);
    },
    identifier: ofBareName,
    attribute: ofBareName,
  },
});

/** `UUID()` without `as_uuid`. */
function ofUuid(call: Call, name: string, context: RuleContext): void {
  if (call.positional.length > 0 || call.doubleStarred || keyword(call, 'as_uuid')) return;
  const end = call.list.end - 1;
  const text = call.list.named.length > 0 ? ', as_uuid=False' : 'as_uuid=False';
  const last = call.list.named.at(-1);
  keepStrings(call.node, name, context, (edit) =>
    edit.replace({ start: last?.end ?? end, end: last?.end ?? end }, text),
  );
}

/** `Column(UUID)`, `type_descriptor(UUID)`. */
function ofBareName(node: PyNode, context: RuleContext): void {
  if (!/(UUID|UNIQUEIDENTIFIER)$/.test(node.text) || node.parent?.kind === 'attribute') return;
  const isImpl = node.parent?.kind === 'assignment' && node.parent.child('left')?.text === 'impl';
  if (!isImpl && !isType(node, context.facts)) return;
  const name = context.facts.qualifiedName(node) ?? '';
  if (!UUIDS.test(name)) return;
  if (isImpl)
    return context.manual({
      at: node,
      message: 'a type of its own stores UUIDs',
      reason:
        'where process_bind_param() gives strings, write impl = UUID(as_uuid=False): 2.0 takes and gives uuid.UUID otherwise',
      rule: UUID,
    });
  keepStrings(node, name, context, (edit) => edit.after(node, '(as_uuid=False)'));
}

/** Whether an expression is passed on as a type. */
function isType(node: PyNode, facts: Facts): boolean {
  const { parent } = node;
  if (parent?.kind === 'keyword_argument')
    return /^(type_|item_type)$/.test(parent.child('name')?.text ?? '');
  const call = parent?.kind === 'argument_list' ? readCall(parent.parent) : null;
  if (!call) return false;
  return TYPED.test(facts.qualifiedName(call.callee) ?? '') || METHODS.test(call.callee.text);
}

function keepStrings(
  node: PyNode,
  name: string,
  context: RuleContext,
  edit: (context: RuleContext) => Edit,
): void {
  // 1.4 takes the argument for PostgreSQL alone.
  if (name.includes('mssql') && context.settings.targetVersion === '1.4') return;
  if (givesUuids(node, context.facts)) return;
  const isModern = runsOn2(context);
  context.fix({
    at: node,
    message: `\`${name.slice(name.lastIndexOf('.') + 1)}\` without \`as_uuid\``,
    safety: isModern ? 'unsafe' : 'safe',
    reason: isModern ? DOUBT : '',
    edits: [edit(context), ...holdColumn(node, context)],
    rule: UUID,
  });
}

/** Writes the name of the Column again: what annotates the column by its type has to wait for the next pass. */
function holdColumn(node: PyNode, context: RuleContext): readonly Edit[] {
  const call = readCall(enclosing(node, 'call'));
  if (!call) return [];
  if (context.facts.qualifiedName(call.callee) !== 'sqlalchemy.Column')
    return holdColumn(call.node, context);
  return call.node.parent?.kind === 'assignment'
    ? [context.replace(call.callee, call.callee.text)]
    : [];
}

/** Whether the column gets `uuid.UUID` objects by default: with strings, that failed on 1.x. */
function givesUuids(node: PyNode, facts: Facts): boolean {
  const outer = enclosing(node, 'call');
  const call = readCall(outer);
  const isColumn = call && TYPED.test(facts.qualifiedName(call.callee) ?? '');
  const value = isColumn ? keyword(call, 'default') : null;
  return value !== null && /^uuid\.uuid\d$/.test(facts.qualifiedName(value) ?? '');
}

/** Whether requirements or the declarations of models show 2.0. */
function runsOn2({ facts, settings }: RuleContext): boolean {
  if (settings.runsOn !== null) return settings.runsOn === '2.x';
  return [...facts.models.classes.values()].some(({ own }) =>
    own.some((each) => each.kind === 'column' && /^(mapped_column|bare)$/.test(each.style)),
  );
}

function ofEnum(call: Call, context: RuleContext): void {
  const [values] = call.positional;
  const isAliased = values && aliasesOf(values, context.facts).length > 0;
  if (isAliased && !keyword(call, 'omit_aliases') && !keyword(call, 'values_callable'))
    keepAliases(call, values, context);
}

function keepAliases(call: Call, values: PyNode, context: RuleContext): void {
  if (call.doubleStarred) return;
  const isModern = runsOn2(context);
  const last = call.list.named.at(-1) ?? values;
  context.fix({
    at: call.node,
    message: `\`${values.text}\` has aliases: ${aliasesOf(values, context.facts).join(', ')}`,
    safety: isModern ? 'unsafe' : 'safe',
    reason: isModern ? 'the project runs on 2.0 already, as it seems, which left them out' : '',
    edits: [context.after(last, ', omit_aliases=False')],
    rule: ALIASES,
  });
}

/** The names of an enum of the project that repeat the literal value of an earlier one. */
function aliasesOf(node: PyNode, facts: Facts): readonly string[] {
  const id = facts.qualifiedName(node);
  const found = id === null ? null : facts.symbols.definition(id);
  const definition = found?.binding.kind === 'class' ? found.binding.value : null;
  if (!definition || !found) return [];
  const bases = definition.child('superclasses')?.named ?? [];
  const isEnum = bases.some((base) =>
    /^enum\.(Int|Str)?Enum$/.test(facts.in(found.module).qualifiedName(base) ?? ''),
  );
  if (!isEnum) return [];
  const seen = new Set<string>();
  return (definition.child('body')?.named ?? []).flatMap((statement) => {
    const assignment = statement.kind === 'expression_statement' ? statement.named[0] : null;
    const name = assignment?.kind === 'assignment' ? assignment.child('left') : null;
    const value = assignment?.child('right');
    const key = value
      ? (stringValue(value) ?? (value.kind === 'integer' ? value.text : null))
      : null;
    if (name?.kind !== 'identifier' || !value || key === null) return [];
    const literal = `${value.kind} ${key}`;
    if (seen.has(literal)) return [name.text];
    seen.add(literal);
    return [];
  });
}
