// Adds a loader option to queries whose objects have a lazy relationship read in a loop.
import { conflictOf, loaderChain } from '../project/loads/option.ts';
import {
  elementsOf,
  endsEarly,
  readLoop,
  relationshipReads,
  type Loop,
  type RelationshipRead,
} from '../project/loads/reads.ts';
import { sessionDoubt } from '../project/loads/session.ts';
import { elementSource, functionScope, type ElementSource } from '../project/loads/source.ts';
import { firstEffect } from '../project/loads/effects.ts';
import { asyncSession } from '../project/asyncio/sessions.ts';
import type { Facts } from '../project/facts.ts';
import { addOption, optionText } from '../project/loads/add-option.ts';
import { awaitedReads, repeatedReads } from '../project/loads/async-reads.ts';
import type { PyNode } from '../python/tree.ts';
import type { RelationshipAttribute } from '../project/models.ts';
import { placeOf } from '../project/place.ts';
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
  triggers: ['.'],
  explanation: {
    failure:
      'Nothing fails; a page that shows 100 users sends 101 statements. The read may stand in a template, a serialiser or a property, far from the loop and from the query. Where the session is closed by then, the same read fails. In async code `await user.awaitable_attrs.orders` does not fail, but sends as many statements, also in a function that the loop calls.',
    traceback:
      "sqlalchemy.orm.exc.DetachedInstanceError: Parent instance <User at 0x7f3c> is not bound to a Session; lazy load operation of attribute 'orders' cannot proceed (Background on this error at: https://sqlalche.me/e/20/bhk3)",
    remedy:
      'Say at the query what the loop will read: `.options(selectinload(User.orders))`, which loads the relationship of all elements by one more statement; `joinedload()` for relationships to one object. Echo the statements (`create_engine(url, echo=True)`) to see the difference, and map relationships with `lazy="raise_on_sql"` where a forgotten option should fail.',
  },
  example: {
    before: 'for user in session.scalars(select(User)):\n    print(user.name, len(user.orders))\n',
    after:
      'for user in session.scalars(select(User).options(selectinload(User.orders))):\n    print(user.name, len(user.orders))\n',
  },
  visit: { for_statement: visitLoop, for_in_clause: visitLoop, attribute: visitRead },
});

/** Reads whose query stands in another function, or further away than the loop itself shows. */
function visitRead(node: PyNode, context: RuleContext): void {
  const { facts } = context;
  if (!facts.asyncFacts().lazyNames.has(node.child('attribute')?.text ?? '')) return;
  if (node.child('object')?.text.endsWith('.awaitable_attrs') === true)
    return visitAwaited(node, context);
  const near = sourceOfLoop(node, facts);
  if (near && optionsText(near) === '') return;
  const [read] = repeatedReads(node, facts);
  if (!read || read.attribute.kind !== 'relationship') return;
  const { origin, attribute, evidence } = read;
  const path = [...origin.path, attribute];
  if (near && !path.some((relation) => isNamed(relation, near))) return;
  const place = placeOf(origin.facts.module, origin.node);
  const message = `\`${node.text}\` is loaded once for each element of the query at ${place}`;
  const added = evidence === 'proven' ? addOption(origin, path, context) : null;
  if (!added)
    return context.manual({
      at: node,
      message: evidence === 'proven' ? message : `possibly, ${message}`,
      reason: `add ${optionText(path, origin)} to the options of the query`,
      possible: evidence !== 'proven',
    });
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: near
      ? 'what is loaded up front could differ from what is loaded on access'
      : 'other users of the query would load it too',
    edits: added.edits,
    uses: added.uses,
  });
}

/** `await user.awaitable_attrs.orders` for each element of a query. */
function visitAwaited(node: PyNode, context: RuleContext): void {
  const reads = awaitedReads(node, context.facts);
  const read = reads.find((each) => each.evidence === 'proven') ?? reads[0];
  if (read?.attribute.kind !== 'relationship') return;
  const { origin, attribute, evidence } = read;
  const place = placeOf(origin.facts.module, origin.node);
  const message = `\`${node.text}\` is loaded once for each element of the query at ${place}`;
  context.manual({
    at: node,
    message: evidence === 'proven' ? message : `possibly, ${message}`,
    reason: `add ${optionText([...origin.path, attribute], origin)} to the options of the query`,
    possible: evidence !== 'proven',
  });
}

/** The query of the loop that binds the object, where the loop shows it: the visit of the loop judges what its options do not name. */
function sourceOfLoop(node: PyNode, facts: Facts): ElementSource | null {
  let root = node.child('object');
  while (root?.kind === 'attribute') root = root.child('object');
  if (root?.kind !== 'identifier') return null;
  for (const { kind, value } of facts.binding.reaching(root)) {
    if ((kind !== 'for' && kind !== 'comprehension') || !value) continue;
    // A loop over a relationship of the element of another loop belongs to that one.
    const source =
      elementSource(value, facts) ??
      (value.kind === 'attribute' ? sourceOfLoop(value, facts) : null);
    if (source) return source;
  }
  return null;
}

function optionsText({ links }: ElementSource): string {
  const options = links.filter((link) => link.method.text === 'options');
  return options.map((link) => link.list.text).join(' ');
}

function isNamed({ name }: RelationshipAttribute, source: ElementSource): boolean {
  return new RegExp(`[."']${name}\\b`).test(optionsText(source));
}

function visitLoop(node: PyNode, context: RuleContext): void {
  const loop = readLoop(node);
  const source = loop && elementSource(loop.iterable, context.facts);
  // Where lazy loading fails altogether, another rule speaks.
  if (!loop || !source || asyncSession(source.session, context.facts) === 'proven') return;
  const named = optionsText(source);
  const reads = relationshipReads(loop, source.entity, context.facts).filter(
    (read) =>
      !read.path.some((relation) => isNamed(relation, source)) &&
      !named.includes('"*"') &&
      !named.includes("'*'"),
  );
  const longest = reads.filter(
    (each) => !reads.some((other) => other !== each && extendsPath(other.path, each.path)),
  );
  const doubt = sessionDoubt(source, context);
  if (doubt === undefined || longest.length === 0) return;
  const judged = longest.map((read) => ({
    read,
    reason: doubt ?? unsafeReason(loop, source, read.unconditional, context),
  }));
  const safe = judged.filter(({ reason }) => reason === null).map(({ read }) => read);
  if (safe.length > 0) propose(safe, null, source, context);
  for (const { read, reason } of judged)
    if (reason !== null) propose([read], reason, source, context);
}

/** Adds the options of several reads to the query. */
function propose(
  reads: readonly RelationshipRead[],
  reason: string | null,
  source: ElementSource,
  context: RuleContext,
): void {
  const [first] = reads;
  if (!first) return;
  const chains = reads.map((read) => loaderChain(source, read.path, context));
  const text = chains.map((chain) => chain.text).join(', ');
  const elsewhere = reads.flatMap(({ path }, index) => {
    const chain = chains[index];
    return (chain && conflictOf(source.head, path, chain, context.facts)) ?? [];
  });
  const last = source.links.findLast((link) => link.method.text === 'options')?.list.named.at(-1);
  const names = reads.map(({ node }) => `\`${node.text}\``).join(' and ');
  const message = `${names} ${reads.length === 1 ? 'is' : 'are'} loaded once for each element of the query`;
  const [other] = elsewhere;
  if (other !== undefined)
    return context.manual({
      at: first.node,
      message,
      reason: `add ${text} to the options of the query; ${other} may load the same relationship of this statement in another way, and two ways at once raise "Loader strategies conflict"`,
    });
  context.fix({
    at: first.node,
    message,
    safety: reason === null ? 'safe' : 'unsafe',
    ...(reason === null ? {} : { reason }),
    edits: [
      last
        ? context.after(last, `, ${text}`)
        : context.after({ start: source.end, end: source.end }, `.options(${text})`),
    ],
    uses: chains.flatMap((chain) => chain.uses),
  });
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
  if (endsEarly(loop)) return 'the loop may end before the last element';
  const scope = functionScope(loop.node, context.facts).node;
  const watched = {
    session: source.session,
    elements: elementsOf(loop, source, context.facts),
    region: { start: source.node.end, end: loop.node.end },
  };
  const effect = firstEffect(scope, watched, context.facts);
  return effect === null
    ? null
    : `${effect}: what is loaded up front could differ from what is loaded on access`;
}
