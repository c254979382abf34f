// Reports eager loads of collections in the rows of a query where they cost or break something: with LIMIT, beside each other, with yield_per.
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { statementsOf, type Statement } from '../project/loads/statement.ts';
import { readOption, type OptionPath } from '../project/loads/options.ts';
import type { Facts } from '../project/facts.ts';
import type { MappedAttribute, MappedClass, RelationshipAttribute } from '../project/models.ts';
import { readCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { readChain, readSessionHead } from '../project/query/chain.ts';

const LIMIT = 'lint-joined-collection-limit';
const MULTIPLE = 'lint-multiple-joined-collections';
const YIELD = 'lint-yield-per-eager';

const REFERENCE = 'https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html';

export default defineTransform({
  id: LIMIT,
  family: [
    {
      id: LIMIT,
      summary: 'Do not join a collection to a query with a limit',
      rows: [LIMIT],
      fixes: 'none',
    },
    {
      id: MULTIPLE,
      summary: 'Do not join several collections to one query',
      rows: [MULTIPLE],
      fixes: 'none',
      rationale: 'The database returns every combination of their rows.',
      reference: `${REFERENCE}#what-kind-of-loading-to-use`,
      example: {
        before: 'select(User).options(joinedload(User.orders), joinedload(User.addresses))\n',
        after: 'select(User).options(joinedload(User.orders), joinedload(User.addresses))\n',
      },
      explanation: {
        failure:
          'A user with 100 orders and 20 addresses comes as 2,000 rows, each with all columns of the user. The objects are right, for SQLAlchemy drops the repetitions; time and memory are not. A result that is not asked for `unique()` objects refuses to give any.',
        traceback:
          'sqlalchemy.exc.InvalidRequestError: The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections',
        remedy:
          'Load collections by `selectinload()`, which sends one more statement for each of them; keep `joinedload()` for relationships to one object.',
      },
    },
    {
      id: YIELD,
      summary: '`yield_per` does not go with collections that are joined or loaded by subquery',
      rows: [YIELD],
      rationale:
        'A collection that is loaded in the rows may be cut by the end of a batch, so SQLAlchemy refuses.',
      reference:
        'https://docs.sqlalchemy.org/en/20/orm/queryguide/api.html#fetching-large-result-sets-with-yield-per',
      example: {
        before:
          'session.scalars(select(User).options(joinedload(User.orders)).execution_options(yield_per=100))\n',
        after:
          'session.scalars(select(User).options(selectinload(User.orders)).execution_options(yield_per=100))\n',
      },
      explanation: {
        failure:
          'The query fails when its first row is fetched; `subqueryload` would load the whole collection again for each batch.',
        traceback:
          "sqlalchemy.exc.InvalidRequestError: Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against collections or subqueryload().  Consider the selectinload() strategy for better flexibility in loading objects.",
        remedy:
          '`selectinload()`, which loads the collections of each batch; or `lazyload("*")` where they are not read.',
      },
    },
  ],
  summary: 'Do not join a collection to a query with a limit',
  rationale: 'A limit counts rows, and a joined collection repeats the rows of its owner.',
  reference: `${REFERENCE}#joined-eager-loading`,
  fixes: 'unsafe',
  stillRuns: true,
  rows: [LIMIT, MULTIPLE, YIELD],
  triggers: ['joinedload', 'contains_eager', 'subqueryload'],
  example: {
    before: 'select(User).options(joinedload(User.orders)).order_by(User.id).limit(10)\n',
    after: 'select(User).options(joinedload(User.orders)).order_by(User.id).limit(10)\n',
  },
  explanation: {
    failure:
      'For `joinedload()` SQLAlchemy wraps the query into a subquery with the limit and joins the collection outside of it: correct, but slow on many databases. With a `join()` of your own and `contains_eager()` the limit cuts the joined rows: fewer objects than asked for, the last one with a part of its collection. Either repeats rows, so that the result must be asked for `unique()` objects.',
    traceback:
      'sqlalchemy.exc.InvalidRequestError: The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections',
    remedy:
      'Load the collection by `selectinload()`: the limit counts objects, and a second statement loads the collections of just those.',
  },
  visit: {
    call(node, context) {
      const statement = statementAt(node, context.facts);
      if (statement) judge(statement, context);
    },
  },
});

interface Chain {
  readonly entity: MappedClass;
  readonly links: readonly MethodCall[];
  readonly facts: Facts;
}

/** The whole statement whose outermost call the node is. */
function statementAt(node: PyNode, facts: Facts): Chain | null {
  const call = readCall(node);
  if (!call) return null;
  const head = readSessionHead(node);
  if (head) {
    const chain = readChain(head);
    const [entity] = head.selected;
    const model = entity ? facts.mappedClass(entity) : null;
    const links = chain.terminal ? [...chain.links, chain.terminal] : chain.links;
    return model ? { entity: model, links, facts } : null;
  }
  const named = /\.(options|limit|yield_per|execution_options)$/.test(call.callee.text);
  if (
    isInner(node) ||
    !(named || /\b(joinedload|contains_eager|subqueryload)\(/.test(call.callee.text))
  )
    return null;
  const [statement, ...others]: readonly Statement[] = statementsOf(node, facts);
  const [entity] = statement?.head.positional ?? [];
  const model = statement && entity ? statement.facts.mappedClass(entity) : null;
  if (!statement || !model || others.length > 0 || statement.facts.module !== facts.module)
    return null;
  return { entity: model, links: statement.links, facts };
}

function isInner(node: PyNode): boolean {
  return (
    node.parent?.kind === 'attribute' &&
    node.field === 'object' &&
    node.parent.parent?.kind === 'call'
  );
}

interface Joined {
  readonly strategy: string;
  readonly path: readonly RelationshipAttribute[];
  readonly node: PyNode;
}

function judge({ entity, links, facts }: Chain, context: RuleContext): void {
  const joined = links
    .filter((link) => link.method.text === 'options')
    .flatMap((link) => link.list.named)
    .flatMap((each) => readOption(each, facts).paths)
    .flatMap((path) => collectionsIn(path, entity, context));
  const inRows = joined.filter(({ strategy }) => strategy !== 'subqueryload');
  const batches = links.find(
    (link) =>
      link.method.text === 'yield_per' ||
      (link.method.text === 'execution_options' && link.list.text.includes('yield_per')),
  );
  if (batches) for (const each of joined) inBatches(each, context);
  const limit = links.find(({ method }) => /^(limit|fetch|slice)$/.test(method.text));
  if (limit && !batches) for (const each of inRows) limited(each, limit, context);
  if (!batches && !limit) beside(inRows, context);
}

/** The collections that an option loads in the rows of the query, or by a subquery. */
function collectionsIn(
  path: OptionPath,
  entity: MappedClass,
  { facts }: RuleContext,
): readonly Joined[] {
  let model: MappedClass | null = entity;
  const relations: RelationshipAttribute[] = [];
  for (const step of path) {
    const attribute: MappedAttribute | undefined = model?.attributes.get(step.name ?? '');
    if (attribute?.kind !== 'relationship') return [];
    relations.push(attribute);
    if (step.strategy === 'subqueryload')
      return [{ strategy: step.strategy, path: relations, node: step.node }];
    if (step.strategy !== 'joinedload' && step.strategy !== 'contains_eager') return [];
    if (attribute.uselist === true)
      return [{ strategy: step.strategy, path: relations, node: step.node }];
    model = attribute.target === null ? null : (facts.models.classes.get(attribute.target) ?? null);
  }
  return [];
}

function inBatches({ strategy, node }: Joined, context: RuleContext): void {
  const call = node.parent?.parent;
  const callee = call?.child('function');
  const name = callee?.child('attribute') ?? callee;
  if (!call || !name) return;
  const message = `\`${strategy}()\` of a collection in a query with \`yield_per\``;
  if (strategy === 'contains_eager' || callee?.kind !== 'identifier')
    return context.manual({ at: call, message, reason: 'load it by selectinload()', rule: YIELD });
  const use = context.use('sqlalchemy.orm.selectinload', name);
  context.fix({
    at: call,
    message,
    safety: 'unsafe',
    reason: 'the query was refused before, and runs now',
    rule: YIELD,
    edits: [context.replace(name, use.text)],
    uses: [use],
  });
}

function limited({ strategy, node, path }: Joined, limit: MethodCall, context: RuleContext): void {
  const name = path.map((each) => each.name).join('.');
  context.manual({
    at: node.parent?.parent ?? node,
    message: `the collection \`${name}\` is joined to a query with \`${limit.method.text}()\``,
    reason:
      strategy === 'contains_eager'
        ? 'the limit cuts rows, not objects: select the objects in a subquery, or load the collection by selectinload()'
        : 'the query becomes a subquery; selectinload() is faster',
  });
}

function beside(joined: readonly Joined[], context: RuleContext): void {
  const [first, second] = joined.filter(
    (each, index) => joined.findIndex((other) => nameOf(other) === nameOf(each)) === index,
  );
  if (!first || !second) return;
  context.manual({
    at: second.node.parent?.parent ?? second.node,
    message: `the collections \`${nameOf(first)}\` and \`${nameOf(second)}\` are joined to one query, which multiplies their rows`,
    reason: 'load all but one of them by selectinload()',
    rule: MULTIPLE,
  });
}

function nameOf({ path }: Joined): string {
  return path.map((each) => each.name).join('.');
}
