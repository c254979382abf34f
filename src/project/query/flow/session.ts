// The session that a query was made with, and whether the same one can be named at another place. It reads no queries.
import { reachingBindings } from '../../../binder/flow.ts';
import type { Binding, ModuleBinding, Scope } from '../../../binder/scope.ts';
import { dottedParts, readCall } from '../../../python/calls.ts';
import { contains, descendants, enclosing, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { Module } from '../../modules.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import { holderOf, type Holder } from '../query-properties.ts';
import type { QuerySite } from '../site.ts';
import { ownSession, spellOwn, type OwnSession } from './own-session.ts';
import { spellName } from '../spell.ts';

/** An expression that gives the session in one scope, or the name of the project that holds it. */
export interface KnownSession {
  readonly kind: 'known';
  /** It is made with the query, and gets a name. */
  readonly own?: OwnSession;
  /** How it is written in `module`; `null` where only the holder is known. */
  readonly local: LocalSession | null;
  readonly holder: Holder | null;
  /** Where the object that keeps the query has the session: `.session`. */
  readonly member: string | null;
  /** Which parameter of the function that returns the query has it, and where: `.session`. */
  readonly given: { readonly position: number; readonly rest: string } | null;
  /** `.session` of a Flask-SQLAlchemy object. */
  readonly isFlask: boolean;
}

export interface LocalSession {
  readonly module: Module;
  readonly text: string;
  /** The name that the expression starts with, or the argument of `object_session()`. */
  readonly root: string;
  readonly scope: Scope;
  /** What may have given the root its value where the query is made. */
  readonly bindings: readonly Binding[];
  /** Where the query is made. */
  readonly at: PyNode;
}

/** What is known of the session of a query: `lost` says why it cannot be named any more. */
export type FlowSession = KnownSession | { readonly kind: 'lost'; readonly why: string };

/** The session of the query that a head makes. */
export function sessionOf(site: QuerySite, facts: Facts): FlowSession {
  const { head } = site.chain;
  const isFlask = site.extension !== null;
  if (head.kind !== 'call')
    return site.holder
      ? { kind: 'known', local: null, holder: site.holder, member: null, given: null, isFlask }
      : { kind: 'lost', why: 'the session of its model is not known' };
  if (!head.session) return { kind: 'lost', why: 'it is made without a session' };
  const holder = dottedParts(head.session) ? topHolder(head.session, facts) : null;
  const local = localSession(head.session, head.node, facts);
  const own = local || holder ? null : ownSession(head.session, head.node, facts);
  if (own)
    return { kind: 'known', own, local: null, holder: null, member: null, given: null, isFlask };
  if (!local && !holder)
    return {
      kind: 'lost',
      why: `\`${head.session.text}\` may give another session the next time; keep the session in a variable`,
    };
  return { kind: 'known', local, holder, member: null, given: null, isFlask };
}

/** An expression that gives the same class wherever it can be written. */
export function named(node: PyNode | null, at: PyNode, facts: Facts): FlowSession {
  const local = node && dottedParts(node) ? localSession(node, at, facts) : null;
  return local
    ? { kind: 'known', local, holder: null, member: null, given: null, isFlask: false }
    : { kind: 'lost', why: 'its class has no name here' };
}

/** A name at the top of a module that is bound once, so that every place reads the same. */
function topHolder(session: PyNode, facts: Facts): Holder | null {
  const holder = holderOf(facts.module, session, facts);
  const name = holder?.name ?? '';
  return holder && holder.module.binding.module.bindings.get(name)?.length === 1 ? holder : null;
}

function localSession(session: PyNode, at: PyNode, facts: Facts): LocalSession | null {
  const root = rootOf(session, facts);
  const place = root && facts.binding.lookup(root.text, root);
  if (!root || !place) return null;
  const bindings = bindingsAt(place.scope, place.bindings, root, facts.binding);
  return {
    module: facts.module,
    text: session.text,
    root: root.text,
    scope: place.scope,
    bindings,
    at,
  };
}

/** The name on which the value of the expression rests; `null` if it may differ from one evaluation to the next. */
export function rootOf(session: PyNode, facts: Facts): PyNode | null {
  if (session.kind === 'identifier') return session;
  if (session.kind === 'attribute') {
    const object = session.child('object');
    return object && dottedParts(object) ? rootOf(object, facts) : null;
  }
  const call = readCall(session);
  if (!call) return null;
  const [argument] = call.positional;
  if (call.list.named.length === 1 && argument?.kind === 'identifier')
    return facts.qualifiedName(call.callee) === 'sqlalchemy.orm.object_session' ? argument : null;
  const callee = call.list.named.length === 0 ? facts.infer(call.callee) : null;
  const isRegistry =
    callee?.evidence === 'proven' &&
    callee.value.kind === 'instance' &&
    callee.value.of === 'sqlalchemy.orm.scoped_session';
  return isRegistry && dottedParts(call.callee) ? rootOf(call.callee, facts) : null;
}

/** The function (or module) that evaluates a node at once: comprehensions are looked through. */
function homeOf(node: PyNode, binding: ModuleBinding): { scope: Scope; anchor: PyNode } {
  let scope = binding.scopeOf(node);
  let anchor = node;
  while (scope.kind === 'comprehension' && scope.parent) {
    anchor = scope.node;
    scope = scope.parent;
  }
  return { scope, anchor };
}

/** The bindings that a place reads, where it is evaluated in their own scope at once; else all. */
export function bindingsAt(
  scope: Scope,
  bindings: readonly Binding[],
  at: PyNode,
  binding: ModuleBinding,
): readonly Binding[] {
  const home = homeOf(at, binding);
  return home.scope === scope
    ? reachingBindings(home.anchor, scope, bindings)
    : bindings.filter(({ kind }) => kind !== 'delete' && kind !== 'annotation');
}

/** How the session is written at a place, or why it cannot be. */
export function spellSession(session: FlowSession, at: PyNode, ctx: RuleContext): NameUse | string {
  if (session.kind === 'lost') return session.why;
  const { local, holder, own } = session;
  if (own) return spellOwn(own, at, ctx.facts);
  const problem = local ? unreachable(local, at, ctx.facts) : '';
  if (local && problem === null) return { text: local.text, request: null };
  const named = holder && spellName(holder, at, ctx);
  if (holder && named) return { ...named, text: `${named.text}${holder.path}` };
  if (problem) return problem;
  if (!holder) return 'its session is not known here; pass it along';
  return `\`${holder.name}${holder.path}\` (${holder.module.path}) cannot be imported here without a cycle`;
}

/** How the Flask-SQLAlchemy object of the session is written there. */
export function spellExtension(session: FlowSession, at: PyNode, ctx: RuleContext): NameUse | null {
  if (session.kind === 'lost' || !session.isFlask) return null;
  const spelled = spellSession(session, at, ctx);
  return typeof spelled === 'string' || !spelled.text.endsWith('.session')
    ? null
    : { ...spelled, text: spelled.text.slice(0, -'.session'.length) };
}

/** Why the expression may mean something else at a place; `null` if it means the same. */
export function unreachable(local: LocalSession, at: PyNode, facts: Facts): string | null {
  const { module, text, root, scope, bindings } = local;
  if (facts.module !== module)
    return `its session, \`${text}\` of ${module.path}, is not known here; pass it along`;
  const place = facts.binding.lookup(root, at);
  if (place?.scope !== scope) return `its session, \`${text}\`, is not known here; pass it along`;
  const there = bindingsAt(scope, place.bindings, at, facts.binding);
  const isSame = there.length === bindings.length && there.every((each) => bindings.includes(each));
  if (!isSame || isCrossed(local, at, facts))
    return `\`${root}\` may be another session here than where the query is made`;
  return isSetAgain(local) ? `\`${text}\` is set again after the query is made` : null;
}

/** Whether the session is bound anew between the making of the query and its use: by a loop, or by other functions. */
function isCrossed({ scope, bindings, at }: LocalSession, use: PyNode, facts: Facts): boolean {
  const isMoving = bindings.some(({ node }) => isInLoop(node, scope.node));
  const used = homeOf(use, facts.binding);
  const made = homeOf(at, facts.binding);
  if (bindings.length > 1 && (used.scope !== made.scope || used.scope !== scope)) {
    // Set up once, and used by functions that read it.
    if (scope.kind !== 'module' || used.scope !== made.scope) return true;
    if (bindings.some(({ node }) => contains(used.scope.node, node))) return true;
  }
  if (!isMoving) return false;
  const block = enclosing(at, 'block', 'module');
  return block === null || !contains(block, use) || use.start < at.start;
}

function isInLoop(node: PyNode, within: PyNode): boolean {
  for (let each = node.parent; each && each !== within; each = each.parent)
    if (each.kind === 'for_statement' || each.kind === 'while_statement') return true;
  return false;
}

/** Whether the function assigns to the attribute itself once the query is made. */
function isSetAgain({ text, scope, at }: LocalSession): boolean {
  if (!text.includes('.')) return false;
  return descendants(scope.node, 'assignment', 'delete_statement').some((node) => {
    const target = node.child('left')?.text ?? node.named[0]?.text ?? '';
    const isPart = target.includes('.') && `${text}.`.startsWith(`${target}.`);
    return isPart && (node.start > at.start || isInLoop(node, scope.node));
  });
}
