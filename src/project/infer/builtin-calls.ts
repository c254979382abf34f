// What calls of Python's own functions and a few of its library give.
import type { PyNode } from '../../python/tree.ts';
import type { Inferred, InstanceValue } from '../values.ts';
import { callArguments } from './arguments.ts';
import type { CallSite, Tracer } from './tracer.ts';
import {
  CALLABLE,
  CONTEXT_MANAGER,
  COROUTINE,
  derived,
  DICT,
  GENERATOR,
  instance,
  LIST,
  PENDING,
} from './value.ts';

const LISTS: ReadonlyMap<string, string> = new Map([
  ['builtins.list', LIST],
  ['builtins.sorted', LIST],
  ['builtins.tuple', 'builtins.tuple'],
  ['builtins.set', 'builtins.set'],
  ['builtins.frozenset', 'builtins.set'],
  ['builtins.reversed', GENERATOR],
  ['builtins.iter', GENERATOR],
]);

/** The value of the call; `undefined` if the function is none of those. */
export function builtinCall(
  tracer: Tracer,
  callee: Inferred,
  name: string,
  site: CallSite | null,
): Inferred | null | undefined {
  const nodes = site ? callArguments(site.call).positional : [];
  const argument = (index: number): Inferred | null => {
    const node = nodes[index];
    return site && node ? tracer.infer(site.module, node) : null;
  };
  const of = LISTS.get(name);
  if (of !== undefined) return collection(tracer, callee, of, argument(0));
  switch (name) {
    case 'builtins.next': {
      const iterable = argument(0);
      return iterable && tracer.iterated(iterable);
    }
    case 'builtins.enumerate': {
      const element = elementOf(tracer, argument(0));
      return derived(
        element ?? callee,
        instance(GENERATOR, {
          kind: 'tuple',
          items: [instance('builtins.int'), element?.value ?? null],
        }),
      );
    }
    case 'builtins.zip': {
      const elements = nodes.map((_, index) => elementOf(tracer, argument(index)));
      const known = elements.find((each) => each?.evidence === 'likely') ?? callee;
      return derived(
        known,
        instance(GENERATOR, { kind: 'tuple', items: elements.map((each) => each?.value ?? null) }),
      );
    }
    case 'builtins.getattr': {
      const owner = argument(0);
      const attribute = literal(nodes[1]);
      return owner && attribute !== null ? tracer.member(owner, attribute) : null;
    }
    case 'typing.cast':
    case 'typing_extensions.cast':
      return site && nodes[0] ? (tracer.typed(site.module, nodes[0]) ?? argument(1)) : null;
    case 'typing.assert_type':
    case 'typing_extensions.assert_type':
    case 'copy.copy':
    case 'copy.deepcopy':
      return argument(0);
    case 'functools.partial': {
      const target = argument(0);
      const result = target && tracer.called(target, null);
      return result && derived(result, instance(CALLABLE, result.value));
    }
    case 'contextlib.contextmanager':
    case 'contextlib.asynccontextmanager': {
      const target = argument(0);
      const generator = target && tracer.called(target, null);
      const held = generator?.value.kind === 'instance' ? generator.value.element : null;
      return generator && derived(generator, instance(CALLABLE, instance(CONTEXT_MANAGER, held)));
    }
    case 'contextlib.closing':
    case 'contextlib.aclosing':
    case 'contextlib.nullcontext': {
      const inner = argument(0);
      return inner && derived(inner, instance(CONTEXT_MANAGER, inner.value));
    }
    case 'builtins.type': {
      const value = argument(0);
      return value?.value.kind === 'instance' && tracer.index.classById(value.value.of)
        ? derived(value, { kind: 'class', id: value.value.of })
        : null;
    }
    case 'builtins.isinstance':
    case 'builtins.bool':
    case 'builtins.any':
    case 'builtins.all':
    case 'builtins.hasattr':
      return derived(callee, instance('builtins.bool'));
    case 'builtins.str':
    case 'builtins.int':
    case 'builtins.float':
    case 'builtins.dict':
      return derived(callee, instance(name));
    case 'inspect.cleandoc':
    case 'textwrap.dedent':
    case 'textwrap.indent':
      return derived(callee, instance('builtins.str'));
    case 'builtins.len':
      return derived(callee, instance('builtins.int'));
    case 'asyncio.run': {
      const coroutine = argument(0);
      return coroutine?.value.kind === 'instance' && coroutine.value.of === COROUTINE
        ? derived(coroutine, coroutine.value.element)
        : null;
    }
    case 'alembic.op.get_bind':
      return derived(callee, instance('sqlalchemy.Connection'));
    default:
      return name.startsWith('builtins.') ? null : undefined;
  }
}

function collection(
  tracer: Tracer,
  callee: Inferred,
  of: string,
  argument: Inferred | null,
): Inferred | null {
  const element = elementOf(tracer, argument);
  return derived(element ?? callee, instance(of, element?.value ?? null));
}

function elementOf(tracer: Tracer, iterable: Inferred | null): Inferred | null {
  const element = iterable && tracer.iterated(iterable);
  return element === PENDING ? null : element;
}

function literal(node: PyNode | undefined): string | null {
  if (node?.kind !== 'string') return null;
  return node.children.find((child) => child.kind === 'string_content')?.text ?? null;
}

/** What a method of a list, set or dictionary gives; `null` if it is not known. */
export function collectionMethod(
  callee: Inferred,
  self: InstanceValue,
  name: string,
): Inferred | null {
  if (name === 'copy') return derived(callee, self);
  if (name === 'pop') return derived(callee, self.element);
  if (self.of !== DICT) return null;
  if (name === 'get' || name === 'setdefault') return derived(callee, self.element);
  if (name === 'values') return derived(callee, instance(GENERATOR, self.element));
  if (name !== 'items') return null;
  return derived(callee, instance(GENERATOR, { kind: 'tuple', items: [null, self.element] }));
}
