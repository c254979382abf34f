// Turns a query into a statement executed by its session: the edits around the chain that terminals share, and the proposal made of them.
import type { Edit } from '../../edits/edit.ts';
import type { MethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { NameUse, RuleContext, Visitor } from '../rule.ts';
import { statementEnd, type QueryChain, type QueryHead } from './chain.ts';
import { compoundLead, compoundProblem, enclosure } from './links-union.ts';
import { splitTexts, type Split } from './links-split.ts';
import { readSite, type QuerySite } from './site.ts';
import { readStatement, type Statement } from './statement.ts';

/** What a terminal adds to the edits of its chain. */
export interface Ending {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly doubts?: readonly string[];
}

/** How one terminal ends a chain; a text says why it cannot. */
export type Finish = (statement: Statement, site: QuerySite, ctx: RuleContext) => Ending | string;

/** Which queries a rule takes, and what it does with them. */
export interface TerminalRule {
  readonly accepts: (site: QuerySite) => boolean;
  /** Names of links that the rule writes itself. */
  readonly apart?: ReadonlySet<string>;
  readonly finish: Finish;
  readonly message?: (site: QuerySite) => string;
}

/** The visitor of a rule that rewrites a whole chain. */
export function chainVisitor(rule: TerminalRule): Visitor {
  return (node, ctx) => {
    const site = readSite(node, ctx);
    if (site && rule.accepts(site)) proposeChain(site, rule, ctx);
  };
}

/** Proposes the rewrite of a whole chain, or says what stands in the way. `id` is the member of the rule's family. */
export function proposeChain(
  site: QuerySite,
  rule: Pick<TerminalRule, 'apart' | 'finish' | 'message'>,
  ctx: RuleContext,
  id: { readonly rule?: string } = {},
): void {
  const at = site.span;
  const message = rule.message?.(site) ?? describe(site);
  const evidence = site.session.trail;
  if (site.blocked !== null)
    return ctx.manual({ ...id, at, message, reason: site.blocked, evidence });
  const statement = readStatement(site.chain, ctx, rule.apart, true);
  const ending =
    statement.refusals.length > 0
      ? ''
      : (compoundProblem(statement, site) ?? rule.finish(statement, site, ctx));
  const refusals = typeof ending === 'string' && ending !== '' ? [ending] : statement.refusals;
  if (typeof ending === 'string')
    return ctx.manual({ ...id, at, message, reason: sentence(refusals), evidence });
  const doubts = [...new Set([...site.doubts, ...statement.doubts, ...(ending.doubts ?? [])])];
  ctx.fix({
    ...id,
    at,
    message,
    safety: doubts.length === 0 ? 'safe' : 'unsafe',
    ...(doubts.length === 0 ? {} : { reason: sentence(doubts) }),
    edits: [...statement.edits, ...ending.edits],
    uses: [...statement.uses, ...ending.uses],
    evidence,
  });
}

/** Accepts the terminals of the given names. */
export function terminals(...names: readonly string[]): (site: QuerySite) => boolean {
  return ({ use }) =>
    use.kind === 'bound'
      ? names.includes(use.name)
      : use.kind === 'terminal' && names.includes(use.call.method.text);
}

/** What is old here, in one line. */
export function describe({ chain, use }: QuerySite): string {
  if (chain.head.kind === 'property') return `\`${chain.head.node.text}\` is legacy`;
  switch (use.kind) {
    case 'terminal':
      return `\`Query.${use.call.method.text}()\` is legacy`;
    case 'property':
    case 'bound':
      return `\`Query.${use.name}\` is legacy`;
    case 'iteration':
      return 'iterating a `Query` is legacy';
    case 'subscript':
      return 'slicing a `Query` is legacy';
    default:
      return '`Session.query()` is legacy';
  }
}

function sentence(reasons: readonly string[]): string {
  return [...new Set(reasons)].join('; ');
}

/** What wraps a statement: `session.scalars(select(…))`. */
export interface Wrapping {
  /** The session's method. */
  readonly method: string;
  /** What the statement starts with, `select` by default. */
  readonly builder?: string;
  /** Text that goes before the builder. */
  readonly lead?: string;
  /** Where the chain is cut in two statements. */
  readonly split?: Split | null;
  /** Text that goes between the builder and the bracket before the first entity. */
  readonly middle?: string;
}

/** Opens `session.method(select(` in place of `session.query(`. */
export function open(wrapping: Wrapping, site: QuerySite, ctx: RuleContext): Ending {
  const { head, inner } = site.chain;
  if (wrapping.split) return openSplit(wrapping.split, wrapping, site, ctx);
  if (head.kind === 'flow')
    return together(
      openCall(`${wrapping.method}(${wrapping.lead ?? ''}`, site, ctx),
      // Those around `await` and `:=` belong to the head.
      removeInner(
        inner.filter((each) => each !== head.node),
        site.chain,
        ctx,
      ),
    );
  const builder = ctx.use(wrapping.builder ?? 'sqlalchemy.select', head.node);
  const text = `${wrapping.method}(${wrapping.lead ?? ''}${builder.text}${wrapping.middle ?? ''}`;
  return together(
    openCall(text, site, ctx),
    closeEntity(head, ctx),
    removeInner(inner, site.chain, ctx),
    { edits: [], uses: [builder] },
  );
}

/** Makes the alias of the first part, and opens the query of the alias below. */
function openSplit(
  split: Split,
  { method, lead = '' }: Wrapping,
  { chain, executor }: QuerySite,
  ctx: RuleContext,
): Ending {
  const { head } = chain;
  const session = head.kind === 'call' && head.session ? head.session.text : executor?.text;
  const call = `${session ?? ''}.${method}(${lead}`;
  const { lead: first, between, uses } = splitTexts(split, chain, call, ctx);
  const start = split.statement.start;
  const opening =
    head.kind === 'property'
      ? [
          ctx.replace({ start, end: head.entity.node.start }, `${first}(`),
          ...closeEntity(head, ctx),
        ]
      : [ctx.replace({ start, end: head.name.end }, first)];
  return {
    edits: [...opening, ctx.after({ start: head.node.start, end: split.link.node.end }, between)],
    uses: [...uses, ...(executor ? [executor] : [])],
  };
}

/** Opens `session.method(` with what the statement is made of; `close` are the brackets after it. */
export function openStatement(
  method: string,
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): { readonly opening: Ending; readonly close: string } | string {
  const around = enclosure(statement, ctx);
  if (typeof around === 'string') return around;
  return {
    opening: together(open({ method, lead: around.lead, split: statement.split }, site, ctx), {
      edits: [],
      uses: around.uses,
    }),
    close: `)${around.close}`,
  };
}

/** Puts `session.text(` before the first entity. */
export function openCall(text: string, { chain, executor }: QuerySite, ctx: RuleContext): Ending {
  const { head } = chain;
  if (head.kind === 'call') return { edits: [ctx.replace(head.name, text)], uses: [] };
  const uses = executor ? [executor] : [];
  const at = head.kind === 'flow' ? { start: head.start, end: head.node.end } : head.entity.node;
  const bracket = head.kind === 'flow' ? '' : '(';
  return { edits: [ctx.before(at, `${executor?.text ?? ''}.${text}${bracket}`)], uses };
}

/** `User.query` ends the brackets around the entity, as `query(User)` does already. */
export function closeEntity(head: QueryHead, ctx: RuleContext): readonly Edit[] {
  if (head.kind !== 'property') return [];
  return [ctx.replace({ start: head.entity.node.end, end: head.node.end }, ')')];
}

/** Puts `select(` in place of `session.query(`: a statement that nothing executes here. */
export function openBare(
  { chain }: Pick<QuerySite, 'chain'>,
  statement: Pick<Statement, 'compound' | 'chain'>,
  ctx: RuleContext,
  name: string = 'sqlalchemy.select',
): Ending {
  const { head } = chain;
  const { lead, uses } = compoundLead(statement, ctx);
  if (head.kind === 'flow')
    return {
      edits: lead === '' ? [] : [ctx.before({ start: head.start, end: head.node.end }, lead)],
      uses,
    };
  const builder = ctx.use(name, head.node);
  if (head.kind === 'property')
    return {
      edits: [ctx.before(head.entity.node, `${lead}${builder.text}(`), ...closeEntity(head, ctx)],
      uses: [builder, ...uses],
    };
  const hasCall =
    head.session !== null &&
    head.session.kind !== 'identifier' &&
    head.session.kind !== 'attribute';
  return {
    edits: [ctx.replace({ start: head.start, end: head.name.end }, `${lead}${builder.text}`)],
    uses: [builder, ...uses],
    doubts: hasCall ? [`\`${head.session?.text ?? ''}\` would not be evaluated any more`] : [],
  };
}

/** Text right after the last call that builds the query. */
export function afterStatement(text: string, site: QuerySite, ctx: RuleContext): Edit {
  const { chain } = site;
  return ctx.after({ start: chain.head.node.start, end: statementEnd(chain) }, text);
}

/** Takes the terminal away and closes the statement: `.count()` becomes `)`. */
export function replaceTerminal(
  text: string,
  call: MethodCall,
  site: QuerySite,
  ctx: RuleContext,
): readonly Edit[] {
  const dot = call.callee.token('.');
  const hasComment = call.callee.children.some((child) => child.kind === 'comment');
  // A comment on the way keeps its place before the closing bracket.
  if (hasComment && dot && call.receiver.end === statementEnd(site.chain))
    return [ctx.replace({ start: dot.start, end: call.node.end }, text)];
  const start = hasComment && dot ? dot.start : call.receiver.end;
  return [afterStatement(text, site, ctx), ctx.replace({ start, end: call.node.end }, '')];
}

/** The parentheses around the built query, before its terminal. */
export function outerParentheses(chain: QueryChain): readonly PyNode[] {
  const found: PyNode[] = [];
  const last = (chain.links.at(-1) ?? chain.head).node;
  for (
    let node = last.parent;
    node?.kind === 'parenthesized_expression' && node.end <= chain.built.end;
    node = node.parent
  )
    found.push(node);
  return found;
}

/** Takes away parentheses that would cut the statement in two. */
export function removeInner(
  inner: readonly PyNode[],
  chain: QueryChain,
  ctx: RuleContext,
): readonly Edit[] {
  const { start } = chain.head;
  return inner.flatMap((node) => {
    const opening = node.children[0];
    const closing = node.children.at(-1);
    const next = node.children[1];
    if (!opening || !closing || !next) return [];
    // The line must not end before the session.
    const end = next.kind === 'comment' ? opening.end : Math.min(next.start, start);
    return [ctx.replace({ start: opening.start, end }, ''), ctx.replace(closing, '')];
  });
}

/** All endings as one. */
export function together(...endings: readonly (Ending | readonly Edit[] | Edit)[]): Ending {
  const all = endings.map((each): Ending =>
    isEnding(each) ? each : { edits: isEdits(each) ? each : [each], uses: [] },
  );
  return {
    edits: all.flatMap((each) => each.edits),
    uses: all.flatMap((each) => each.uses),
    doubts: all.flatMap((each) => each.doubts ?? []),
  };
}

function isEnding(value: Ending | readonly Edit[] | Edit): value is Ending {
  return 'edits' in value;
}

function isEdits(value: readonly Edit[] | Edit): value is readonly Edit[] {
  return Array.isArray(value);
}

/** The session's method that gives what the legacy query gave. */
export function executing(statement: Statement): string {
  const [first] = statement.items;
  const isBare = first?.kind === 'columns' && first.bare && statement.items.length === 1;
  return statement.shape === 'entity' || isBare ? 'scalars' : 'execute';
}

/** `.unique()` where legacy Query dropped repeated rows that can occur. */
export function uniqueCall(statement: Statement): string {
  return statement.unique ? '.unique()' : '';
}
