// What expressions evaluate to, by kind of syntax. Names, members and calls have their own files.
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred, Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { conventional, isForeign, named, namedFactory } from './conventions.ts';
import { dependencyIn } from './dependencies.ts';
import { inferName, symbolValue } from './names.ts';
import { setOnLibrary } from './outside-settings.ts';
import { proven, type Tracer } from './tracer.ts';
import {
  CALLABLE,
  commonValue,
  COROUTINE,
  derived,
  DICT,
  GENERATOR,
  instance,
  isNone,
  itemsOf,
  joined,
  joinedOf,
  LIST,
  NONE,
  PENDING,
} from './value.ts';

const LITERALS: ReadonlyMap<string, string> = new Map([
  ['string', 'builtins.str'],
  ['concatenated_string', 'builtins.str'],
  ['integer', 'builtins.int'],
  ['float', 'builtins.float'],
  ['true', 'builtins.bool'],
  ['false', 'builtins.bool'],
  ['comparison_operator', 'builtins.bool'],
  ['not_operator', 'builtins.bool'],
  ['none', NONE],
]);

/** The value of an expression; `null` where the syntax tells nothing. */
export function inferExpression(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const of = LITERALS.get(node.kind);
  if (of !== undefined) return proven(instance(of));
  const infer = (child: PyNode | null | undefined): Inferred | null =>
    child ? tracer.infer(module, child) : null;
  switch (node.kind) {
    case 'identifier':
      return inferName(tracer, module, node);
    case 'attribute':
      return inferAttribute(tracer, module, node);
    case 'call':
      return inferCall(tracer, module, node);
    case 'parenthesized_expression':
      return infer(node.named[0]);
    case 'await':
      return awaited(tracer, infer(node.named[0]));
    case 'named_expression':
      return infer(node.child('value'));
    case 'conditional_expression':
      return joinedOf([node.named[0], node.named[2]], infer);
    case 'boolean_operator':
      return joinedOf([node.child('left'), node.child('right')], infer);
    case 'subscript':
      return subscripted(tracer, module, node);
    case 'binary_operator':
      return added(node, infer(node.child('left')), infer(node.child('right')));
    case 'lambda':
      return proven(instance(CALLABLE, infer(node.child('body'))?.value ?? null));
    default:
      return display(tracer, module, node);
  }
}

/** Displays of tuples, lists, sets and dictionaries, and comprehensions. */
function display(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const infer = (child: PyNode | null | undefined): Inferred | null =>
    child ? tracer.infer(module, child) : null;
  switch (node.kind) {
    case 'tuple':
    case 'expression_list':
    case 'pattern_list':
      return node.named.some((item) => item.kind === 'list_splat')
        ? proven(instance('builtins.tuple'))
        : whole(node.named.map(infer), (items) => ({ kind: 'tuple', items }));
    case 'list':
    case 'set':
      return whole(
        node.named.map((item) =>
          splatted(tracer, infer(item.kind === 'list_splat' ? item.named[0] : item), item),
        ),
        (items) => instance(node.kind === 'list' ? LIST : 'builtins.set', agreed(items)),
      );
    case 'dictionary':
      return whole(
        node.named.map((pair) => (pair.kind === 'pair' ? infer(pair.child('value')) : null)),
        (items) => instance(DICT, agreed(items)),
      );
    case 'list_comprehension':
      return whole([infer(node.child('body'))], ([item = null]) => instance(LIST, item));
    case 'set_comprehension':
      return whole([infer(node.child('body'))], ([item = null]) => instance('builtins.set', item));
    case 'generator_expression':
      return whole([infer(node.child('body'))], ([item = null]) => instance(GENERATOR, item));
    case 'dictionary_comprehension':
      return whole([infer(node.child('body')?.child('value'))], ([item = null]) =>
        instance(DICT, item),
      );
    default:
      return null;
  }
}

function splatted(tracer: Tracer, value: Inferred | null, item: PyNode): Inferred | null {
  return item.kind === 'list_splat' ? value && tracer.iterated(value) : value;
}

/** A value made of others, as well known as the least known of those that are known at all. */
function whole(
  parts: readonly (Inferred | null)[],
  make: (items: readonly (Value | null)[]) => Value,
): Inferred {
  const known = parts.filter((part) => part !== null && part !== PENDING);
  const guessed = known.find((part) => part?.evidence === 'likely');
  const value = make(
    parts.map((part) => (part && part !== PENDING && !isNone(part) ? part.value : null)),
  );
  const source = guessed ?? known[0];
  return { value, evidence: source?.evidence ?? 'proven', trail: source?.trail ?? [] };
}

function agreed(items: readonly (Value | null)[]): Value | null {
  return items.reduce<Value | null>(
    (all, item, index) => (index === 0 ? item : all && item && commonValue(all, item)),
    null,
  );
}

function inferAttribute(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const objectNode = node.child('object');
  const name = node.child('attribute')?.text;
  if (!objectNode || name === undefined) return null;
  const object = tracer.infer(module, objectNode);
  const kind = object?.value.kind ?? 'module';
  if (kind === 'module' || kind === 'library')
    return namespaceMember(tracer, module, node, object, name);
  if (!object) return null;
  if (name === '__class__') return classOf(tracer, object);
  const value = tracer.member(object, name);
  if (value && !isNone(value)) return value;
  if (isOther(object)) return value;
  return named(tracer, module, node) ?? conventional(tracer, module, node, null) ?? value;
}

/** `self.__class__`. */
function classOf(tracer: Tracer, object: Inferred): Inferred | null {
  const { value } = object;
  return value.kind === 'instance' && tracer.index.classById(value.of)
    ? derived(object, { kind: 'class', id: value.of })
    : null;
}

/** A member of a module, of a library's name, or of something unknown. */
function namespaceMember(
  tracer: Tracer,
  module: Module,
  node: PyNode,
  object: Inferred | null,
  name: string,
): Inferred | null {
  const symbol = tracer.symbols.symbolOf(module, node);
  const known = symbol && symbolValue(tracer, symbol);
  if (known && known.value.kind !== 'library') return known;
  if (object?.value.kind === 'library') {
    const set = joined(setOnLibrary(tracer, object.value.name, name));
    const member = set && !isNone(set) ? set : tracer.member(object, name);
    if (member) return member;
  }
  const library =
    known ??
    (object?.value.kind === 'library'
      ? derived(object, { kind: 'library', name: `${object.value.name}.${name}` })
      : null);
  return named(tracer, module, node) ?? conventional(tracer, module, node, library) ?? library;
}

/** An object that is surely not SQLAlchemy's, nor of the project: its members are its own. */
function isOther(object: Inferred): boolean {
  const { value } = object;
  return (
    value.kind === 'tuple' ||
    value.kind === 'method' ||
    (value.kind === 'instance' && isForeign(value.of))
  );
}

function inferCall(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const callee = node.child('function');
  if (!callee) return null;
  if (callee.kind === 'identifier' && callee.text === 'super')
    return superObject(tracer, module, node);
  const injected = dependencyIn(tracer, module, node);
  if (injected) return injected;
  const value = tracer.infer(module, callee);
  const result = value && tracer.called(value, { module, call: node });
  if (result && !isNone(result)) return result;
  return namedFactory(tracer, { module, call: node }, callee) ?? result;
}

/** `super()` and `super(Class, self)`: an object of the first base class. */
function superObject(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const [named] = callArguments(node).positional;
  const value = named && tracer.infer(module, named)?.value;
  const definition = enclosing(node, 'class_definition');
  const source =
    value?.kind === 'class'
      ? tracer.index.classById(value.id)
      : !named && definition
        ? tracer.index.classAt(module, definition)
        : null;
  const base = source ? tracer.index.bases(source)[0] : null;
  if (!base) return null;
  return proven(instance(typeof base === 'string' ? base : base.id));
}

/** What `await` gives. */
function awaited(tracer: Tracer, value: Inferred | null): Inferred | null {
  if (!value || value === PENDING || value.value.kind !== 'instance')
    return value === PENDING ? value : null;
  if (value.value.of === COROUTINE) return derived(value, value.value.element);
  const method = tracer.member(value, '__await__');
  return (method && tracer.called(method, null)) ?? (isForeign(value.value.of) ? value : null);
}

function subscripted(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const object = node.child('value');
  const owner = object && tracer.infer(module, object);
  if (!owner || owner === PENDING) return owner;
  const index = node.child('subscript');
  const { value } = owner;
  if (value.kind === 'library' || value.kind === 'class') return owner;
  const items = itemsOf(value);
  if (items)
    return index?.kind === 'integer' ? derived(owner, items[Number(index.text)] ?? null) : null;
  if (value.kind !== 'instance') return null;
  if (index?.kind === 'slice') {
    if (value.of === LIST || value.of === 'builtins.tuple') return owner;
    const element = tracer.member(owner, '__iter__') ? tracer.iterated(owner) : null;
    return element && derived(element, instance(LIST, element.value));
  }
  if (value.of === DICT) return derived(owner, value.element);
  if (value.of === LIST || value.of === 'builtins.tuple') return derived(owner, value.element);
  const method = tracer.member(owner, '__getitem__');
  return method && tracer.called(method, null);
}

/** `users + others`. */
function added(node: PyNode, left: Inferred | null, right: Inferred | null): Inferred | null {
  if (!node.token('+') || left?.value.kind !== 'instance' || left.value.of !== LIST) return null;
  if (!right) return derived(left, instance(LIST));
  return joined([left, right]) ?? derived(left, instance(LIST));
}
