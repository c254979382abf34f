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
          context.replace({ start: node.start, end: removalEnd(node) }, ''),
          superclass(classNode, base.text, context),
        ],
        uses: [base],
      });
    },
  },
});

function refusalOf(classNode: PyNode, hasArguments: boolean, context: RuleContext): string | null {
  if (hasArguments) return 'it has arguments; write them into the class body by hand';
  const meta = usesDeclarativeMeta(context.facts);
  if (meta)
    return `${meta} uses DeclarativeMeta, which a DeclarativeBase class does not have as its metaclass`;
  const constructor = ownConstructor(classNode, context.facts.module, context.facts);
  if (constructor) return constructor;
  const model = classAt(context.facts, classNode);
  const place = model && givenAsCls(model.id, context.facts);
  return place ? `the class is given as cls= at ${place}; decide for one declarative base` : null;
}

/** Up to the next decorator or the class; a comment between stays. */
function removalEnd(decorator: PyNode): number {
  const siblings = decorator.parent?.children ?? [];
  const next = siblings[siblings.indexOf(decorator) + 1]?.start ?? decorator.end;
  return decorator.source.slice(decorator.end, next).includes('#') ? decorator.end : next;
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
