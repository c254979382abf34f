// Reads what makes async sessions: sessionmaker(class_=AsyncSession), async_sessionmaker(), AsyncSession(), scoped_session() around them. Syntax and names.
import { keyword, readCall, type Call } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** A call that makes async sessions, or a factory of them. */
export interface AsyncFactory {
  readonly call: Call;
  readonly kind: 'sessionmaker' | 'async_sessionmaker' | 'session';
  /** `class_=AsyncSession`. */
  readonly classArgument: PyNode | null;
  /** The class is AsyncSession itself, of SQLAlchemy. */
  readonly plain: boolean;
}

const ASYNC_SESSION = 'sqlalchemy.ext.asyncio.AsyncSession';

/** Takes such a call apart; `null` for any other. */
export function asyncFactory(node: PyNode, facts: Facts): AsyncFactory | null {
  const call = readCall(node);
  if (!call || !/(sessionmaker|Session)$/.test(call.callee.text)) return null;
  const name = facts.qualifiedName(call.callee);
  if (name === 'sqlalchemy.ext.asyncio.async_sessionmaker')
    return { call, kind: 'async_sessionmaker', classArgument: null, plain: true };
  if (name === ASYNC_SESSION || name === 'sqlmodel.ext.asyncio.session.AsyncSession')
    return { call, kind: 'session', classArgument: null, plain: true };
  if (name !== 'sqlalchemy.orm.sessionmaker') return null;
  const made = call.keywords.find((each) => each.name === 'class_') ?? null;
  const value = keyword(call, 'class_');
  const of = value && facts.infer(value)?.value;
  if (!made || !of) return null;
  const isAsync =
    of.kind === 'library'
      ? of.name === ASYNC_SESSION || of.name === 'sqlmodel.ext.asyncio.session.AsyncSession'
      : of.kind === 'class' && derives(value, facts);
  return isAsync
    ? {
        call,
        kind: 'sessionmaker',
        classArgument: made.node,
        plain: of.kind === 'library' && of.name === ASYNC_SESSION,
      }
    : null;
}

function derives(value: PyNode, facts: Facts): boolean {
  const symbol = facts.symbols.symbolOf(facts.module, value);
  if (symbol?.kind !== 'definition') return false;
  const bases = symbol.binding.value?.child('superclasses')?.named ?? [];
  return bases.some((base) => facts.in(symbol.module).qualifiedName(base) === ASYNC_SESSION);
}
