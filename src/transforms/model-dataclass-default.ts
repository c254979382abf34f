// Keeps the two defaults of a column apart in the way that 2.1 takes, and reports defaults of relationships that it refuses.
import {
  dottedParts,
  itemRemovals,
  keyword,
  readCall,
  type KeywordArgument,
} from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { declaredCall, type DeclaredCall } from '../project/declared.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const LITERALS: ReadonlySet<string> = new Set(['false', 'float', 'integer', 'none', 'true']);
const KEYWORDS: ReadonlySet<string> = new Set(['default', 'default_factory']);

export default defineTransform({
  id: 'model-dataclass-default',
  summary: 'Keep `default` and `insert_default` of a column apart as 2.1 takes them',
  rationale:
    '2.1 refuses both together: the default of the dataclass becomes a factory, and without a dataclass only that of INSERT has a meaning.',
  reference: 'https://docs.sqlalchemy.org/en/21/orm/dataclasses.html#column-defaults',
  fixes: 'safe',
  rows: ['dataclass-defaults'],
  triggers: ['insert_default', 'relationship('],
  example: {
    before:
      'from sqlalchemy.orm import MappedAsDataclass\n\n\nclass Job(MappedAsDataclass, Base):\n    __tablename__ = "jobs"\n    id: Mapped[int] = mapped_column(primary_key=True, init=False)\n    state: Mapped[Optional[str]] = mapped_column(default=None, insert_default="new")\n',
    after:
      'from sqlalchemy.orm import MappedAsDataclass\n\n\nclass Job(MappedAsDataclass, Base):\n    __tablename__ = "jobs"\n    id: Mapped[int] = mapped_column(primary_key=True, init=False)\n    state: Mapped[Optional[str]] = mapped_column(default_factory=lambda: None, insert_default="new")\n',
  },
  visit: {
    assignment(node, context) {
      const call = readCall(node.child('right'));
      if (!call?.keywords.some(({ name }) => KEYWORDS.has(name))) return;
      const declared = declaredCall(node, context.facts);
      if (declared?.callee === 'sqlalchemy.orm.mapped_column') column(declared, context);
      else if (declared?.callee === 'sqlalchemy.orm.relationship') relation(declared, context);
    },
  },
});

function column({ call, model, assignment }: DeclaredCall, context: RuleContext): void {
  const given = call.keywords.find(({ name }) => name === 'default');
  if (!given || !keyword(call, 'insert_default')) return;
  const message = '2.1 takes either `default` or `insert_default`';
  if (!model.dataclass && model.unknownBases.length > 0)
    return context.manual({
      at: assignment,
      message,
      reason: `whether the class is a dataclass cannot be told, as ${model.unknownBases.join(', ')} is not seen: if it is, write default_factory=lambda: …, else drop default`,
    });
  if (!model.dataclass) {
    const edits = itemRemovals(call.list, [given.node]).map((span) => context.replace(span, ''));
    return context.fix({ at: given.node, message, safety: 'safe', edits });
  }
  if (!isSameLater(given, context))
    return context.manual({
      at: assignment,
      message,
      reason: 'write default_factory=lambda: …, which gives the same object each time',
    });
  const edits = [context.replace(given.node, `default_factory=lambda: ${given.value.text}`)];
  context.fix({ at: given.node, message, safety: 'safe', edits });
}

/** Whether a lambda in the class body reads what the expression is there: a literal, or a name that no class body hides. */
function isSameLater({ value }: KeywordArgument, { facts }: RuleContext): boolean {
  if (LITERALS.has(value.kind) || stringValue(value) !== null) return true;
  if (value.kind === 'unary_operator') return value.named.every(({ kind }) => LITERALS.has(kind));
  const [first] = dottedParts(value) ?? [];
  const found = first === undefined ? null : facts.binding.lookup(first, value);
  const [binding, ...others] = found?.bindings ?? [];
  return (
    found?.scope.kind === 'module' &&
    others.length === 0 &&
    (binding?.kind === 'import' || binding?.kind === 'class')
  );
}

function relation({ call, model, name, assignment }: DeclaredCall, context: RuleContext): void {
  if (!model.dataclass) return;
  const value = keyword(call, 'default');
  const factory = keyword(call, 'default_factory');
  const attribute = model.own.find((each) => each.name === name.text);
  const isScalar = attribute?.kind === 'relationship' && attribute.uselist === false;
  if (value !== null && value.kind !== 'none')
    context.manual({
      at: assignment,
      message: 'a default of a relationship other than None, which 2.1 refuses',
      reason: 'set it in __post_init__, or where the objects are made',
    });
  else if (factory && (isScalar || factory.kind === 'lambda' || factory.kind === 'call'))
    context.manual({
      at: assignment,
      message: 'a factory of a relationship other than its collection class, which 2.1 refuses',
      reason: isScalar
        ? 'set the object in __post_init__, or where the objects are made'
        : 'give the collection class itself: default_factory=list',
    });
}
