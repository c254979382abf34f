// Rewrites URLs: they are made by URL.create(), do not change, hide their password, and have new names for some databases.
import { readCall, readMethodCall, type Call } from '../python/calls.ts';
import { readString } from '../python/strings.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { ownsLines } from '../project/core/blocks.ts';
import { isInstance } from '../project/core/receivers.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { schemeChange } from '../sqlalchemy/url-schemes.ts';

const CREATE = 'engine-url';
const MUTATE = 'engine-url-mutated';
const STR = 'engine-url-str';
const SCHEME = 'engine-url-scheme';

const TAKES_URL =
  /^sqlalchemy\.(create_engine|engine_from_config|make_url|create_mock_engine|ext\.asyncio\.create_async_engine)$/;
const PARTS: ReadonlySet<string> = new Set([
  'database',
  'drivername',
  'host',
  'password',
  'port',
  'query',
  'username',
]);

export default defineTransform({
  id: CREATE,
  family: [
    { id: CREATE, summary: 'Make URLs with `URL.create()`', rows: ['url-ctor'] },
    {
      id: MUTATE,
      summary: 'Assign the changed copy of a URL',
      rows: ['url-mutate'],
      example: {
        before: 'url = sa.engine.make_url("sqlite://")\nurl.database = name\n',
        after: 'url = sa.engine.make_url("sqlite://")\nurl = url.set(database=name)\n',
      },
    },
    {
      id: STR,
      summary: 'Render a URL with its password where it is used to connect',
      rows: ['url-str'],
      example: {
        before: 'other = create_engine(str(engine.url))\n',
        after: 'other = create_engine(engine.url)\n',
      },
    },
    {
      id: SCHEME,
      summary: 'Use names of databases that 2.x knows',
      rows: [
        'imp-removed-dialects',
        'url-postgres-scheme',
        'v21-oracle-driver',
        'v21-pg-driver',
        'v21-sqlite-memory-url',
        'v21-url-database',
      ],
      example: {
        before: 'other = create_engine("postgres://localhost/shop")\n',
        after: 'other = create_engine("postgresql://localhost/shop")\n',
      },
    },
  ],
  summary: 'Make and change URLs as 2.x wants it',
  rationale:
    'A URL is a named tuple since 1.4: it is not called, not changed, and shows no password.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_14.html#the-url-object-is-now-immutable',
  fixes: 'safe',
  rows: [],
  triggers: ['URL(', '.url', 'url', 'URL', '://'],
  example: {
    before: 'url = sa.engine.url.URL("postgresql", username="ann")\n',
    after: 'url = sa.engine.url.URL.create("postgresql", username="ann")\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call) return;
      const name = context.facts.qualifiedName(call.callee);
      if (name === 'sqlalchemy.URL') return create(call, context);
      if (name === 'builtins.str') return render(call, context);
      if (name !== null && TAKES_URL.test(name) && call.positional[0])
        return scheme(call.positional[0], 'safe', context);
      const method = readMethodCall(node);
      if (method?.method.text === 'format' && isText(method.receiver))
        for (const value of [...call.positional, ...call.keywords.map((each) => each.value)])
          renderInString(value, context);
      updateQuery(node, context);
    },
    assignment(node, context) {
      mutate(node, context);
      const name = node.child('left')?.text ?? '';
      const value = node.child('right');
      if (value?.kind === 'string' && /SQLALCHEMY_\w*(URI|URL)$/.test(name.replace(/["'\]]+$/, '')))
        scheme(value, 'safe', context);
    },
    interpolation(node, context) {
      const value = node.named[0];
      if (value && node.named.length === 1) renderInString(value, context);
    },
    binary_operator(node, context) {
      const [text, filled] = [node.child('left'), node.child('right')];
      if (!filled || !isText(text) || node.token('%') === null) return;
      for (const value of filled.kind === 'tuple' ? filled.named : [filled])
        renderInString(value, context);
    },
  },
});

function isText(node: PyNode | null): boolean {
  return node?.kind === 'string' || node?.kind === 'concatenated_string';
}

/** A URL that an f-string, `%` or `str.format()` writes into a string. */
function renderInString(value: PyNode, context: RuleContext): void {
  if (!mayBeUrl(value, context)) return;
  if (isInstance(value, ['sqlalchemy.URL'], context.facts) !== 'proven') return;
  context.fix({
    at: value,
    message: 'a URL in a string',
    safety: 'unsafe',
    reason: 'its password is shown, as in 1.x: leave it where the string is only printed',
    edits: [context.after(value, '.render_as_string(hide_password=False)')],
    rule: STR,
  });
}

/** Strings are filled everywhere: only what a name or its definition calls a URL gets a closer look. */
function mayBeUrl(value: PyNode, { facts }: RuleContext): boolean {
  const named = /url|uri|dsn/i;
  if (named.test(value.text)) return true;
  return (
    value.kind === 'identifier' &&
    facts.binding
      .reaching(value)
      .some(({ value: given, node }) => named.test((given ?? node.parent)?.text ?? ''))
  );
}

function create(call: Call, context: RuleContext): void {
  if (call.list.kind !== 'argument_list' || call.list.named.length === 0) return;
  context.fix({
    at: call.node,
    message: '`URL()` is called',
    safety: 'safe',
    edits: [context.after(call.callee, '.create')],
    rule: CREATE,
  });
}

function render({ node, positional: [url], list }: Call, context: RuleContext): void {
  if (
    !url ||
    list.named.length > 1 ||
    !mayBeUrl(url, context) ||
    isInstance(url, ['sqlalchemy.URL'], context.facts) !== 'proven'
  )
    return;
  const outer = node.parent?.kind === 'argument_list' ? readCall(node.parent.parent) : null;
  const taker = outer ? (context.facts.qualifiedName(outer.callee) ?? '') : '';
  const connects = TAKES_URL.test(taker) || /(^|\.)set_main_option$/.test(outer?.callee.text ?? '');
  const isDirect = TAKES_URL.test(taker);
  context.fix({
    at: node,
    message: '`str()` of a URL hides its password',
    safety: connects ? 'safe' : 'unsafe',
    reason: connects
      ? ''
      : 'the password is shown, as in 1.x: leave it where the string is only printed',
    edits: [
      context.replace(
        node,
        isDirect ? url.text : `${url.text}.render_as_string(hide_password=False)`,
      ),
    ],
    rule: STR,
  });
}

/** `url.database = x` and `url.query["a"] = b`. */
function mutate(node: PyNode, context: RuleContext): void {
  const left = node.child('left');
  const right = givenIn(node);
  const statement = enclosing(node, 'expression_statement');
  if (!left || !right || !statement) return;
  const isItem = left.kind === 'subscript';
  const member = isItem ? left.child('value') : left;
  const url = member?.kind === 'attribute' ? member.child('object') : null;
  const name = member?.child('attribute')?.text ?? '';
  if (!url || !PARTS.has(name) || (isItem && name !== 'query')) return;
  if (isInstance(url, ['sqlalchemy.URL'], context.facts) !== 'proven') return;
  const key = isItem ? left.childrenOf('subscript')[0]?.text : null;
  const text =
    key === null || key === undefined
      ? `${url.text}.set(${name}=${right.text})`
      : `${url.text}.update_query_dict({${key}: ${right.text}})`;
  assign(statement, url, text, context);
}

/** The value of an assignment, also of `a = b = value`. */
function givenIn(node: PyNode): PyNode | null {
  const right = node.child('right');
  return right?.kind === 'assignment' ? givenIn(right) : right;
}

/** `url.query.update({…})`. */
function updateQuery(node: PyNode, context: RuleContext): void {
  const call = readMethodCall(node);
  const statement = node.parent;
  const [values] = call?.positional ?? [];
  const member = call?.receiver;
  if (call?.method.text !== 'update' || !values || member?.kind !== 'attribute') return;
  const url = member.child('object');
  if (
    member.child('attribute')?.text !== 'query' ||
    !url ||
    statement?.kind !== 'expression_statement'
  )
    return;
  if (isInstance(url, ['sqlalchemy.URL'], context.facts) !== 'proven') return;
  assign(statement, url, `${url.text}.update_query_dict(${values.text})`, context);
}

function assign(statement: PyNode, url: PyNode, text: string, context: RuleContext): void {
  const message = 'a URL is changed in place';
  const isLocal =
    url.kind === 'identifier' &&
    context.facts.binding.lookup(url.text, url)?.scope === context.facts.binding.scopeOf(url);
  const [assigned] = statement.named;
  const isChained =
    assigned?.kind === 'assignment' && assigned.child('right')?.kind === 'assignment';
  if (!ownsLines(statement) || !isLocal || isChained)
    return context.manual({
      at: statement,
      message,
      reason: `make a changed copy, \`${text}\`, and hand it to everything that holds the URL`,
      rule: MUTATE,
    });
  context.fix({
    at: statement,
    message,
    safety: 'unsafe',
    reason: 'what else holds the URL does not see the change',
    edits: [context.replace(statement, `${url.text} = ${text}`)],
    rule: MUTATE,
  });
}

function scheme(node: PyNode, safety: 'safe' | 'unsafe', context: RuleContext): void {
  const literal = node.kind === 'string' ? readString(node) : null;
  if (!literal || enclosing(node, 'decorator')) return;
  const start = node.start + node.text.search(/["']/) + (/^\w*("""|''')/.test(node.text) ? 3 : 1);
  const change = schemeChange(
    context.source.slice(start, node.end),
    context.settings.targetVersion,
  );
  if (!change) return;
  const { scheme: old, to, reason, isSure } = change;
  const at = { start, end: start + old.length };
  const message = `the database URL \`${old}://\``;
  if (to === null) return context.manual({ at: node, message, reason, rule: SCHEME });
  const isSafe = safety === 'safe' && isSure;
  context.fix({
    at: node,
    message,
    safety: isSafe ? 'safe' : 'unsafe',
    reason: isSafe ? '' : reason,
    edits: [context.replace(at, to)],
    rule: SCHEME,
  });
}
