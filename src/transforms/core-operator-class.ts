// Says of columns that hold no text that LIKE and its kin compare them as text. It reads the types that the project declares.
import { readMethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { columnBehind } from '../project/core/column-behind.ts';
import { readSqlText } from '../project/core/sql-text.ts';
import type { Facts } from '../project/facts.ts';
import type { SqlType } from '../project/models.ts';
import { itemOf } from '../project/query/items.ts';
import { defineTransform } from '../project/rule.ts';

const METHODS: ReadonlySet<string> = new Set(
  'contains endswith icontains iendswith ilike istartswith like match not_ilike not_like notilike notlike regexp_match regexp_replace startswith'.split(
    ' ',
  ),
);
/** Types without operators for text; types of a database have their own. */
const OTHER_TYPES: ReadonlySet<string> = new Set(
  'BigInteger Boolean Date DateTime Double Float Integer Interval JSON Numeric SmallInteger Time'
    .split(' ')
    .map((name) => `sqlalchemy.${name}`),
);

export default defineTransform({
  id: 'core-operator-class',
  summary: 'Compare columns as text by `type_coerce(column, String)`',
  rationale:
    'Only with `--target-version 2.1`: operators of text on columns of numbers, dates and JSON are deprecated there, and will raise.',
  reference:
    'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html#operator-classes-added-to-validate-operator-usage-with-datatypes',
  fixes: 'safe',
  rows: ['v21-operator-classes'],
  triggers: [...METHODS].map((name) => `.${name}(`),
  example: {
    before: 'stmt = select(User).where(User.age.like("4%"))\n',
    after: 'stmt = select(User).where(type_coerce(User.age, String).like("4%"))\n',
    targetVersion: '2.1',
  },
  visit: {
    call(node, context) {
      if (context.settings.targetVersion !== '2.1') return;
      const call = readMethodCall(node, METHODS);
      if (call?.receiver.kind !== 'attribute') return;
      const { facts } = context;
      const type = typeOf(call.receiver, facts);
      if (!type) return;
      const { name, location } = type;
      if (!OTHER_TYPES.has(name)) return;
      const written = location ? facts.modules.byPath(location.path)?.tree.text : '';
      const text = location ? (written ?? '').slice(location.start, location.end) : '';
      const message = `\`${call.method.text}()\` of a column of ${name.slice('sqlalchemy.'.length)}`;
      // A variant has operators of its own: with JSONB, contains() is no LIKE.
      if (/with_variant|comparator_factory/.test(text))
        return context.manual({
          at: node,
          message,
          reason:
            'its variant decides: compare type_coerce(column, String), or the type that is meant',
        });
      const coerce = context.use('sqlalchemy.type_coerce', node);
      const string = context.use('sqlalchemy.String', node);
      const [pattern] = call.positional;
      const isText = pattern !== undefined && readSqlText(pattern, facts) !== null;
      context.fix({
        at: node,
        message,
        safety: isText ? 'safe' : 'unsafe',
        reason: isText ? '' : 'a pattern that is no text is sent as text then',
        edits: [
          context.before(call.receiver, `${coerce.text}(`),
          context.after(call.receiver, `, ${string.text})`),
        ],
        uses: [coerce, string],
      });
    },
  },
});

/** The type of a column: of a mapped class, or of a table. */
function typeOf(node: PyNode, facts: Facts): SqlType | null {
  const item = itemOf(node, facts);
  const mapped = item.kind === 'columns' ? item.attribute : null;
  return (mapped?.kind === 'column' ? mapped.type : columnBehind(node, facts)?.type) ?? null;
}
