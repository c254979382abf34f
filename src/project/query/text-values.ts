// Tells whether an expression may be a string when the program runs, and what says so. It follows names and calls a few steps, no attributes.
import type { Binding } from '../../binder/scope.ts';
import { readMethodCall } from '../../python/calls.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import { calledFunction } from '../asyncio/called.ts';
import type { Facts } from '../facts.ts';
import { argumentFor, callArguments } from '../infer/arguments.ts';
import { returnsOf } from '../loads/statement.ts';
import { placeOf } from '../place.ts';

/** Methods of strings that give strings, and that hardly anything else has. */
const TEXT_METHODS: ReadonlySet<string> = new Set(
  'capitalize casefold format join lower lstrip removeprefix removesuffix replace rstrip strip upper'.split(
    ' ',
  ),
);
/** Methods of strings that give lists of strings, and that hardly anything else has. */
const SPLITTING: ReadonlySet<string> = new Set(['rsplit', 'split', 'splitlines']);
const TEXTS = /^(string|concatenated_string)$/;
const DEEPEST = 4;
/** Expressions that are one of their parts. */
const CHOICES = /^(boolean_operator|conditional_expression|parenthesized_expression)$/;

/** What a call passes, read in the module of the call. */
interface Passed {
  readonly argument: PyNode;
  readonly there: Facts;
}

/** What makes an expression a string, with its place: ``"orders" (app.py:3)``; `null` if nothing says so. */
export function textBehind(node: PyNode, facts: Facts, depth = 0): string | null {
  if (depth > DEEPEST) return null;
  if (TEXTS.test(node.kind)) return told(node, facts);
  const found = followed(node, facts, depth);
  if (found !== null) return found;
  const value = facts.infer(node)?.value;
  return value?.kind === 'instance' && value.of === 'builtins.str' ? told(node, facts) : null;
}

function followed(node: PyNode, facts: Facts, depth: number): string | null {
  switch (node.kind) {
    case 'parenthesized_expression':
    case 'binary_operator':
    case 'conditional_expression':
      return first(node.named, (each) => textBehind(each, facts, depth + 1));
    case 'call': {
      const method = readMethodCall(node);
      if (method && TEXT_METHODS.has(method.method.text)) return told(node, facts);
      return textReturned(node, facts, depth + 1);
    }
    case 'identifier':
      return first(facts.binding.reaching(node), (each) => fromBinding(each, facts, depth + 1));
    default:
      return null;
  }
}

/** A string that a function of the project returns. */
function textReturned(call: PyNode, facts: Facts, depth: number): string | null {
  const callee = call.child('function');
  const called = callee && calledFunction(callee, facts);
  if (!called) return null;
  return first(returnsOf(called.definition), (each) => textBehind(each, called.facts, depth));
}

function told(node: PyNode, facts: Facts): string {
  const text = node.text.replaceAll(/\s+/g, ' ').slice(0, 50);
  return `\`${text}\` (${placeOf(facts.module, node)})`;
}

function first<Item>(items: readonly Item[], judge: (item: Item) => string | null): string | null {
  for (const each of items) {
    const found = judge(each);
    if (found !== null) return found;
  }
  return null;
}

function fromBinding(binding: Binding, facts: Facts, depth: number): string | null {
  const { kind, value, path } = binding;
  switch (kind) {
    case 'assignment':
    case 'walrus':
      return value && path.length === 0 ? textBehind(value, facts, depth) : null;
    case 'for':
    case 'comprehension':
      return value ? textAmong(value, path, facts, depth) : null;
    case 'parameter':
      return textPassed(binding, facts, depth);
    default:
      return null;
  }
}

/** The items of an iterable: of a list, of a `*` parameter, the keys of a dictionary. */
function textAmong(
  iterable: PyNode,
  path: Binding['path'],
  facts: Facts,
  depth: number,
): string | null {
  if (path.length === 0 && /^(list|tuple|set)$/.test(iterable.kind))
    return first(iterable.named, (each) => textBehind(each, facts, depth));
  const method = readMethodCall(iterable);
  if (method && path.length === 0 && SPLITTING.has(method.method.text))
    return told(iterable, facts);
  const isOfKeys =
    (method?.method.text === 'items' && path.length === 1 && path[0] === 0) ||
    (method?.method.text === 'keys' && path.length === 0);
  if (method && isOfKeys && method.list.named.length === 0)
    return keyOf(method.receiver, facts, depth);
  if (path.length > 0 || depth > DEEPEST) return null;
  if (CHOICES.test(iterable.kind))
    return first(iterable.named, (each) => textAmong(each, [], facts, depth + 1));
  return iterable.kind === 'identifier'
    ? first(facts.binding.reaching(iterable), (each) => textAmongBound(each, facts, depth))
    : null;
}

/** The items of an iterable that is in a variable, or that callers pass. */
function textAmongBound(binding: Binding, facts: Facts, depth: number): string | null {
  const { kind, value, path, statement } = binding;
  if (kind === 'parameter')
    return statement.text.startsWith('*')
      ? textPassed(binding, facts, depth)
      : first(passedFor(binding, facts), ({ argument, there }) =>
          textAmong(argument, [], there, depth),
        );
  const isAssigned = kind === 'assignment' && path.length === 0;
  return isAssigned && value ? textAmong(value, [], facts, depth) : null;
}

/** A key of a dictionary; of one that is not written out, a key is a string as a rule. */
function keyOf(node: PyNode, facts: Facts, depth: number): string | null {
  if (depth > DEEPEST) return null;
  if (node.kind === 'dictionary')
    return first(node.named, (pair) => {
      const key = pair.child('key');
      return key && textBehind(key, facts, depth);
    });
  const binding = node.kind === 'identifier' ? facts.definition(node) : null;
  if (binding?.kind === 'assignment' && binding.path.length === 0 && binding.value)
    return keyOf(binding.value, facts, depth + 1);
  return node.kind === 'identifier'
    ? `a key of \`${node.text}\` (${placeOf(facts.module, node)})`
    : null;
}

/** A string that some call in the project passes for a parameter, or for one of those that `*` collects. */
function textPassed(binding: Binding, facts: Facts, depth: number): string | null {
  return first(passedFor(binding, facts), ({ argument, there }) =>
    textBehind(argument, there, depth),
  );
}

/** What the calls in the project pass for a parameter, or for those that `*` collects. */
function passedFor({ statement, scope }: Binding, facts: Facts): readonly Passed[] {
  const definition = enclosing(statement, 'function_definition', 'lambda');
  if (definition?.kind !== 'function_definition' || scope.kind !== 'function') return [];
  const { calls, doubtful } = facts.callsOf(facts.index.functionAt(facts.module, definition));
  const position = definition.child('parameters')?.named.indexOf(statement) ?? -1;
  return [...calls, ...doubtful].flatMap(({ module, call, skipped }) => {
    const there = facts.in(module);
    if (statement.text.startsWith('*'))
      return callArguments(call)
        .positional.slice(Math.max(0, position - skipped))
        .map((argument) => ({ argument, there }));
    const argument = argumentFor(call, statement, skipped);
    return argument === null || typeof argument === 'string' ? [] : [{ argument, there }];
  });
}
