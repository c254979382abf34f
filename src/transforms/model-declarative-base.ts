// Rewrites `Base = declarative_base(…)` to a class that derives from DeclarativeBase.
import { constructorOf, usesDeclarativeMeta } from '../project/bases.ts';
import { blankLinesAround } from '../python/blank-lines.ts';
import { readCall, type Call } from '../python/calls.ts';
import type { PyNode } from '../python/tree.ts';
import { defineTransform, type NameUse, type RuleContext } from '../project/rule.ts';

const RULE = 'model-declarative-base';

/** Arguments that have a counterpart in the class body, and those that mean nothing there. */
const BODY_ARGUMENTS: readonly string[] = ['metadata', 'type_annotation_map'];
const KNOWN_ARGUMENTS: ReadonlySet<string> = new Set([
  ...BODY_ARGUMENTS,
  'cls',
  'name',
  'class_registry',
]);

export default defineTransform({
  id: RULE,
  summary: 'Replace `declarative_base()` with a `DeclarativeBase` class',
  rationale:
    'A base class is what type checkers understand, and where metadata and the type map are declared in 2.0.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html#step-one-declarative-base-is-superseded-by-declarativebase',
  fixes: 'safe',
  rows: ['decl-base', 'decl-base-args', 'decl-base-metaclass', 'decl-base-bind'],
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
      if (context.facts.qualifiedName(call.callee) !== 'sqlalchemy.orm.declarative_base') return;
      const refusal = refusalOf(call, context);
      if (refusal)
        return context.manual({ at: node, message: '`declarative_base()`', reason: refusal });
      const base = context.use('sqlalchemy.orm.DeclarativeBase', node);
      const { bases, body, uses } = classParts(call, context);
      const indent = ' '.repeat(indentation(node));
      const lines = body.length > 0 ? body : ['pass'];
      const header = `class ${name.text}(${[...bases, base.text].join(', ')}):`;
      const text = [header, ...lines.map((line) => `${indent}    ${line}`)].join(
        newlineOf(context.source),
      );
      context.fix({
        at: node,
        message: '`declarative_base()`',
        safety: 'safe',
        edits: [
          context.replace(node, text),
          ...blankLinesAround(node.parent).map((gap) => context.before(gap, gap.text)),
        ],
        uses: [base, ...uses],
      });
    },
  },
});

/** What keeps the function: arguments without a counterpart, or code that depends on the metaclass. */
function refusalOf(call: Call, context: RuleContext): string | null {
  if (call.positional.length > 0 || call.doubleStarred)
    return 'its arguments are not all given by name; write the class by hand';
  const other = call.keywords.find((each) => !KNOWN_ARGUMENTS.has(each.name));
  if (other)
    return `${other.name}= has no counterpart in a DeclarativeBase class; keep sqlalchemy.orm.declarative_base() or write the class by hand`;
  const place = usesDeclarativeMeta(context.facts);
  if (place)
    return `${place} uses DeclarativeMeta, which a DeclarativeBase class does not have as its metaclass`;
  const outer = call.keywords.find((each) => each.name === each.value.text);
  if (outer && context.facts.binding.scopeOf(call.node).kind !== 'module')
    return `${outer.name}= is a local variable, which the body of a class cannot read under the same name`;
  const classes = call.keywords
    .filter((each) => each.name === 'cls')
    .flatMap((each) => classesOf(each.value));
  for (const node of classes) {
    const problem = constructorOf(node, context.facts);
    if (problem) return problem;
  }
  return null;
}

function classesOf(value: PyNode): readonly PyNode[] {
  return value.kind === 'tuple' ? value.named : [value];
}

function classParts(call: Call, context: RuleContext) {
  const uses: NameUse[] = [];
  const body: string[] = [];
  let bases: readonly string[] = [];
  for (const { name, value } of call.keywords) {
    if (name === 'cls') bases = classesOf(value).map((node) => node.text);
    if (BODY_ARGUMENTS.includes(name)) body.push(`${name} = ${value.text}`);
    if (name === 'class_registry') {
      const registry = context.use('sqlalchemy.orm.registry', value);
      uses.push(registry);
      body.push(`registry = ${registry.text}(class_registry=${value.text})`);
    }
  }
  return { bases, body, uses };
}

function indentation(node: PyNode): number {
  const line = node.source.lastIndexOf('\n', node.start - 1) + 1;
  return node.start - line;
}

function newlineOf(source: string): string {
  return source.includes('\r\n') ? '\r\n' : '\n';
}
