// Reports what async code reads from objects whose query did not load it, and adds the loader option to the query.
import { isRoute } from '../project/asyncio/object-reads.ts';
import { functionOf } from '../project/asyncio/sessions.ts';
import { addOption, optionText } from '../project/loads/add-option.ts';
import {
  unloadedByLibrary,
  unloadedByName,
  unloadedReads,
  type UnloadedRead,
} from '../project/loads/async-reads.ts';
import { isAlwaysRead } from '../project/loads/always.ts';
import { newObjectRead, type NewObjectRead } from '../project/loads/new-objects.ts';
import type { Origin } from '../project/loads/loaded.ts';
import { nestedFields, responseSchema, validation } from '../project/loads/serialised.ts';
import type { RelationshipAttribute } from '../project/models.ts';
import { placeOf } from '../project/place.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

export default defineTransform({
  id: 'lint-async-lazy-load',
  summary: 'Load what async code reads from an object together with the object',
  rationale:
    'Under asyncio an attribute cannot wait for the database: a lazy load raises MissingGreenlet.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#preventing-implicit-io-when-using-asyncsession',
  fixes: 'safe',
  stillRuns: true,
  rows: ['lint-async-lazy-load', 'async-attrs'],
  triggers: ['.'],
  example: {
    before:
      'user = await session.scalar(select(User).where(User.id == user_id))\nprint([order.total for order in user.orders])\n',
    after:
      'user = await session.scalar(\n    select(User).where(User.id == user_id).options(selectinload(User.orders))\n)\nprint([order.total for order in user.orders])\n',
  },
  explanation: {
    failure:
      'A relationship with the default `lazy="select"`, and a deferred column, send a SELECT when they are read first. Reading an attribute cannot be awaited, so under an AsyncSession there is nothing that could send it. It fails at the read, which may be far from the query: in a serialiser, in `model_validate`, in a template, in `__repr__`. `getattr(user, "orders", None)` and `hasattr` fail like the plain read: their default is for attributes that the class does not have. It does not fail while the object happens to be in the session already with the attribute loaded, which is why tests that create their data in the same session pass.',
    traceback:
      "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place? (Background on this error at: https://sqlalche.me/e/20/xd2s)\n\npydantic_core._pydantic_core.ValidationError: 1 validation error for UserOut\norders\n  Error extracting attribute: MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here.",
    remedy:
      'Say at the query what will be read: `.options(selectinload(User.orders))`, for `session.get()` `options=[selectinload(User.orders)]`. For one object at hand: `await session.refresh(user, ["orders"])`, or mix `AsyncAttrs` into the base class and write `await user.awaitable_attrs.orders`. For relationships that are always read, `lazy="selectin"` in the mapping; for those that never should be, `lazy="raise"`.',
  },
  visit: {
    attribute(node, context) {
      const { usesAsync, lazyNames, relationNames } = context.facts.asyncFacts();
      const name = node.child('attribute')?.text ?? '';
      if (!usesAsync || !(lazyNames.has(name) || relationNames.has(name))) return;
      const reads = lazyNames.has(name) ? unloadedReads(node, context.facts) : [];
      if (reads.length > 0) return report(node, node, node.text, reads, context);
      const made = newObjectRead(node, context.facts);
      if (made) reportNew(node, made, context);
    },
    call(node, context) {
      const { facts } = context;
      const callee = node.child('function')?.text ?? '';
      if (!CALLS.test(callee) || !facts.asyncFacts().usesAsync) return;
      if (callee === 'getattr' || callee === 'hasattr') {
        const reads = unloadedByName(node, facts);
        const object = node.child('arguments')?.named[0];
        if (object && reads.length > 0) report(node, object, node.text, reads, context);
        return;
      }
      const made = validation(node, facts);
      if (!made) return;
      for (const name of nestedFields(made.schema)) {
        const reads = unloadedByLibrary(made.object, name, false, facts);
        if (reads.length > 0)
          return report(node, made.object, `${made.object.text}.${name}`, reads, context);
      }
    },
    return_statement(node, context) {
      const { facts } = context;
      const [object] = node.named;
      const definition = object ? functionOf(node) : null;
      if (!object || !definition || !isRoute(definition) || !facts.asyncFacts().usesAsync) return;
      const response = responseSchema(definition, facts);
      if (!response) return;
      for (const name of nestedFields(response.schema)) {
        const reads = unloadedByLibrary(object, name, response.many, facts);
        if (reads.length > 0)
          return report(object, object, `${name} of the response`, reads, context);
      }
    },
  },
});

/** Calls that read attributes whose names they do not write as such. */
const CALLS = /^(getattr|hasattr)$|\.(model_validate|from_orm)$/;

function reportNew(
  node: PyNode,
  { attribute, statement, session, awaitable }: NewObjectRead,
  context: RuleContext,
): void {
  const object = node.child('object');
  const message = `\`${node.text}\` of a new object is not loaded after \`${statement.text.split('\n')[0] ?? ''}\``;
  if (!object || !awaitable || (node.field === 'left' && node.parent?.kind === 'assignment'))
    return context.manual({
      at: node,
      message,
      reason: `give it a value before the flush, or await ${session}.refresh(${object?.text ?? ''}, ["${attribute.name}"])`,
    });
  const isUsed = /^(attribute|subscript|call)$/.test(node.parent?.kind ?? '');
  context.fix({
    at: node,
    message,
    safety: 'unsafe',
    reason: 'it sends a SELECT; a value given when the object is made needs none',
    edits: [
      context.before(node, isUsed ? '(await ' : 'await '),
      context.after(object, '.awaitable_attrs'),
      ...(isUsed ? [context.after(node, ')')] : []),
    ],
  });
}

function report(
  node: PyNode,
  subject: PyNode,
  what: string,
  reads: readonly UnloadedRead[],
  context: RuleContext,
): void {
  const read = reads.find((each) => each.evidence === 'proven') ?? reads[0];
  if (!read) return;
  const { origin, attribute, evidence } = read;
  const isColumn = attribute.kind === 'column';
  const path: readonly RelationshipAttribute[] =
    attribute.kind === 'relationship' ? [...origin.path, attribute] : [];
  const message = `\`${what}\` is ${isColumn ? 'deferred' : 'lazy'}, and the async ${queriesAt([read, ...reads])} not load it`;
  const evidenceLines = origin.session ? (origin.facts.infer(origin.session)?.trail ?? []) : [];
  const near = origin.functions.length <= 1 && origin.functions[0] === functionOf(node);
  const added = isColumn ? null : addOption(origin, path, context);
  const suits = near ? isAlwaysRead(origin.node, subject) : hasOneCaller(origin);
  if (!added || evidence !== 'proven' || !suits)
    return context.manual({
      at: node,
      message: evidence === 'proven' ? message : `possibly, ${message}`,
      reason: isColumn
        ? `add undefer(…) for it to the query, or await session.refresh(object, ["${attribute.name}"])`
        : `it raises MissingGreenlet: add ${optionText(path, origin)} to the options of the query`,
      evidence: evidenceLines,
      possible: evidence !== 'proven',
    });
  context.fix({
    at: node,
    message,
    safety: near && !origin.collected ? 'safe' : 'unsafe',
    ...(near && !origin.collected
      ? {}
      : { reason: 'the query loads it also where nobody reads it' }),
    edits: added.edits,
    uses: added.uses,
    evidence: evidenceLines,
  });
}

/** "query at a.py:3 does", "queries at a.py:3 and b.py:5 do". */
function queriesAt(reads: readonly UnloadedRead[]): string {
  const places = reads.map(({ origin }) => placeOf(origin.facts.module, origin.node));
  const [first = '', ...others] = new Set(places);
  if (others.length === 0) return `query at ${first} does`;
  const named = [first, ...others.slice(0, MAX_PLACES - 1)];
  const more = others.length + 1 - named.length;
  return `queries at ${named.join(', ')}${more > 0 ? ` and ${more} other places` : ''} do`;
}

const MAX_PLACES = 4;

/** Whether nobody else would load in vain what is added to the query. */
function hasOneCaller({ frames }: Origin): boolean {
  return frames.every(({ definition, home }) => home.callersOf(definition).calls.length === 1);
}
