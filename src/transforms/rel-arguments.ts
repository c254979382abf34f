// Rewrites arguments of relationship() and backref() that 2.x spells differently or does not take. It knows no models.
import {
  callsOfChain,
  itemRemovals,
  readCall,
  readMethodCall,
  type Call,
  type KeywordArgument,
} from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { lambdaOf } from '../project/string-expression.ts';
import type { PyNode } from '../python/tree.ts';

const CALLEES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.backref',
  'sqlalchemy.orm.dynamic_loader',
  'sqlalchemy.orm.relation',
  'sqlalchemy.orm.relationship',
]);

/** The positional arguments of 1.x on which 1.3 and 1.4 agree; 2.x takes the first two by position. */
const POSITIONS = [
  'argument',
  'secondary',
  'primaryjoin',
  'secondaryjoin',
  'foreign_keys',
  'uselist',
  'order_by',
  'backref',
  'back_populates',
];

/** What to do about one keyword with one value. */
interface ArgumentRule {
  readonly rule: string;
  readonly keyword: string;
  readonly applies: (value: PyNode) => boolean;
  /** The new value, or the removal of the argument; without one it is reported. */
  readonly change?: { readonly to: string } | 'remove';
  readonly message: string;
  readonly reason?: string;
}

const ANY = (): boolean => true;
const NOLOAD =
  'it loads nothing and is deprecated in 2.1: say lazy="raise" to forbid loading, lazy="write_only" for a large collection, or leave the attribute away';

const NOLOAD_OPTION = 'noload';
const OPTIONS = /^sqlalchemy\.orm\.(?:Load$|[a-z]+load$|contains_eager$)/;

const ARGUMENTS: readonly ArgumentRule[] = [
  {
    rule: 'rel-arguments',
    keyword: 'lazy',
    applies: (value) => value.kind === 'true',
    change: { to: 'select' },
    message: '`lazy=True` is an old name of "select"',
  },
  {
    rule: 'rel-arguments',
    keyword: 'lazy',
    applies: (value) => value.kind === 'false',
    change: { to: 'joined' },
    message: '`lazy=False` is an old name of "joined"',
  },
  {
    rule: 'rel-noload',
    keyword: 'lazy',
    applies: (value) => value.kind === 'none' || stringValue(value) === 'noload',
    message: 'the strategy "noload"',
    reason: NOLOAD,
  },
  {
    rule: 'rel-arguments',
    keyword: 'cascade_backrefs',
    applies: (value) => value.kind === 'false',
    change: 'remove',
    message: '`cascade_backrefs=False` is the only behaviour of 2.x',
  },
  {
    rule: 'rel-arguments',
    keyword: 'cascade_backrefs',
    applies: (value) => value.kind !== 'false',
    message: '`cascade_backrefs` other than False is refused',
    reason: 'objects no longer reach a session through a backref: add them, then drop the argument',
  },
  {
    rule: 'rel-arguments',
    keyword: 'bake_queries',
    applies: ANY,
    change: 'remove',
    message: '`bake_queries` has no effect since 1.4',
  },
  {
    rule: 'rel-arguments',
    keyword: 'extension',
    applies: ({ kind, named }) => kind === 'none' || (kind === 'list' && named.length === 0),
    change: 'remove',
    message: '`extension` was removed',
  },
  {
    rule: 'rel-arguments',
    keyword: 'extension',
    applies: ANY,
    message: '`extension` was removed',
    reason: 'listen to the events append, remove and set of the attribute instead',
  },
];

const CASCADES_OF_WRITES = /\b(?:all|save-update|delete|delete-orphan)\b/;

export default defineTransform({
  id: 'rel-arguments',
  family: [
    {
      id: 'rel-arguments',
      summary: 'Name, replace or drop the arguments of `relationship()` that 2.x takes differently',
      rows: [
        'rel-positional',
        'rel-lazy-flag',
        'rel-cascade-backrefs-kw',
        'rel-removed-kw',
        'rel-secondary-eval',
      ],
    },
    {
      id: 'rel-noload',
      summary: 'Report relationships with the strategy "noload"',
      rows: ['rel-noload'],
      example: {
        before: 'orders: Mapped[list["Order"]] = relationship(lazy="noload")\n',
        after: 'orders: Mapped[list["Order"]] = relationship(lazy="noload")\n',
      },
    },
    {
      id: 'rel-viewonly',
      summary: 'Report view-only relationships with cascades of writes',
      rows: ['rel-viewonly'],
      example: {
        before: 'orders: Mapped[list["Order"]] = relationship(viewonly=True, cascade="all")\n',
        after: 'orders: Mapped[list["Order"]] = relationship(viewonly=True, cascade="all")\n',
      },
    },
  ],
  summary: 'Name, replace or drop the arguments of `relationship()` that 2.x takes differently',
  rationale:
    'relationship() takes keywords after the secondary table, and lost arguments that had no effect.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/relationship_api.html#sqlalchemy.orm.relationship',
  fixes: 'safe',
  rows: [],
  triggers: ['relationship(', 'relation(', 'backref(', 'dynamic_loader(', 'noload('],
  example: {
    before: 'tags = relationship("Tag", tagged, "Tag.id == tagged.c.tag_id")\n',
    after:
      'tags = relationship("Tag", secondary=tagged, primaryjoin="Tag.id == tagged.c.tag_id")\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      const callee = call && context.facts.qualifiedName(call.callee);
      if (!call) return;
      if (callee === `sqlalchemy.orm.${NOLOAD_OPTION}` || continuesOption(node, context))
        reportNoload(call, context);
      if (!callee || !CALLEES.has(callee)) return;
      if (!callee.endsWith('backref')) namePositions(call, context);
      for (const argument of call.keywords) applyTable(call, argument, context);
      reportViewonly(call, context);
      secondary(call, context);
    },
  },
});

/** `….noload(X.y)` of another loader option. */
function continuesOption(node: PyNode, { facts }: RuleContext): boolean {
  if (readMethodCall(node)?.method.text !== NOLOAD_OPTION) return false;
  const [first] = callsOfChain(node) ?? [];
  return first !== undefined && OPTIONS.test(facts.qualifiedName(first.callee) ?? '');
}

function reportNoload(call: Call, context: RuleContext): void {
  context.manual({
    at: call.node,
    rule: 'rel-noload',
    message: 'the strategy "noload"',
    reason: 'it loads nothing and is deprecated in 2.1: say raiseload() to forbid loading',
  });
}

function namePositions(call: Call, context: RuleContext): void {
  const { positional, node } = call;
  if (positional.length <= 2) return;
  const message = 'relationship() takes keywords after the secondary table';
  const rule = 'rel-arguments';
  if (positional.length > POSITIONS.length || call.starred || call.doubleStarred) {
    const reason = 'name each argument: which one a position means differs between versions';
    context.manual({ at: node, message, reason, rule });
    return;
  }
  const edits = positional
    .slice(1)
    .map((argument, index) => context.before(argument, `${POSITIONS[index + 1] ?? ''}=`));
  context.fix({ at: node, message, safety: 'safe', edits, rule });
}

function applyTable(call: Call, argument: KeywordArgument, context: RuleContext): void {
  const found = ARGUMENTS.find(
    (each) => each.keyword === argument.name && each.applies(argument.value),
  );
  if (!found) return;
  const { rule, message, change, reason = '' } = found;
  if (!change) {
    context.manual({ at: argument.node, message, reason, rule });
    return;
  }
  const edits =
    change === 'remove'
      ? itemRemovals(call.list, [argument.node]).map((span) => context.replace(span, ''))
      : [context.replace(argument.value, quoted(change.to, call))];
  context.fix({ at: argument.node, message, safety: 'safe', edits, rule });
}

function reportViewonly(call: Call, context: RuleContext): void {
  const named = new Map(call.keywords.map(({ name, value }) => [name, value]));
  const cascade = named.get('cascade');
  const text = cascade && stringValue(cascade);
  if (named.get('viewonly')?.kind !== 'true' || !text || !CASCADES_OF_WRITES.test(text)) return;
  context.manual({
    at: call.node,
    rule: 'rel-viewonly',
    message: 'a view-only relationship writes nothing',
    reason: `1.4 refuses cascade="${text}" beside viewonly=True, later versions ignore it: drop the cascades of writes`,
  });
}

/** A string that is no name of a table: 1.x and 2.0 evaluate it as an expression. */
function secondary(call: Call, context: RuleContext): void {
  const [, positional] = call.positional;
  const value = call.keywords.find(({ name }) => name === 'secondary')?.value ?? positional;
  const text = value && stringValue(value);
  if (!value || !text || /^[\w.]+$/.test(text)) return;
  const rule = 'rel-arguments';
  const message = 'a string of `secondary` is the name of a table in 2.1, no expression';
  const lambda = lambdaOf(text, value, context);
  if ('refusal' in lambda) {
    const reason = `give the name of the table, or a lambda with the expression: ${lambda.refusal}`;
    context.manual({ at: value, rule, message, reason });
    return;
  }
  const edits = [context.replace(value, lambda.text)];
  context.fix({ at: value, rule, message, safety: 'safe', edits, uses: lambda.uses });
}

/** A string in the quotes that the call has already. */
function quoted(text: string, call: Call): string {
  const quote = call.list.text.includes('"') || !call.list.text.includes("'") ? '"' : "'";
  return `${quote}${text}${quote}`;
}
