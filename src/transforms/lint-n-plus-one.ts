// Adds a loader option to queries whose objects have a lazy relationship read in a loop.
import { loaderChain } from '../project/loads/option.ts';
import { elementReads, readLoop, relationshipReads, type Loop } from '../project/loads/reads.ts';
import { elementSource, functionScope, type ElementSource } from '../project/loads/source.ts';
import { firstEffect } from '../project/loads/effects.ts';
import type { PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'lint-n-plus-one',
  summary: 'Load relationships that a loop reads together with the query',
  rationale:
    'A lazy relationship read in a loop sends one SELECT for each element, and raises MissingGreenlet in async code.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html#select-in-loading',
  fixes: 'safe',
  stillRuns: true,
  rows: ['lint-n-plus-one'],
  triggers: ['.query(', '.scalars(', '.execute('],
  example: {
    before: 'for user in session.scalars(select(User)):\n    print(user.name, len(user.orders))\n',
    after:
      'for user in session.scalars(select(User).options(selectinload(User.orders))):\n    print(user.name, len(user.orders))\n',
  },
  visit: { for_statement: visitLoop, for_in_clause: visitLoop },
});

function visitLoop(node: PyNode, context: RuleContext): void {
  const loop = readLoop(node);
  const source = loop && elementSource(loop.iterable, context.facts);
  if (!loop || !source) return;
  const options = source.links.filter((link) => link.method.text === 'options');
  const named = options.map((link) => link.list.text).join(' ');
  const reads = relationshipReads(loop, source.entity, context.facts).filter(
    (read) =>
      !read.path.some((relation) => new RegExp(`[."']${relation.name}\\b`).test(named)) &&
      !named.includes('"*"') &&
      !named.includes("'*'"),
  );
  for (const read of reads.filter(
    (each) => !reads.some((other) => other !== each && extendsPath(other.path, each.path)),
  )) {
    const chain = loaderChain(source, read.path, context);
    const last = options.at(-1)?.list.named.at(-1);
    const edit = last
      ? context.after(last, `, ${chain.text}`)
      : context.after({ start: source.end, end: source.end }, `.options(${chain.text})`);
    const reason = unsafeReason(loop, source, read.unconditional, context);
    context.fix({
      at: read.node,
      message: `\`${read.node.text}\` is loaded once for each element of the query`,
      safety: reason === null ? 'safe' : 'unsafe',
      ...(reason === null ? {} : { reason }),
      edits: [edit],
      uses: chain.uses,
    });
  }
}

function extendsPath(longer: readonly unknown[], shorter: readonly unknown[]): boolean {
  return longer.length > shorter.length && shorter.every((each, index) => longer[index] === each);
}

function unsafeReason(
  loop: Loop,
  source: ElementSource,
  unconditional: boolean,
  context: RuleContext,
): string | null {
  if (!unconditional) return 'the relationship is not read for every element';
  const scope = functionScope(loop.node, context.facts).node;
  const watched = {
    session: source.session,
    elements: elementReads(loop, context.facts),
    region: { start: source.node.end, end: loop.node.end },
  };
  const effect = firstEffect(scope, watched, context.facts);
  return effect === null
    ? null
    : `${effect}: what is loaded up front could differ from what is loaded on access`;
}
