// Rewrites classes decorated with `@as_declarative()` to classes that derive from DeclarativeBase.
import { ownClassRefusal, withSuperclass } from '../project/base-class.ts';
import { givenAsCls } from '../project/bases.ts';
import { classAt } from '../project/declared.ts';
import { BASE_ARGUMENTS, baseBody, hiddenArgument, losesComment } from '../project/base-body.ts';
import type { Edit } from '../edits/edit.ts';
import { readCall, type Call } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';
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
      const refusal =
        (call && argumentsRefusal(call, classNode, context)) ?? refusalOf(classNode, context);
      if (call && refusal && takesConstructor(call)) return decorateWithRegistry(call, context);
      if (refusal)
        return context.manual({ at: node, message: '`@as_declarative()`', reason: refusal });
      const base = context.use('sqlalchemy.orm.DeclarativeBase', classNode);
      const told = call ? baseBody(call, indentOf(classNode), context) : { body: [], uses: [] };
      context.fix({
        at: node,
        message: '`@as_declarative()`',
        safety: 'safe',
        edits: [
          context.replace(
            { start: node.start, end: removalEnd(node, (call?.node ?? callee).end) },
            '',
          ),
          withSuperclass(classNode, base.text, context),
          ...bodyEdits(classNode, told.body, context),
        ],
        uses: [base, ...told.uses],
      });
    },
  },
});

/** Whether the decorator is given a constructor, which that of 1.3 takes only, and nothing that a registry does not take. */
function takesConstructor({ keywords, positional, doubleStarred }: Call): boolean {
  return (
    keywords.some(({ name }) => name === 'constructor') &&
    keywords.every(({ name }) => BASE_ARGUMENTS.includes(name)) &&
    positional.length === 0 &&
    !doubleStarred
  );
}

function decorateWithRegistry({ node, callee }: Call, context: RuleContext): void {
  const registry = context.use('sqlalchemy.orm.registry', node);
  context.fix({
    at: node,
    message: '`@as_declarative()` with a constructor',
    safety: 'safe',
    edits: [context.replace(callee, registry.text), context.after(node, '.as_declarative_base()')],
    uses: [registry],
  });
}

/** What keeps arguments of the decorator from moving into the class body. */
function argumentsRefusal(call: Call, classNode: PyNode, context: RuleContext): string | null {
  if (call.list.named.length === 0) return null;
  const isKnown = call.keywords.every(({ name }) => BASE_ARGUMENTS.includes(name));
  const block = classNode.child('body');
  const isBlock = block !== null && block.source.slice(classNode.start, block.start).includes('\n');
  if (
    call.positional.length > 0 ||
    call.doubleStarred ||
    !isKnown ||
    !isBlock ||
    losesComment(call)
  )
    return 'it has arguments; write them into the class body by hand';
  return hiddenArgument(call, context.facts);
}

/** New statements at the start of the class body, after its docstring. */
function bodyEdits(
  classNode: PyNode,
  body: readonly string[],
  context: RuleContext,
): readonly Edit[] {
  const statements = classNode.child('body')?.named.filter((each) => each.kind !== 'comment') ?? [];
  const [first, second] = statements;
  if (body.length === 0 || !first) return [];
  const indent = `\n${indentOf(first)}`;
  if (first.kind === 'pass_statement' && !second)
    return [context.replace(first, body.join(indent))];
  if (first.named[0]?.kind === 'string')
    return [context.after(first, `\n${body.map((line) => indent + line).join('')}`)];
  const comment = commentAbove(classNode, first);
  const gap = first.kind.endsWith('_definition') ? '\n' : '';
  const end = body.length - 1;
  const lines = body.map((line, at) => `${line}${at === end ? gap : ''}${indent}`);
  return [context.before(comment ?? first, lines.join(''))];
}

/** The first comment on a line of its own between the head of the class and its first statement. */
function commentAbove(classNode: PyNode, first: PyNode): PyNode | null {
  const found = descendants(classNode, 'comment').find(
    (each) => each.end <= first.start && indentOf(each) === indentOf(first),
  );
  return found ?? null;
}

function indentOf({ source, start }: PyNode): string {
  return /^[ \t]*/.exec(source.slice(source.lastIndexOf('\n', start - 1) + 1, start))?.[0] ?? '';
}

function refusalOf(classNode: PyNode, context: RuleContext): string | null {
  const own = ownClassRefusal(classNode, context);
  if (own) return own;
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
