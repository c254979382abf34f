// Whether the sessions that an expression stands for, or makes, expire their objects at commit. It looks for no commits.
import { keyword, readCall, unparenthesized } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { returnsOf } from '../loads/statement.ts';
import { calledFunction } from './called.ts';
import { functionOf } from './sessions.ts';

/** What is known: `null` where it cannot be told, `undefined` where nothing was found that says it. */
type Setting = boolean | null | undefined;

const MAKERS: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.sessionmaker',
  'sqlalchemy.orm.Session',
  'sqlalchemy.ext.asyncio.async_sessionmaker',
  'sqlalchemy.ext.asyncio.AsyncSession',
  'sqlmodel.ext.asyncio.session.AsyncSession',
]);
const MAX_DEPTH = 6;

/** Whether a session expires its objects at commit; `null` if that cannot be told. */
export function expiresOnCommit(session: PyNode | null, facts: Facts): boolean | null {
  const own = session ? settingOf(session, facts, 0) : undefined;
  return own === undefined ? facts.asyncFacts().expiresOnCommit : own;
}

/** The setting of a session or of a factory, which are followed alike. */
function settingOf(node: PyNode, facts: Facts, depth: number): Setting {
  const inner = unparenthesized(node);
  if (depth > MAX_DEPTH) return undefined;
  if (inner.kind === 'await')
    return inner.named[0] ? settingOf(inner.named[0], facts, depth + 1) : undefined;
  if (inner.kind === 'identifier' || inner.kind === 'attribute') return ofName(inner, facts, depth);
  const call = readCall(inner);
  if (!call) return undefined;
  const written = writtenIn(inner);
  if (written !== undefined) return written;
  if (MAKERS.has(facts.qualifiedName(call.callee) ?? '')) return true;
  const provider = /(^|\.)(Depends|Security)$/.test(call.callee.text) ? call.positional[0] : null;
  const called = calledFunction(provider ?? call.callee, facts);
  if (called) return ofResults(called.definition, called.facts, depth);
  const method = call.callee.child('attribute')?.text;
  const maker = method === 'begin' ? call.callee.child('object') : call.callee;
  return maker ? settingOf(maker, facts, depth + 1) : undefined;
}

function ofName(node: PyNode, facts: Facts, depth: number): Setting {
  const local = node.kind === 'identifier' ? facts.definition(node) : null;
  if (local?.value && local.path.length === 0) return settingOf(local.value, facts, depth + 1);
  const symbol = facts.symbols.symbolOf(facts.module, node);
  const value = symbol?.kind === 'definition' ? symbol.binding.value : null;
  return value && symbol?.kind === 'definition'
    ? settingOf(value, facts.in(symbol.module), depth + 1)
    : undefined;
}

/** What all results of a function, or all that it yields, agree on. */
function ofResults(definition: PyNode, facts: Facts, depth: number): Setting {
  const yielded = descendants(definition, 'yield').filter(
    (each) => functionOf(each) === definition,
  );
  const values = [...returnsOf(definition), ...yielded.flatMap((each) => each.named.slice(0, 1))];
  const settings = new Set(values.map((each) => settingOf(each, facts, depth + 1)));
  const [only] = settings;
  return settings.size > 1 ? null : only;
}

/** What `expire_on_commit=` says; `undefined` if nothing. */
function writtenIn(node: PyNode): Setting {
  const call = readCall(node);
  const value = call && keyword(call, 'expire_on_commit');
  if (value) return value.text === 'False' ? false : value.text === 'True' ? true : null;
  return call?.doubleStarred === true ? null : undefined;
}
