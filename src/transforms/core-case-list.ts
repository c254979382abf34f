// Rewrites case() calls that pass the conditions as a list.
import { itemRemovals, keyword, readCall, type Call } from '../python/calls.ts';
import type { Edit } from '../edits/edit.ts';
import type { PyNode } from '../python/tree.ts';
import { isSequence, unpackEdits } from '../project/core/sequences.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

/** What followed the conditions by position before 1.4. */
const POSITIONS: readonly string[] = ['value', 'else_'];

export default defineTransform({
  id: 'core-case-list',
  summary: 'Pass the conditions of `case()` one by one',
  rationale: '2.0 takes neither a list of conditions nor `whens=`.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#select-no-longer-accepts-varied-constructor-arguments-columns-are-passed-positionally',
  fixes: 'safe',
  rows: ['case-list', 'case-whens-kw'],
  triggers: ['case'],
  example: {
    before: 'case([(users.c.age < 18, "minor")], else_="adult")\n',
    after: 'case((users.c.age < 18, "minor"), else_="adult")\n',
  },
  visit: {
    call(node, context) {
      const callee = node.child('function');
      if (!callee || context.facts.qualifiedName(callee) !== 'sqlalchemy.case') return;
      const call = readCall(node);
      if (!call) return;
      const named = keyword(call, 'whens');
      const whens = named ?? call.positional[0];
      if (!whens || (named && call.positional.length > 0)) return;
      const isList =
        whens.kind !== 'tuple' && whens.kind !== 'dictionary' && isSequence(whens, context.facts);
      if (!isList && !named) return;
      const message = named ? '`case()` with `whens=`' : '`case()` with a list of conditions';
      if (!isList && whens.kind !== 'dictionary')
        return context.manual({
          at: node,
          message,
          reason:
            'the conditions may be a list (write `*conditions`) or a dictionary (pass it first)',
        });
      context.fix({
        at: node,
        message,
        safety: 'safe',
        edits: named ? namedEdits(call, named, isList, context) : listEdits(call, whens, context),
      });
    },
  },
});

function listEdits(call: Call, whens: PyNode, context: RuleContext): readonly Edit[] {
  const others = call.positional.slice(1);
  return [
    ...unpackEdits(whens, context, true),
    ...others.map((node, index) => context.before(node, `${POSITIONS[index] ?? ''}=`)),
  ];
}

/** The conditions come first, whatever stood before `whens=`. */
function namedEdits(
  call: Call,
  whens: PyNode,
  isList: boolean,
  context: RuleContext,
): readonly Edit[] {
  const { parent } = whens;
  const unpacked = isList ? unpackEdits(whens, context, true) : [];
  const [first] = call.keywords;
  if (!parent || !first) return [];
  if (first.node === parent)
    return [context.replace({ start: parent.start, end: whens.start }, ''), ...unpacked];
  const body = isList ? inner(whens) : whens.text;
  const removals = itemRemovals(call.list, [parent]);
  return [
    context.before(first.node, `${body}, `),
    ...removals.map((span) => context.replace(span, '')),
  ];
}

function inner(whens: PyNode): string {
  const open = whens.children[0];
  const last = whens.named.at(-1);
  return whens.kind === 'list' && open && last
    ? whens.source.slice(open.end, last.end).trim()
    : `*${whens.text}`;
}
