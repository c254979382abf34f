// Rewrites a group of connected queries as a whole: the statement is kept where the query was, and executed where its rows are needed.
import type { Edit } from '../../../edits/edit.ts';
import { readMethodCall } from '../../../python/calls.ts';
import type { Module } from '../../modules.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import type { QueryChain } from '../chain.ts';
import { finishOf } from '../finish.ts';
import { compoundProblem } from '../links-union.ts';
import { placeOf } from '../../place.ts';
import { takenFrom } from '../kept.ts';
import { openBare, removeInner, type Ending } from '../rewrite.ts';
import { DIRECT, type QuerySite } from '../site.ts';
import { useOf } from '../use.ts';
import { flowGet } from './get.ts';
import { bulkOf, flowBulk, isBulk, runBulk } from './bulk.ts';
import type { GroupRewrite, Source, QueryGroup } from './group.ts';
import { ownSessionLine } from './own-session.ts';
import { sessionKey } from './session-key.ts';
import { sessionOf, spellExtension, spellSession } from './session.ts';
import { solve, type Solved } from './solve.ts';
import { withoutRows } from './empty.ts';
import { correctHints } from './hints.ts';
import { testEdits } from './tests.ts';
import { createThreading, type Threading } from './threading.ts';
import type { PyNode } from '../../../python/tree.ts';

/** Rewrites a group that was traced without an obstacle. */
export function rewriteGroup(group: QueryGroup, start: RuleContext): GroupRewrite {
  const contexts = new Map<string, RuleContext>([[start.path, start]]);
  const contextOfModule = (module: Module): RuleContext => {
    const known = contexts.get(module.path) ?? start.at(module.path);
    contexts.set(module.path, known);
    return known;
  };
  const contextOf = ({ module }: Source): RuleContext => contextOfModule(module);
  const solved = solve(group, contextOf);
  if (!solved) return refusal('what becomes of it in loops cannot be told');
  const bulk = bulkOf(solved);
  const threading = createThreading(solved, contextOfModule);
  const named = namedSessions(solved, contextOf);
  const edits: Edit[] = [];
  const uses: NameUse[] = [];
  const doubts = new Set<string>(group.doubts);
  const refusals: string[] = [];
  for (const each of solved) {
    const { source } = each;
    const ctx = contextOf(source);
    const part = rewriteSource(each, bulk, threading, ctx);
    const why =
      typeof part === 'string' ? [part] : [...refusalsOf(each, ctx), ...afterParameters(each)];
    if (typeof part === 'string' || why.length > 0) {
      refusals.push(`${why[0] ?? ''} (${placeOf(source.module, source.node)})`);
      continue;
    }
    const line = named.get(each);
    edits.push(...part.edits, ...(line ? [line] : []));
    uses.push(...part.uses);
    for (const doubt of [
      ...(source.site?.doubts ?? []),
      ...each.statement.doubts,
      // A session with a name is made as before.
      ...(line ? [] : (part.doubts ?? [])),
    ])
      doubts.add(doubt);
  }
  const threaded = threading.finish();
  edits.push(...threaded.edits);
  uses.push(...threaded.uses);
  refusals.push(...threaded.refusals);
  for (const doubt of threaded.doubts) doubts.add(doubt);
  for (const source of group.sources) {
    if (solved.some((each) => each.source === source)) continue;
    const part = rewriteEmpty(source, contextOf(source));
    if (typeof part === 'string') refusals.push(`${part} (${placeOf(source.module, source.node)})`);
    else edits.push(...part);
  }
  const empty = withoutRows(group, solved, contextOfModule);
  edits.push(...empty.edits);
  uses.push(...empty.uses);
  refusals.push(...empty.refusals);
  for (const doubt of empty.doubts) doubts.add(doubt);
  const hints = correctHints(group, contextAt(contexts));
  return {
    edits: [...edits, ...hints.edits],
    uses: [...uses, ...hints.uses],
    doubts: [...doubts],
    refusals,
  };
}

/** The context of the file that a node stands in. */
function contextAt(
  contexts: ReadonlyMap<string, RuleContext>,
): (node: PyNode) => RuleContext | null {
  const all = [...contexts.values()];
  return (node) => all.find(({ facts }) => facts.module.tree.root.table === node.table) ?? null;
}

function refusal(why: string): GroupRewrite {
  return { edits: [], uses: [], doubts: [], refusals: [why] };
}

/** What no query of the group reaches, only None, may be tested and handed on. */
function rewriteEmpty(source: Source, ctx: RuleContext): readonly Edit[] | string {
  const { destination, links, node } = source;
  if (destination?.kind === 'test' || destination?.kind === 'alternative')
    return links.links.length === 0 ? testEdits(destination, links.built, ctx) : unknownValue(node);
  return destination === null || destination.kind === 'use' || links.links.length > 0
    ? unknownValue(node)
    : [];
}

function unknownValue(node: PyNode): string {
  return `what \`${node.text}\` holds here is not known`;
}

/** What a query selects matters only where it is executed. */
function refusalsOf(solved: Solved, ctx: RuleContext): readonly string[] {
  const { refusals, shapeless } = solved.statement;
  return isExecuted(solved, ctx) ? refusals : refusals.filter((each) => !shapeless.includes(each));
}

/** Whether rows are read here, or by what a terminal is handed to. */
function isExecuted(solved: Solved, ctx: RuleContext): boolean {
  const { destination } = solved.source;
  if (destination !== null && destination.kind !== 'use') return false;
  const use = useIn(solved, ctx);
  return !isPart(use) && !(use.kind === 'terminal' && use.call.method.text === 'count');
}

/** A statement gives parameters only to what it already consists of. */
function afterParameters({ chain, before }: Solved): readonly string[] {
  const late = before?.parameters
    ? chain.links.find((link) =>
        /^(filter|where|having|join|outerjoin|params)$/.test(link.method.text),
      )
    : undefined;
  return late ? [`\`.${late.method.text}()\` follows \`.params()\`; write \`.params()\` last`] : [];
}

function rewriteSource(
  solved: Solved,
  bulk: string | null,
  threading: Threading,
  ctx: RuleContext,
): Ending | string {
  const { source, statement } = solved;
  const { destination } = source;
  const own: Ending = { edits: statement.edits, uses: statement.uses };
  const head = headEdits(solved, bulk ?? 'select', ctx);
  switch (destination?.kind) {
    case 'test':
    case 'alternative':
      return combined(own, head, {
        edits: testEdits(destination, source.links.built, ctx),
        uses: [],
      });
    case 'text':
      return {
        ...combined(own, head),
        doubts: ['the SQL of a statement names its columns otherwise than that of a Query'],
      };
    case 'use':
      break;
    case undefined:
      break;
    default:
      return combined(own, head);
  }
  if (source.links.property?.child('attribute')?.text === 'session')
    return sessionEdits(solved, ctx);
  const ending = execute(solved, bulk, threading, ctx);
  return typeof ending === 'string' ? ending : combined(own, ending);
}

function combined(...parts: readonly Ending[]): Ending {
  return {
    edits: parts.flatMap((each) => each.edits),
    uses: parts.flatMap((each) => each.uses),
    doubts: parts.flatMap((each) => each.doubts ?? []),
  };
}

function headEdits(
  { source, chain, statement }: Solved,
  builder: string,
  ctx: RuleContext,
): Ending {
  const bare = openBare({ chain }, statement, ctx, `sqlalchemy.${builder}`);
  if (!source.site) return bare;
  return combined(bare, { edits: widenInner(chain, ctx), uses: [] });
}

/** Takes away parentheses inside; where they hold lines together, the outermost go around the whole statement. */
function widenInner(chain: QueryChain, ctx: RuleContext): readonly Edit[] {
  const outer = chain.inner.findLast(({ text }) => /[\r\n]/.test(text));
  const closing = outer?.children.at(-1);
  const isHeld = chain.built.kind === 'parenthesized_expression';
  if (!outer || !closing || isHeld) return removeInner(chain.inner, chain, ctx);
  return [
    ...removeInner(
      chain.inner.filter((each) => each !== outer),
      chain,
      ctx,
    ),
    ctx.replace(closing, ''),
    ctx.after({ start: outer.start, end: chain.built.end }, ')'),
  ];
}

/** Gives names to sessions that are made with their queries. */
function namedSessions(
  solved: readonly Solved[],
  contextOf: (source: Source) => RuleContext,
): ReadonlyMap<Solved, Edit> {
  const used = new Set(
    solved.flatMap((each) => {
      const { source, before } = each;
      const isRead = source.destination === null || source.destination.kind === 'use';
      const isExecuted = isRead && !isPart(useIn(each, contextOf(source)));
      return isExecuted && before ? [sessionKey(before.session)] : [];
    }),
  );
  const named = new Map<Solved, Edit>();
  for (const each of solved) {
    const { site } = each.source;
    const ctx = contextOf(each.source);
    const session = site && sessionOf(site, ctx.facts);
    const made = site?.chain.head.kind === 'call' ? site.chain.head.session : null;
    if (!made || session?.kind !== 'known' || !session.own || !used.has(sessionKey(session)))
      continue;
    named.set(each, ctx.before(session.own.statement, ownSessionLine(session.own, made)));
  }
  return named;
}

/** `query.session`. */
function sessionEdits({ source, before }: Solved, ctx: RuleContext): Ending | string {
  const { property } = source.links;
  if (!property || !before) return 'its session is read';
  const spelled = spellSession(before.session, source.node, ctx);
  return typeof spelled === 'string'
    ? spelled
    : { edits: [ctx.replace(property, spelled.text)], uses: [spelled] };
}

function execute(
  solved: Solved,
  bulk: string | null,
  threading: Threading,
  ctx: RuleContext,
): Ending | string {
  const { source, chain, statement, before } = solved;
  const use = useIn(solved, ctx);
  if (use.kind === 'property' && !KNOWN_PROPERTIES.test(use.name))
    return isCalled(source) ? `\`.${use.name}()\` is not a method of Query` : takenFrom(use.name);
  const needsSession = !isPart(use);
  const spelled = before ? spellSession(before.session, source.node, ctx) : 'it is made here';
  const session =
    typeof spelled === 'string' && needsSession ? (threading.nameFor(solved) ?? spelled) : spelled;
  if (needsSession && typeof session === 'string') return session;
  const site: QuerySite = {
    chain,
    use,
    session: DIRECT,
    span: spanOf(use, chain),
    blocked: null,
    doubts: [],
    executor: typeof session === 'string' ? null : session,
    extension: before && spellExtension(before.session, source.node, ctx),
    isProperty: false,
    holder: null,
  };
  const problem = compoundProblem(statement, site);
  if (problem !== null) return problem;
  const name = use.kind === 'terminal' ? use.call.method.text : '';
  if (before && isBulk(name))
    return bulk === null ? flowBulk(statement, site, before, ctx) : runBulk(site, ctx);
  if (before && name === 'get') return flowGet(site, before, ctx);
  const finish = finishOf(site);
  return finish ? finish(statement, site, ctx) : `\`${name}()\` has no counterpart on a statement`;
}

function spanOf(use: QuerySite['use'], chain: QueryChain): PyNode {
  if (use.kind === 'terminal') return use.call.node;
  return use.kind === 'subscript' || use.kind === 'property' ? use.node : chain.built;
}

function useIn({ source: { destination }, chain }: Solved, ctx: RuleContext): QuerySite['use'] {
  return destination?.kind === 'use' ? destination.use : useOf(chain, ctx.facts.binding);
}

const KNOWN_PROPERTIES = /^(column_descriptions|selectable|statement|whereclause)$/;
const PARTS: ReadonlySet<string> = new Set([
  'as_scalar',
  'cte',
  'exists',
  'label',
  'scalar_subquery',
  'subquery',
]);

function isPart(use: QuerySite['use']): boolean {
  if (use.kind === 'terminal') return PARTS.has(use.call.method.text);
  return use.kind === 'subquery' || use.kind === 'scalar-subquery' || use.kind === 'property';
}

function isCalled({ links }: Source): boolean {
  return links.property?.parent?.kind === 'call' && readMethodCall(links.property.parent) !== null;
}
