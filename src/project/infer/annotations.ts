// The values that annotations promise. It follows aliases of types, not the values of variables that happen to be annotated.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbol } from '../symbols.ts';
import type { Inferred, Value } from '../values.ts';
import { dependencyIn } from './dependencies.ts';
import { proven, type Tracer } from './tracer.ts';
import { readType, type TypeExpression } from './type-text.ts';
import {
  CALLABLE,
  CONTEXT_MANAGER,
  COROUTINE,
  DICT,
  GENERATOR,
  instance,
  isNone,
  joined,
  LIST,
  NONE,
  row,
} from './value.ts';

/** Where a type is written. */
interface Place {
  readonly tracer: Tracer;
  readonly module: Module;
  /** The node whose scope names are looked up in. */
  readonly at: PyNode;
  readonly depth: number;
}

const DEEPEST = 12;

/** Types whose last (`-1`) or n-th argument is what iterating or awaiting gives, and the class that stands for them. */
const CONTAINERS: ReadonlyMap<string, readonly [of: string, argument: number]> = new Map([
  ...containers(
    'builtins.list typing.List typing.Sequence typing.MutableSequence collections.abc.Sequence collections.abc.MutableSequence',
    LIST,
    0,
  ),
  ...containers(
    'builtins.set typing.Set typing.AbstractSet typing.MutableSet builtins.frozenset typing.FrozenSet collections.abc.Set collections.abc.MutableSet',
    'builtins.set',
    0,
  ),
  ...containers(
    'typing.Iterable typing.Iterator typing.Generator typing.Collection collections.abc.Iterable collections.abc.Iterator collections.abc.Generator collections.abc.Collection',
    GENERATOR,
    0,
  ),
  ...containers(
    'typing.AsyncIterable typing.AsyncIterator typing.AsyncGenerator collections.abc.AsyncIterable collections.abc.AsyncIterator collections.abc.AsyncGenerator',
    GENERATOR,
    0,
  ),
  ...containers(
    'builtins.dict typing.Dict typing.Mapping typing.MutableMapping typing.DefaultDict typing.OrderedDict collections.OrderedDict collections.defaultdict collections.abc.Mapping collections.abc.MutableMapping',
    DICT,
    1,
  ),
  ...containers(
    'typing.Awaitable collections.abc.Awaitable asyncio.Future asyncio.Task',
    COROUTINE,
    0,
  ),
  ...containers('typing.Coroutine collections.abc.Coroutine', COROUTINE, 2),
  ...containers('typing.Callable collections.abc.Callable', CALLABLE, 1),
  ...containers(
    'typing.ContextManager contextlib.AbstractContextManager typing.AsyncContextManager contextlib.AbstractAsyncContextManager contextlib._GeneratorContextManager',
    CONTEXT_MANAGER,
    0,
  ),
]);

function containers(names: string, of: string, argument: number): [string, [string, number]][] {
  return names.split(' ').map((name) => [name, [of, argument]]);
}

const TRANSPARENT: ReadonlySet<string> = new Set([
  'Annotated',
  'ClassVar',
  'Final',
  'Required',
  'NotRequired',
  'ReadOnly',
]);
const NOTHING_KNOWN: ReadonlySet<string> = new Set([
  'Any',
  'TypeVar',
  'Generic',
  'Protocol',
  'Self',
  'TypeAlias',
  'Literal',
  'Union',
  'Optional',
  'Type',
  'Tuple',
  'object',
]);

/** The value of an object of the annotated type. */
export function typedValue(tracer: Tracer, module: Module, annotation: PyNode): Inferred | null {
  return evaluate({ tracer, module, at: annotation, depth: 0 }, readType(annotation));
}

function evaluate(place: Place, type: TypeExpression): Inferred | null {
  if (place.depth > DEEPEST) return null;
  const inner = { ...place, depth: place.depth + 1 };
  if (type.kind === 'union') return joined(type.parts.map((part) => evaluate(inner, part)));
  if (type.kind !== 'name') return null;
  if (type.name === 'None') return proven(instance(NONE));
  const symbol = resolve(place, type);
  if (!symbol) return null;
  if (symbol.kind === 'library') return libraryType(inner, symbol.name, type.parts);
  return symbol.kind === 'definition' ? projectType(inner, symbol) : null;
}

function resolve(place: Place, type: TypeExpression): Symbol | null {
  const { symbols } = place.tracer;
  const direct = type.node && symbols.symbolOf(place.module, type.node);
  return direct ?? symbols.symbolNamed(place.module, type.name, place.at);
}

function libraryType(
  place: Place,
  name: string,
  parts: readonly TypeExpression[],
): Inferred | null {
  const argument = (index: number): Inferred | null => {
    const part = parts[index];
    return part ? evaluate(place, part) : null;
  };
  const last = name.slice(name.lastIndexOf('.') + 1);
  const isTyping = /^(typing|typing_extensions|builtins)\./.test(name);
  if (isTyping) {
    if (last === 'Annotated') return argument(0) ?? annotatedDependency(place, parts.slice(1));
    if (TRANSPARENT.has(last)) return argument(0);
    if (last === 'Optional') return argument(0);
    if (last === 'Union') return joined(parts.map((part) => evaluate(place, part)));
    if (/^[Tt]uple$/.test(last)) return tupleType(place, parts);
    if (/^([Tt]ype)$/.test(last)) return classType(argument(0));
    if (NOTHING_KNOWN.has(last)) return null;
  }
  const container = CONTAINERS.get(name.replace(/^typing_extensions\./, 'typing.'));
  if (container) {
    const [of, index] = container;
    return proven(instance(of, argument(index)?.value ?? null));
  }
  return proven(instance(name, libraryElement(name, argument(0))));
}

/** What an object of a generic class of SQLAlchemy holds, by its type argument. */
function libraryElement(name: string, argument: Inferred | null): Value | null {
  const value = argument && !isNone(argument) ? argument.value : null;
  if (/\.(async_)?(sessionmaker|scoped_session)$/.test(name)) {
    const isAsync = name.includes('.async_');
    const made = value?.kind === 'instance' ? value.of : null;
    if (made === null)
      return {
        kind: 'library',
        name: isAsync ? 'sqlalchemy.ext.asyncio.AsyncSession' : 'sqlalchemy.orm.Session',
      };
    return made.startsWith('sqlalchemy.')
      ? { kind: 'library', name: made }
      : { kind: 'class', id: made };
  }
  if (!value) return null;
  if (
    /^sqlalchemy\.(Result|CursorResult|Select|Row|TypedReturnsRows|ext\.asyncio\.AsyncResult)$/.test(
      name,
    )
  ) {
    if (value.kind !== 'tuple') return null;
    return name === 'sqlalchemy.Row' ? value : row(value.items);
  }
  return value;
}

function tupleType(place: Place, parts: readonly TypeExpression[]): Inferred | null {
  const values = parts.map((part) => evaluate(place, part)?.value ?? null);
  if (parts[1]?.kind === 'other' && parts[1].node?.text === '...')
    return proven(instance('builtins.tuple', values[0] ?? null));
  return parts.length === 0
    ? proven(instance('builtins.tuple'))
    : proven({ kind: 'tuple', items: values });
}

function classType(made: Inferred | null): Inferred | null {
  if (made?.value.kind !== 'instance') return null;
  const { of } = made.value;
  return proven(
    of.startsWith('sqlalchemy.') ? { kind: 'library', name: of } : { kind: 'class', id: of },
  );
}

function annotatedDependency(place: Place, metadata: readonly TypeExpression[]): Inferred | null {
  for (const { node } of metadata) {
    const value = node && dependencyIn(place.tracer, place.module, node);
    if (value) return value;
  }
  return null;
}

/** A class of the project, an alias of a type, or a variable that makes objects (`db: SessionLocal`). */
function projectType(
  place: Place,
  symbol: Extract<Symbol, { kind: 'definition' }>,
): Inferred | null {
  const { tracer } = place;
  const { module, binding, id } = symbol;
  if (binding.kind === 'class' || isBase(tracer, id)) return proven(instance(id));
  const { value } = binding;
  if (!value || (binding.kind !== 'assignment' && binding.kind !== 'type-alias')) return null;
  if (value.kind === 'call') return madeBy(tracer, module, value, place);
  return evaluate({ ...place, module, at: value }, readType(value));
}

/** A variable that holds a declarative base. */
function isBase(tracer: Tracer, id: string): boolean {
  return [...tracer.models.classes.values()].some((each) => each.base === id);
}

function madeBy(tracer: Tracer, module: Module, call: PyNode, place: Place): Inferred | null {
  const callee = call.child('function');
  const symbol = callee && tracer.symbols.symbolOf(module, callee);
  const name = symbol?.kind === 'library' ? symbol.name : '';
  const parameters = call.child('arguments')?.named ?? [];
  if (/^typing(_extensions)?\.TypeVar$/.test(name)) {
    const bound = parameters.find((each) => each.child('name')?.text === 'bound')?.child('value');
    return bound ? evaluate({ ...place, module, at: bound }, readType(bound)) : null;
  }
  if (/^typing(_extensions)?\.NewType$/.test(name)) {
    const [, base] = parameters;
    return base ? evaluate({ ...place, module, at: base }, readType(base)) : null;
  }
  const factory = tracer.infer(module, call);
  return factory?.value.kind === 'instance' &&
    /(sessionmaker|scoped_session)$/.test(factory.value.of)
    ? tracer.called(factory, null)
    : null;
}
