// What members of SQLAlchemy's objects give, from the tables of src/sqlalchemy and the arguments of the call.
import {
  memberOf,
  type MemberSpec,
  type ReturnSpec,
  type Source,
} from '../../sqlalchemy/returns.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Inferred, InstanceValue, Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { entityOf, libraryBases, madeBy } from './classes.ts';
import { queryElement, selectedRow } from './selected.ts';
import type { CallSite, Tracer } from './tracer.ts';
import {
  CONTEXT_MANAGER,
  COROUTINE,
  derived,
  instance,
  itemsOf,
  OBJECT,
  PENDING,
  ROW,
  row,
} from './value.ts';

const FACTORIES = /\.(async_)?(sessionmaker|scoped_session)$/;
const RESULT = /^sqlalchemy\.(Cursor)?Result$|\.AsyncResult$/;
const CORE = /^sqlalchemy\.(future\.)?(Engine|Connection)$|\.Async(Engine|Connection)$/;

/** The value that a specification gives for a receiver and a call. */
export function given(
  tracer: Tracer,
  spec: ReturnSpec,
  receiver: Inferred,
  site: CallSite | null,
): Inferred | null {
  const { value } = receiver;
  if (value.kind !== 'instance') return null;
  const giver = { tracer, receiver, self: value, site };
  const plain = isSource(spec.of) ? valueOf(giver, spec.of) : made(giver, spec.of, spec.element);
  if (plain === PENDING) return PENDING;
  const wrapped = spec.contextManager
    ? instance(CONTEXT_MANAGER, plain?.value ?? null)
    : spec.awaitable
      ? instance(COROUTINE, plain?.value ?? null)
      : (plain?.value ?? null);
  return derived(plain ?? receiver, wrapped);
}

/** The value of a call of a method of a library's object. */
export function methodResult(
  tracer: Tracer,
  callee: Inferred,
  self: InstanceValue,
  name: string,
  site: CallSite | null,
): Inferred | null {
  const receiver = derived(callee, self);
  const spec = specOf(tracer, self.of, name);
  if (!spec || !receiver) return null;
  const value = given(tracer, refinedSpec(spec, name, site), receiver, site);
  return name === 'query' ? ofQueryClass(value, queryClassOf(self)) : value;
}

/** The class of a session's queries, `null` for the usual one. */
function queryClassOf(session: InstanceValue): Value | null {
  if (!FACTORIES.test(session.of)) return session.element;
  return session.element?.kind === 'instance' ? session.element.element : null;
}

/** A query of another class; nothing is known of it if the class is not. */
function ofQueryClass(query: Inferred | null, of: Value | null): Inferred | null {
  if (!of || query?.value.kind !== 'instance') return query;
  const made = madeBy(of);
  if (made?.kind !== 'instance' || made.of === OBJECT.of) return null;
  return derived(query, instance(made.of, query.value.element));
}

function specOf(tracer: Tracer, of: string, name: string): MemberSpec | null {
  const source = tracer.index.classById(of);
  if (!source) return memberOf(of, name);
  for (const base of libraryBases(tracer.index, source)) {
    const spec = memberOf(base, name);
    if (spec) return spec;
  }
  return null;
}

/** Methods whose result depends on their arguments more than the table says. */
function refinedSpec(spec: MemberSpec, name: string, site: CallSite | null): MemberSpec {
  const hasArguments = site !== null && callArguments(site.call).positional.length > 0;
  if (spec.of !== 'sqlalchemy.orm.Query') return spec;
  if (name === 'with_entities') return { ...spec, element: 'query-row' };
  if (name === 'from_self')
    return hasArguments ? { ...spec, element: 'query-row' } : { of: 'self' };
  return spec;
}

interface Giver {
  readonly tracer: Tracer;
  readonly receiver: Inferred;
  readonly self: InstanceValue;
  readonly site: CallSite | null;
}

function isSource(of: string): of is Source {
  return !of.includes('.');
}

function made(giver: Giver, of: string, element: ReturnSpec['element']): Inferred | null {
  if (element === undefined) return derived(giver.receiver, instance(of));
  if (!isSource(element)) return derived(giver.receiver, instance(of, instance(element)));
  const held = valueOf(giver, element);
  if (held === PENDING) return PENDING;
  // Whatever the statement is, what a result gives are rows.
  const fallback = element === 'argument-element' && RESULT.test(of) ? row(null) : null;
  return derived(weakerOf(giver.receiver, held), instance(of, held?.value ?? fallback));
}

/** The receiver's fact, weakened by what was concluded from an argument. */
function weakerOf(receiver: Inferred, other: Inferred | null): Inferred {
  return other?.evidence === 'likely' ? { ...receiver, evidence: 'likely' } : receiver;
}

function valueOf(giver: Giver, source: Source): Inferred | null {
  const { tracer, receiver, self, site } = giver;
  switch (source) {
    case 'self':
      return receiver;
    case 'element':
      return derived(receiver, FACTORIES.test(self.of) ? madeBy(self.element) : self.element);
    case 'scalar':
      return derived(receiver, scalarOf(self.element));
    case 'query-row':
      return site && derivedOrNull(receiver, queryElement(tracer, site));
    case 'row':
      return site && derivedOrNull(receiver, selectedRow(tracer, site));
    case 'argument-call': {
      const callee = argument(giver);
      return callee && tracer.called(callee, null);
    }
    case 'argument':
      return argument(giver);
    case 'instance': {
      const entity = argument(giver);
      return entity && derived(entity, entityOf(entity.value));
    }
    case 'argument-element':
      return statementElement(giver);
    case 'argument-scalar': {
      const element = statementElement(giver);
      return element && derived(element, scalarOf(element.value));
    }
  }
}

function derivedOrNull(receiver: Inferred, value: Inferred | null): Inferred | null {
  return value && derived(weakerOf(receiver, value), value.value);
}

function argument({ tracer, site }: Giver): Inferred | null {
  const node: PyNode | undefined = site ? firstArgument(site.call) : undefined;
  return site && node ? tracer.infer(site.module, node) : null;
}

function firstArgument(call: PyNode): PyNode | undefined {
  const { positional, keywords } = callArguments(call);
  return (
    positional[0] ?? keywords.get('statement') ?? keywords.get('entity') ?? keywords.get('instance')
  );
}

/** What a statement gives row by row, or what a list holds; a connection knows no entities, it gives columns. */
function statementElement(giver: Giver): Inferred | null {
  const statement = argument(giver);
  if (!statement || statement === PENDING || statement.value.kind !== 'instance')
    return statement === PENDING ? PENDING : null;
  const { element } = statement.value;
  const isRow = element?.kind === 'instance' && element.of === ROW;
  return derived(statement, isRow && CORE.test(giver.self.of) ? row(null) : element);
}

/** The first item of a row; anything else is its own scalar. */
export function scalarOf(element: Value | null): Value | null {
  if (!element) return null;
  const items = itemsOf(element);
  if (items) return items[0] ?? null;
  return element.kind === 'instance' && element.of === ROW ? null : element;
}
