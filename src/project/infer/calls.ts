// What calls give, by the kind of what is called. Bodies of functions and arguments of parameters have their own files.
import { knownName } from '../../sqlalchemy/names.ts';
import { callOf } from '../../sqlalchemy/returns.ts';
import { FLASK_SQLALCHEMY } from '../../sqlalchemy/members.ts';
import type { Inferred, InstanceValue, Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { queryClass, registeredClass, sessionClass } from './session-factories.ts';
import { builtinCall, collectionMethod } from './builtin-calls.ts';
import { derivesFrom } from './classes.ts';
import { isForeign } from './conventions.ts';
import { engineClass } from './engines.ts';
import { isOverload } from './functions.ts';
import { given, methodResult } from './returns-of-libraries.ts';
import type { CallSite, FunctionSource, Tracer } from './tracer.ts';
import {
  CALLABLE,
  CONTEXT_MANAGER,
  COROUTINE,
  derived,
  GENERATOR,
  instance,
  joined,
  likely,
  PENDING,
  step,
} from './value.ts';

/** The value of a call. */
export function callValue(
  tracer: Tracer,
  callee: Inferred,
  site: CallSite | null,
): Inferred | null {
  if (callee === PENDING) return PENDING;
  const { value } = callee;
  switch (value.kind) {
    case 'library':
      return libraryCall(tracer, callee, value.name, site);
    case 'class':
      return constructed(tracer, callee, value.id, site);
    case 'function':
      return functionCall(tracer, callee, value, site);
    case 'method':
      if (isForeign(value.self.of) && !value.self.of.startsWith('builtins.'))
        return derived(callee, instance(`${value.self.of}.${value.name}`));
      if (value.self.of.startsWith('builtins.'))
        return collectionMethod(callee, value.self, value.name);
      return methodResult(tracer, callee, value.self, value.name, site);
    case 'instance':
      return objectCall(tracer, callee, site);
    default:
      return null;
  }
}

function functionCall(
  tracer: Tracer,
  callee: Inferred,
  value: Extract<Value, { kind: 'function' }>,
  site: CallSite | null,
): Inferred | null {
  const sources = tracer.index.functionsById(value.id).filter((source) => !isOverload(source));
  const [first] = sources;
  if (!first) return null;
  const own = first.isAsync ? null : ownObject(first, value.self);
  if (own) return derived(callee, own);
  const overrides =
    value.self && first.owner
      ? tracer.index
          .descendants(first.owner)
          .flatMap((each) =>
            (each.scope.bindings.get(first.name) ?? []).flatMap((binding) =>
              binding.kind === 'function' && binding.value
                ? [tracer.index.functionAt(each.module, binding.value)]
                : [],
            ),
          )
      : [];
  const result = joined([...sources, ...overrides].map((source) => tracer.returned(source)));
  const known =
    callee.evidence === 'likely' ? likely(result, callee.trail.at(-1) ?? first.name) : result;
  return site
    ? step(known, `${first.name}(): called (${tracer.place(site.module, site.call)})`)
    : known;
}

/** What `-> Self` of a method stands for: an object of the class that it is called on. */
function ownObject({ node }: FunctionSource, self: Value | null): Value | null {
  if (!/^(typing\.|typing_extensions\.|t\.)?Self$/.test(node.child('return_type')?.text ?? ''))
    return null;
  if (self?.kind === 'class') return instance(self.id);
  return self?.kind === 'instance' ? self : null;
}

function objectCall(tracer: Tracer, callee: Inferred, site: CallSite | null): Inferred | null {
  const { value } = callee;
  if (value.kind !== 'instance') return null;
  if (value.of === CALLABLE) return derived(callee, value.element);
  const source = tracer.index.classById(value.of);
  if (source?.scope.bindings.has('__call__') || (source && !derivesFromFactory(tracer, value.of))) {
    const method = tracer.member(callee, '__call__');
    return method && tracer.called(method, site);
  }
  return methodResult(tracer, callee, value, '__call__', site);
}

function derivesFromFactory(tracer: Tracer, of: string): boolean {
  return (
    derivesFrom(tracer.index, of, 'sqlalchemy.orm.sessionmaker') ||
    derivesFrom(tracer.index, of, 'sqlalchemy.orm.scoped_session')
  );
}

/** An object of a class of the project. */
function constructed(
  tracer: Tracer,
  callee: Inferred,
  id: string,
  site: CallSite | null,
): Inferred | null {
  if (derivesFrom(tracer.index, id, 'sqlalchemy.orm.sessionmaker'))
    return derived(callee, instance(id, sessionClass(tracer, site, 'sqlalchemy.orm.Session')));
  if (site && derivesFrom(tracer.index, id, 'sqlalchemy.orm.Query')) {
    const spec = callOf('sqlalchemy.orm.Query');
    const query = spec && given(tracer, spec, { ...callee, value: instance(id) }, site);
    return derived(
      callee,
      instance(id, query?.value.kind === 'instance' ? query.value.element : null),
    );
  }
  const query = derivesFrom(tracer.index, id, SESSION) ? queryClass(tracer, site) : null;
  return derived(callee, instance(id, query));
}

const SESSION = 'sqlalchemy.orm.Session';

const MAKERS: ReadonlyMap<string, string> = new Map([
  ['sqlalchemy.orm.sessionmaker', 'sqlalchemy.orm.Session'],
  ['sqlalchemy.ext.asyncio.async_sessionmaker', 'sqlalchemy.ext.asyncio.AsyncSession'],
]);
const REGISTRIES: ReadonlyMap<string, string> = new Map([
  ['sqlalchemy.orm.scoped_session', 'sqlalchemy.orm.Session'],
  ['sqlalchemy.ext.asyncio.async_scoped_session', 'sqlalchemy.ext.asyncio.AsyncSession'],
]);
const ALIASES = /^sqlalchemy\.orm\.(aliased|with_polymorphic)$/;
const BASES =
  /^sqlalchemy\.(orm|ext\.declarative)\.(declarative_base|automap_base)$|^sqlalchemy\.ext\.automap\.automap_base$/;

function libraryCall(
  tracer: Tracer,
  callee: Inferred,
  name: string,
  site: CallSite | null,
): Inferred | null {
  const builtin = builtinCall(tracer, callee, name, site);
  if (builtin !== undefined) return builtin;
  const makes = MAKERS.get(name);
  if (makes !== undefined)
    return derived(
      callee,
      instance(name, sessionClass(tracer, site, makes)),
      made(tracer, name, site),
    );
  const registers = REGISTRIES.get(name);
  if (registers !== undefined)
    return derived(
      callee,
      instance(name, registeredClass(tracer, site, registers)),
      made(tracer, name, site),
    );
  if (ALIASES.test(name))
    return derived(
      callee,
      instance('sqlalchemy.orm.util.AliasedClass', firstArgument(tracer, site)?.value ?? null),
    );
  if (BASES.test(name))
    return derived(callee, { kind: 'library', name: 'sqlalchemy.orm.DeclarativeBase' });
  if (name === 'sqlalchemy.inspect') {
    const inspected = firstArgument(tracer, site);
    if (inspected?.value.kind === 'class' && tracer.models.classes.has(inspected.value.id))
      return derived(callee, instance('sqlalchemy.orm.Mapper'));
    if (!isEngine(inspected)) return null;
  }
  const engine = engineClass(name, site);
  if (engine !== null) return derived(callee, instance(engine), made(tracer, name, site));
  const spec = callOf(name);
  if (spec) {
    const value = given(tracer, spec, { ...callee, value: instance(name) }, site);
    return value && step(value, made(tracer, name, site));
  }
  if (isClass(name)) {
    const query = derivesFrom(tracer.index, name, SESSION)
      ? queryClass(tracer, site)
      : name === FLASK_SQLALCHEMY
        ? queryClass(tracer, site, 'query_class')
        : null;
    return derived(callee, instance(name, query), made(tracer, name, site));
  }
  return isForeign(name) && !name.startsWith('builtins.') ? derived(callee, instance(name)) : null;
}

function made(tracer: Tracer, name: string, site: CallSite | null): string {
  return site ? `${name}() (${tracer.place(site.module, site.call)})` : `${name}()`;
}

/** Classes of libraries that are not SQLAlchemy's may be session factories in disguise. */
const FACTORY_NAMES = /\.(Session|DBSession|DbSession|ScopedSession|SessionLocal)$/;

function isClass(name: string): boolean {
  if (name.startsWith('sqlalchemy.')) return knownName(name)?.kind === 'class';
  if (FACTORY_NAMES.test(name) && !isForeign(name) && !/^(flask_sqlalchemy|sqlmodel)\./.test(name))
    return false;
  return /^[A-Z]/.test(name.slice(name.lastIndexOf('.') + 1));
}

function firstArgument(tracer: Tracer, site: CallSite | null): Inferred | null {
  const node = site ? callArguments(site.call).positional[0] : undefined;
  return site && node ? tracer.infer(site.module, node) : null;
}

function isEngine(value: Inferred | null): boolean {
  return (
    value?.value.kind === 'instance' &&
    /^sqlalchemy\.(future\.)?(Engine|Connection)$/.test(value.value.of)
  );
}

/** What iterating over an object yields. */
export function iteratedValue(tracer: Tracer, iterable: Inferred, depth = 0): Inferred | null {
  if (iterable === PENDING) return PENDING;
  const { value } = iterable;
  if (value.kind === 'tuple') {
    return joined(value.items.map((item) => derived(iterable, item)));
  }
  if (value.kind !== 'instance') return null;
  if (/^builtins\.(list|set|frozenset|tuple)$/.test(value.of) || value.of === GENERATOR)
    return derived(iterable, value.element);
  for (const name of ['__iter__', '__aiter__']) {
    const method = tracer.member(iterable, name);
    const result = method && tracer.called(method, null);
    if (!result) continue;
    if (method.value.kind !== 'function') return result;
    return isItself(result, value)
      ? nextOf(tracer, iterable, name)
      : depth < MAX_ITERATORS
        ? iteratedValue(tracer, result, depth + 1)
        : null;
  }
  return null;
}

/** How many objects may hand their iteration on to another. */
const MAX_ITERATORS = 4;

function isItself({ value }: Inferred, owner: InstanceValue): boolean {
  return value.kind === 'instance' && value.of === owner.of;
}

/** What an object yields that is its own iterator. */
function nextOf(tracer: Tracer, iterator: Inferred, name: string): Inferred | null {
  const method = tracer.member(iterator, name === '__iter__' ? '__next__' : '__anext__');
  const result = method && tracer.called(method, null);
  return result?.value.kind === 'instance' && result.value.of === COROUTINE
    ? derived(result, result.value.element)
    : result;
}

/** What `with` and `async with` bind. */
export function enteredValue(tracer: Tracer, manager: Inferred): Inferred | null {
  if (manager === PENDING) return PENDING;
  const { value } = manager;
  if (value.kind !== 'instance') return null;
  if (value.of === CONTEXT_MANAGER) return derived(manager, value.element);
  for (const name of ['__enter__', '__aenter__']) {
    const method = tracer.member(manager, name);
    const result = method && tracer.called(method, null);
    if (!result) continue;
    const coroutine = result.value.kind === 'instance' && result.value.of === 'types.CoroutineType';
    return coroutine && result.value.kind === 'instance'
      ? derived(result, result.value.element)
      : result;
  }
  return isForeign(value.of) ? manager : null;
}
