// Reports joins from a class to a joined-inheritance subclass of its own tables, for which SQLAlchemy makes up an alias.
import type { MappedClass } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { readCall, readMethodCall, type MethodCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'query-join-implicit-alias',
  summary: 'Name the alias of a joined subclass that is joined to its own tables',
  rationale:
    'SQLAlchemy aliases the target by itself and warns that it may stop doing so; later criteria that name the class mean that alias only for now.',
  reference: 'https://docs.sqlalchemy.org/en/20/errors.html#error-xaj1',
  fixes: 'none',
  stillRuns: true,
  rows: ['aliased-in-join'],
  triggers: ['.join(', '.outerjoin('],
  example: {
    before: 'stmt = select(Employee).join(Employee.manager)\n',
    after: 'stmt = select(Employee).join(Employee.manager)\n',
  },
  visit: {
    call(node, context) {
      const call = readMethodCall(node);
      if (!call || !/^(?:outer)?join$/.test(call.method.text)) return;
      const [first] = call.positional;
      if (!first || call.positional.length > 2 || call.receiver.kind === 'string') return;
      const joined = joinOf(call, first, context);
      if (!joined || !isAliased(joined.from, joined.target, context)) return;
      const { from, target, attribute } = joined;
      const alias = target.name.toLowerCase();
      const along = attribute === null ? alias : `${attribute}.of_type(${alias})`;
      context.manual({
        at: call.method,
        message: `\`${call.method.text}()\` from ${from.name} to ${target.name}, which has the table of ${from.name} too`,
        reason: `make the alias yourself: \`${alias} = aliased(${target.name}, flat=True)\`, join \`${along}\`, and use it in the criteria; what was written for ${from.name} may have been read from the alias, so compare the rows`,
      });
    },
  },
});

interface Joined {
  readonly from: MappedClass;
  readonly target: MappedClass;
  /** The relationship, as written. */
  readonly attribute: string | null;
}

/** `Employee.manager`, `Employee.manager.of_type(Boss)`, `Manager, Employee.manager` or `Manager, condition`. */
function joinOf(call: MethodCall, first: PyNode, context: RuleContext): Joined | null {
  const typed = readMethodCall(first);
  if (typed?.method.text === 'of_type') {
    const along = relationshipOf(typed.receiver, context);
    const target = typed.positional[0] && context.facts.mappedClass(typed.positional[0]);
    return along && target ? { ...along, target } : null;
  }
  const along = relationshipOf(first, context);
  if (along) return along;
  const target = context.facts.mappedClass(first);
  const [, condition] = call.positional;
  if (!target || !condition) return null;
  const named = relationshipOf(condition, context);
  const from = named?.from ?? headEntity(call.receiver, context);
  return from && { from, target, attribute: named?.attribute ?? null };
}

function relationshipOf(node: PyNode, { facts }: RuleContext): Joined | null {
  const owner = node.kind === 'attribute' ? node.child('object') : null;
  const from = owner && facts.mappedClass(owner);
  const relation = from?.attributes.get(node.child('attribute')?.text ?? '');
  if (!from || relation?.kind !== 'relationship') return null;
  const target = facts.models.classes.get(relation.target ?? '');
  return target ? { from, target, attribute: node.text } : null;
}

/** The only entity of the query or select() that a chain of methods starts with. */
function headEntity(receiver: PyNode, { facts }: RuleContext): MappedClass | null {
  for (let node = receiver; ;) {
    const call = readCall(node);
    const link = readMethodCall(node);
    if (!call) return null;
    if (link?.method.text === 'query' || facts.qualifiedName(call.callee) === 'sqlalchemy.select') {
      const [entity, ...more] = call.positional;
      return entity && more.length === 0 ? facts.mappedClass(entity) : null;
    }
    if (!link) return null;
    node = link.receiver;
  }
}

/** Whether the target is mapped to a join of several tables, one of which the other class has as well. */
function isAliased(from: MappedClass, target: MappedClass, { facts }: RuleContext): boolean {
  if (target.id === from.id || target.inheritance !== 'joined') return false;
  const tables = (model: MappedClass): ReadonlySet<string> =>
    new Set(
      model.mro.flatMap((id) => {
        const each = facts.models.classes.get(id);
        return each?.role === 'mapped' && each.tableName !== null ? [each.tableName] : [];
      }),
    );
  const own = tables(from);
  return [...tables(target)].some((name) => own.has(name));
}
