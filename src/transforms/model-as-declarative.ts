// Rewrites classes decorated with `@as_declarative()` to classes that derive from DeclarativeBase.
import { givenAsCls, ownConstructor, usesDeclarativeMeta } from '../project/bases.ts';
import { classAt } from '../project/declared.ts';
import { readCall } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'model-as-declarative',
  summary: 'Replace `@as_declarative()` with a `DeclarativeBase` class',
  rationale:
    'Deriving from DeclarativeBase says to readers and type checkers what the decorator did at run time.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#declarative-becomes-a-first-class-api',
  fixes: 'safe',
  stillRuns: true,
  rows: ['as-declarative'],
  triggers: ['as_declarative'],
  example: {
    before: '@as_declarative()\nclass Base:\n    id = Column(Integer, primary_key=True)\n',
    after: 'class Base(DeclarativeBase):\n    id: Mapped[int] = mapped_column(primary_key=True)\n',
  },
  visit: {
    decorator(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const expression = node.named[0];
      const call = readCall(expression ?? null);
      const callee = call?.callee ?? expression;
      if (!callee || context.facts.qualifiedName(callee) !== 'sqlalchemy.orm.as_declarative')
        return;
      const classNode = node.parent?.child('definition');
      if (classNode?.kind !== 'class_definition') return;
      const refusal = refusalOf(classNode, (call?.list.named.length ?? 0) > 0, context);
      if (refusal)
        return context.manual({ at: node, message: '`@as_declarative()`', reason: refusal });
      const base = context.use('sqlalchemy.orm.DeclarativeBase', classNode);
      context.fix({
        at: node,
        message: '`@as_declarative()`',
        safety: 'safe',
        edits: [
          context.replace(
            { start: node.start, end: removalEnd(node, (call?.node ?? callee).end) },
            '',
          ),
          superclass(classNode, base.text, context),
        ],
        uses: [base],
      });
    },
  },
});

/** Attributes that the decorator sets on the class. */
const DECLARED: readonly string[] = ['metadata', 'registry', 'type_annotation_map'];

function bindsInBody(classNode: PyNode, name: string, context: RuleContext): boolean {
  const body = classNode.child('body');
  return (
    body !== null && context.facts.binding.scopeOf(body.children[0] ?? body).bindings.has(name)
  );
}

function refusalOf(classNode: PyNode, hasArguments: boolean, context: RuleContext): string | null {
  if (hasArguments) return 'it has arguments; write them into the class body by hand';
  const meta = usesDeclarativeMeta(context.facts);
  if (meta)
    return `${meta} uses DeclarativeMeta, which a DeclarativeBase class does not have as its metaclass`;
  const constructor = ownConstructor(classNode, context.facts.module, context.facts);
  if (constructor) return constructor;
  const taken = DECLARED.find((name) => bindsInBody(classNode, name, context));
  if (taken)
    return `the decorator replaces the ${taken} that the class body sets, which a DeclarativeBase class would use`;
  const model = classAt(context.facts, classNode);
  const place = model && givenAsCls(model.id, context.facts);
  return place ? `the class is given as cls= at ${place}; decide for one declarative base` : null;
}

/** Up to the next decorator or the class; a comment between stays. `end` is that of the decorator's expression. */
function removalEnd(decorator: PyNode, end: number): number {
  const siblings = decorator.parent?.children ?? [];
  const following = siblings.slice(siblings.indexOf(decorator) + 1);
  const next = following.find((each) => each.kind !== 'comment')?.start ?? end;
  return decorator.source.slice(end, next).includes('#') ? end : next;
}

function superclass(classNode: PyNode, base: string, context: RuleContext) {
  const list = classNode.child('superclasses');
  const name = classNode.child('name') ?? classNode;
  if (!list) return context.after(name, `(${base})`);
  const [only, ...more] = list.named;
  if (only?.text === 'object' && more.length === 0) return context.replace(only, base);
  const last = list.named.findLast((each) => each.kind !== 'keyword_argument');
  return last ? context.after(last, `, ${base}`) : context.replace(list, `(${base})`);
}
