// Finds where mapped objects come from: the query, the get() or the constructor, through variables, loops, calls, parameters and relationships.
import type { Binding } from '../../binder/scope.ts';
import { readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { calledFunction } from '../asyncio/called.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';
import { attributeOf } from './attribute.ts';
import { executionOf, resultOf } from './result.ts';
import { ownerClass, type Origin } from './loaded.ts';
import { ofParameter } from './origin-callers.ts';
import {
  crossing,
  deeper,
  functionsAround,
  isExhausted,
  newSearch,
  type Follow,
  type Search,
} from './origin-search.ts';
import { loadedBy } from './origin-statement.ts';
import { returnsOf } from './statement.ts';

/** Where the object of an expression may come from; what is not known is left out. */
export function originsOf(node: PyNode, facts: Facts): readonly Origin[] {
  return objects(node, newSearch(facts));
}

/** Where the objects that an expression yields may come from. */
export function elementOrigins(node: PyNode, facts: Facts): readonly Origin[] {
  return elements(node, newSearch(facts));
}

function objects(node: PyNode, search: Search): readonly Origin[] {
  const inner = opened(node);
  if (isExhausted(inner, search)) return [];
  const next = deeper(search, inner);
  switch (inner.kind) {
    case 'identifier':
      return ofName(inner, next, 'object');
    case 'conditional_expression':
      return [inner.named[0], inner.named[2]].flatMap((each) => (each ? objects(each, next) : []));
    case 'boolean_operator':
    case 'named_expression':
      return inner.named.flatMap((each) => objects(each, next));
    case 'attribute':
      return ofRelationship(inner, next, false);
    case 'subscript': {
      const [value, index] = inner.named;
      return value && index && index.kind !== 'slice' && index.kind !== 'string'
        ? elements(value, next)
        : [];
    }
    case 'call':
      return ofCall(inner, next);
    default:
      return [];
  }
}

function ofCall(node: PyNode, search: Search): readonly Origin[] {
  const { facts } = search;
  const execution = executionOf(node, facts);
  if (execution?.shape === 'object') return loadedBy(execution, 0, search);
  const method = readMethodCall(node);
  if (method && ONE.has(method.method.text)) {
    const result = resultOf(method.receiver, facts);
    const isScalar = method.method.text.startsWith('scalar');
    if (result && (isScalar || result.shape === 'objects')) return loadedBy(result, 0, search);
    if (result) return [];
  }
  const call = readCall(node);
  const model = call && facts.mappedClass(call.callee);
  if (call && model?.role === 'mapped')
    return [
      {
        kind: 'new',
        facts,
        node,
        session: null,
        entity: model,
        entityNode: call.callee,
        statement: null,
        path: [],
        many: false,
        functions: functionsAround(node),
        frames: [],
      },
    ];
  if (call && facts.qualifiedName(call.callee) === 'builtins.next' && call.positional[0])
    return elements(call.positional[0], search);
  return returned(node, search, objects);
}

/** Methods of results that give one item. */
const ONE: ReadonlySet<string> = new Set(
  'scalar_one scalar_one_or_none scalar one one_or_none first fetchone'.split(' '),
);

/** What a function of the project returns. */
function returned(node: PyNode, search: Search, follow: Follow): readonly Origin[] {
  const call = readCall(node);
  const called = call && calledFunction(call.callee, search.facts);
  if (!called || search.seen.has(called.definition)) return [];
  const receiver = call.callee.child('object');
  const model = receiver && search.facts.mappedClass(receiver);
  const cls = model?.role === 'mapped' ? model : receiver?.text === 'cls' ? search.cls : null;
  const next = deeper(search, called.definition, called.facts, cls);
  return returnsOf(called.definition)
    .flatMap((value) => follow(value, next))
    .map((origin) => ({
      ...crossing(origin, functionOf(node)),
      frames: [
        ...origin.frames,
        {
          definition: called.definition,
          home: called.facts,
          call: node,
          facts: search.facts,
          skipped: called.skipped,
        },
      ],
    }));
}

function ofName(node: PyNode, search: Search, want: 'object' | 'elements'): readonly Origin[] {
  const { facts } = search;
  return facts.binding.reaching(node).flatMap((binding) => ofBinding(binding, search, want));
}

function ofBinding(
  binding: Binding,
  search: Search,
  want: 'object' | 'elements',
): readonly Origin[] {
  const { value, path, kind } = binding;
  const follow = want === 'object' ? objects : elements;
  const [index, ...more] = path;
  if (kind === 'parameter') return ofParameter(binding, search, follow);
  if (!value || more.length > 0 || index === '*') return [];
  if (kind === 'for' || kind === 'comprehension') {
    if (want !== 'object') return [];
    const found =
      index === undefined ? elements(value, search) : ofItem(value, index, search, true);
    return found.map((origin) => ({ ...origin, many: true }));
  }
  if (kind !== 'assignment' && kind !== 'walrus') return [];
  return index === undefined
    ? follow(value, search)
    : want === 'object'
      ? ofItem(value, index, search, false)
      : [];
}

/** `for index, user in enumerate(users)`, `for user, order in result`, `user, order = result.one()`. */
function ofItem(value: PyNode, index: number, search: Search, each: boolean): readonly Origin[] {
  const { facts } = search;
  const inner = opened(value);
  const call = readCall(inner);
  const [first] = call?.positional ?? [];
  if (each && call && first && facts.qualifiedName(call.callee) === 'builtins.enumerate')
    return index === 1 ? elements(first, search) : [];
  const method = readMethodCall(inner);
  const receiver = !each && method && ONE.has(method.method.text) ? method.receiver : inner;
  const result = resultOf(receiver, facts);
  return result?.shape === 'rows' ? loadedBy(result, index, search) : [];
}

function ofRelationship(node: PyNode, search: Search, collection: boolean): readonly Origin[] {
  const owner = node.child('object');
  const name = node.child('attribute')?.text ?? '';
  if (!owner) return [];
  return objects(owner, search).flatMap((origin) => {
    const owner = ownerClass(origin, search.facts);
    const relation = owner && attributeOf(owner, name, search.facts);
    if (relation?.kind !== 'relationship' || relation.uselist !== collection) return [];
    return [{ ...origin, path: [...origin.path, relation] }];
  });
}

function elements(node: PyNode, search: Search): readonly Origin[] {
  const inner = opened(node);
  if (isExhausted(inner, search)) return [];
  const next = deeper(search, inner);
  const { facts } = search;
  switch (inner.kind) {
    case 'identifier':
      return ofName(inner, next, 'elements');
    case 'attribute':
      return ofRelationship(inner, next, true);
    case 'boolean_operator':
      return inner.named.flatMap((each) => elements(each, next));
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression': {
      const body = inner.child('body');
      return body ? objects(body, next) : [];
    }
    case 'list':
    case 'tuple':
      return inner.named.flatMap((each) => objects(each, next));
    case 'subscript': {
      const [value, index] = inner.named;
      return value && index?.kind === 'slice' ? elements(value, next) : [];
    }
    case 'call':
      break;
    default:
      return [];
  }
  const result = resultOf(inner, facts);
  if (result) return result.shape === 'objects' ? loadedBy(result, 0, search) : [];
  const call = readCall(inner);
  const [first] = call?.positional ?? [];
  if (call && first && SEQUENCES.has(facts.qualifiedName(call.callee) ?? ''))
    return elements(first, next);
  return returned(inner, next, elements);
}

const SEQUENCES: ReadonlySet<string> = new Set(
  'list tuple set frozenset sorted reversed iter filter'
    .split(' ')
    .map((name) => `builtins.${name}`),
);

/** The expression inside parentheses and `await`. */
function opened(node: PyNode): PyNode {
  const inner = unparenthesized(node);
  const [awaited] = inner.kind === 'await' ? inner.named : [];
  return awaited ? opened(awaited) : inner;
}
