// Rewrites `Base = declarative_base(…)` to a class that derives from DeclarativeBase.
import { ownClassRefusal, withSuperclass } from '../project/base-class.ts';
import { constructorOf, usesDeclarativeMeta } from '../project/bases.ts';
import { BASE_ARGUMENTS, baseBody, hiddenArgument, losesComment } from '../project/base-body.ts';
import { blankLinesAround } from '../python/blank-lines.ts';
import { keyword, readCall, type Call } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const RULE = 'model-declarative-base';

/** Arguments that have a counterpart in a class, and those that mean nothing there. */
const KNOWN_ARGUMENTS: ReadonlySet<string> = new Set([...BASE_ARGUMENTS, 'cls', 'name']);

export default defineTransform({
  id: RULE,
  summary: 'Replace `declarative_base()` with a `DeclarativeBase` class',
  rationale:
    'A base class is what type checkers understand, and where metadata and the type map are declared in 2.0.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#step-one-declarative-base-is-superseded-by-declarativebase',
  fixes: 'safe',
  stillRuns: true,
  rows: ['decl-base', 'decl-base-args', 'decl-base-metaclass'],
  triggers: ['declarative_base'],
  example: {
    before: 'Base = declarative_base()\n',
    after: 'class Base(DeclarativeBase):\n    pass\n',
  },
  visit: {
    assignment(node, context) {
      if (context.settings.targetVersion === '1.4') return;
      const call = readCall(node.child('right'));
      const name = node.child('left');
      if (!call || name?.kind !== 'identifier' || node.parent?.kind !== 'expression_statement')
        return;
      if (!isBaseCall(call, context)) return;
      const own = keyword(call, 'cls');
      if (own?.kind === 'identifier' && own.text === name.text)
        return ofItsOwnName(node.parent, call, context);
      const refusal = refusalOf(call, context);
      if (refusal)
        return context.manual({ at: node, message: '`declarative_base()`', reason: refusal });
      const base = context.use('sqlalchemy.orm.DeclarativeBase', node);
      const indent = indentOf(node) ?? '';
      const { bases, body, uses } = classParts(call, indent, context);
      const lines = body.length > 0 ? body : ['pass'];
      const inner = `\n${indent}${indent.includes('\t') ? '\t' : '    '}`;
      const end = node.end + restOfLine(node).length;
      const given = keyword(call, 'name');
      const isRenamed = given !== null && stringValue(given) !== name.text;
      context.fix({
        at: node,
        message: '`declarative_base()`',
        safety: isRenamed ? 'unsafe' : 'safe',
        ...(isRenamed ? { reason: `the class was called ${given.text}` } : {}),
        edits: [
          context.replace(node, `class ${name.text}(${[...bases, base.text].join(', ')}):`),
          // A comment of the line stays on the line.
          context.after({ start: end, end }, lines.map((line) => inner + line).join('')),
          ...blankLinesAround(node.parent, (next) => becomesClass(next, context)).map((gap) =>
            context.before(gap, gap.text),
          ),
        ],
        uses: [base, ...uses],
      });
    },
  },
});

/** `Base = declarative_base(cls=Base)` right behind `class Base:` becomes one class. */
function ofItsOwnName(statement: PyNode, call: Call, context: RuleContext): void {
  const siblings = statement.parent?.children.filter(({ kind }) => kind !== 'token') ?? [];
  const classNode = siblings[siblings.indexOf(statement) - 1];
  const isAlone = call.list.named.length === 1 && restOfLine(statement).trim() === '';
  const isClass =
    classNode?.kind === 'class_definition' &&
    classNode.child('name')?.text === call.keywords[0]?.value.text;
  const refusal =
    isAlone && isClass
      ? ownClassRefusal(classNode, context)
      : 'it replaces the class that it is made of; make one class of both by hand, which derives from DeclarativeBase';
  if (refusal !== null || !classNode)
    return context.manual({
      at: call.node,
      message: '`declarative_base()`',
      reason: refusal ?? '',
    });
  const base = context.use('sqlalchemy.orm.DeclarativeBase', classNode);
  context.fix({
    at: call.node,
    message: '`declarative_base()`',
    safety: 'safe',
    edits: [
      withSuperclass(classNode, base.text, context),
      context.replace({ start: classNode.end, end: statement.end }, ''),
    ],
    uses: [base],
  });
}

/** Whether the statement is another base, which gets the lines before it by itself. */
function becomesClass(statement: PyNode, context: RuleContext): boolean {
  const call = readCall(statement.named[0]?.child('right') ?? null);
  return call !== null && isBaseCall(call, context) && refusalOf(call, context) === null;
}

function isBaseCall({ callee }: Call, { facts }: RuleContext): boolean {
  return facts.qualifiedName(callee) === 'sqlalchemy.orm.declarative_base';
}

/** What keeps the function: arguments without a counterpart, or code that depends on the metaclass. */
function refusalOf(call: Call, context: RuleContext): string | null {
  const layout = layoutRefusal(call);
  if (layout) return layout;
  if (call.positional.length > 0 || call.doubleStarred)
    return call.positional.length === 1 && !call.starred
      ? 'its first argument is the engine that 1.x bound the metadata to, which 2.0 does not take: pass the engine where it is used'
      : 'its arguments are not all given by name; write the class by hand';
  const other = call.keywords.find((each) => !KNOWN_ARGUMENTS.has(each.name));
  if (other)
    return `${other.name}= has no counterpart in a DeclarativeBase class; keep sqlalchemy.orm.declarative_base() or write the class by hand`;
  const place = usesDeclarativeMeta(context.facts);
  if (place)
    return `${place} uses DeclarativeMeta, which a DeclarativeBase class does not have as its metaclass`;
  const outer = hiddenArgument(call, context.facts);
  if (outer) return outer;
  const classes = call.keywords
    .filter((each) => each.name === 'cls')
    .flatMap((each) => classesOf(each.value));
  for (const node of classes) {
    const problem = constructorOf(node, context.facts);
    if (problem) return problem;
  }
  return null;
}

/** A class needs lines of its own, and keeps only the comments inside the values that it takes over. */
function layoutRefusal(call: Call): string | null {
  const statement = call.node.parent ?? call.node;
  if (!/^[ \t]*(#.*)?$/.test(restOfLine(statement)) || indentOf(statement) === null)
    return 'it shares its line with other code; write the class by hand';
  return losesComment(call) ? 'its arguments have comments; write the class by hand' : null;
}

function classesOf(value: PyNode): readonly PyNode[] {
  return value.kind === 'tuple' ? value.named : [value];
}

function classParts(call: Call, indent: string, context: RuleContext) {
  const cls = keyword(call, 'cls');
  const bases = cls ? classesOf(cls).map((node) => node.text) : [];
  return { bases, ...baseBody(call, indent, context) };
}

/** The white space before a statement; `null` if anything else stands before it on its line. */
function indentOf(node: PyNode): string | null {
  const before = node.source.slice(node.source.lastIndexOf('\n', node.start - 1) + 1, node.start);
  return /^[ \t]*$/.test(before) ? before : null;
}

/** What follows a node on its line. */
function restOfLine({ source, end }: PyNode): string {
  return /^[^\r\n]*/.exec(source.slice(end))?.[0] ?? '';
}
