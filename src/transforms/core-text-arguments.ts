// Turns the arguments that text() took in 1.3 into methods.
import type { Edit } from '../edits/edit.ts';
import { itemRemovals, keyword, readCall, type Call } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import type { PyNode } from '../python/tree.ts';
import { isSequence } from '../project/core/sequences.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const OLD: ReadonlySet<string> = new Set(['autocommit', 'bindparams', 'typemap']);

export default defineTransform({
  id: 'core-text-arguments',
  summary: 'Give `text()` its parameters and types through `bindparams()` and `columns()`',
  rationale: '`text()` takes nothing but the string since 1.4: anything else raises TypeError.',
  reference:
    'https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.TextClause',
  fixes: 'safe',
  rows: ['text-bindparams'],
  triggers: ['typemap', 'bindparams', 'autocommit'],
  example: {
    before:
      'stmt = text("SELECT :id AS id", bindparams=[bindparam("id", 5)], typemap={"id": Integer})\n',
    after: 'stmt = text("SELECT :id AS id").bindparams(bindparam("id", 5)).columns(id=Integer)\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call?.keywords.some(({ name }) => OLD.has(name))) return;
      if (context.facts.qualifiedName(call.callee) === 'sqlalchemy.text') ofText(call, context);
    },
  },
});

function ofText(call: Call, context: RuleContext): void {
  const { node, list, keywords } = call;
  const message = '`text()` with arguments that methods replace';
  const [bindparams, typemap, autocommit] = ['bindparams', 'typemap', 'autocommit'].map((name) =>
    keyword(call, name),
  );
  const methods = [
    bindparams && methodText('bindparams', parameters(bindparams, context)),
    typemap && methodText('columns', columnTypes(typemap)),
  ].filter((text) => typeof text === 'string');
  const isCommented = list.children.some((child) => child.kind === 'comment');
  if (call.doubleStarred || isCommented)
    return context.manual({
      at: node,
      message,
      reason: 'write text(…).bindparams(…).columns(name=Type)',
    });
  const commits = autocommit && !/^(false|none)$/.test(autocommit.kind);
  const removed = keywords.filter(({ name }) => OLD.has(name)).map((each) => each.node);
  const edits: readonly Edit[] = [
    ...itemRemovals(list, removed).map((span) => context.replace(span, '')),
    context.after(node, methods.join('')),
  ];
  context.fix({
    at: node,
    message,
    safety: commits ? 'unsafe' : 'safe',
    reason: commits ? 'autocommit= committed it: execute it within engine.begin()' : '',
    edits,
  });
}

function methodText(name: string, inner: string): string {
  return inner === '' ? '' : `.${name}(${inner})`;
}

/** What `bindparams()` takes for a list of parameters. */
function parameters(value: PyNode, { facts }: RuleContext): string {
  if (value.kind === 'none') return '';
  if (value.kind === 'list' || value.kind === 'tuple')
    return value.named.map(({ text }) => text).join(', ');
  return isSequence(value, facts) && value.kind === 'binary_operator'
    ? `*(${value.text})`
    : `*${value.text}`;
}

/** What `columns()` takes for a dictionary of types. */
function columnTypes(value: PyNode): string {
  if (value.kind === 'none') return '';
  if (value.kind !== 'dictionary') return `**${value.text}`;
  const names = value.named.map((pair) => stringValue(pair.child('key')));
  if (!names.every((name) => name !== null && /^[A-Za-z_]\w*$/.test(name)))
    return value.named.length === 0 ? '' : `**${value.text}`;
  return value.named
    .map((pair, index) => `${names[index] ?? ''}=${pair.child('value')?.text ?? ''}`)
    .join(', ');
}
