// Finds loader options that are given names of attributes which only the running program knows. It follows and rewrites nothing.
import { calledName, readCall, readMethodCall, type Call } from '../../../python/calls.ts';
import { stringValue } from '../../../python/strings.ts';
import { descendants, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { Module } from '../../modules.ts';
import { headBehind } from '../chain.ts';
import { textBehind } from '../text-values.ts';

/** A loader option that may be given a name in a string. */
export interface NamedOption {
  readonly module: Module;
  readonly call: Call;
  /** The function of `sqlalchemy.orm`. */
  readonly name: string;
  /** What may be a string. */
  readonly argument: PyNode;
  /** What makes it one. */
  readonly text: string;
}

/** Options of relationships take a whole path of attributes, the others one attribute. */
const OF_RELATIONSHIPS: ReadonlySet<string> = new Set([
  'contains_eager',
  'defaultload',
  'immediateload',
  'joinedload',
  'lazyload',
  'noload',
  'raiseload',
  'selectinload',
  'subqueryload',
]);
const OPTIONS: ReadonlySet<string> = new Set([
  ...OF_RELATIONSHIPS,
  'defer',
  'load_only',
  'undefer',
]);

/** Reads an option; `null` for other calls, and where the query around it is read with its options. */
export function readNamedOption(node: PyNode, facts: Facts): NamedOption | null {
  const name = calledName(node) ?? '';
  const call = OPTIONS.has(name) ? readCall(node) : null;
  if (!call || facts.qualifiedName(call.callee) !== `sqlalchemy.orm.${name}`) return null;
  if (isReadWithQuery(node, facts)) return null;
  for (const argument of call.positional) {
    // Names that are written out are another rule's.
    if (stringValue(argument) !== null) continue;
    const text = textBehind(argument, facts);
    if (text !== null) return { module: facts.module, call, name, argument, text };
  }
  return null;
}

/** All such options of a project that one name or path is given to, in source order. */
export function namedOptions(facts: Facts): readonly NamedOption[] {
  return facts.modules.modules
    .filter(({ tree }) => [...OF_RELATIONSHIPS].some((name) => tree.text.includes(`${name}(`)))
    .flatMap((module) =>
      descendants(module.tree.root, 'call').flatMap((node) => {
        const found = readNamedOption(node, facts.in(module));
        const isPath = found && found.call.positional.length === 1 && !found.call.starred;
        return isPath && OF_RELATIONSHIPS.has(found.name) ? [found] : [];
      }),
    );
}

/** Whether the option is written in the `options()` of a query or select() whose classes are known: that is read as a whole. */
function isReadWithQuery(node: PyNode, facts: Facts): boolean {
  let option = node;
  while (
    option.parent?.kind === 'attribute' ||
    (option.parent?.kind === 'call' && option.field === 'function')
  )
    option = option.parent;
  const list = option.parent?.kind === 'argument_list' ? option.parent : null;
  const call = readMethodCall(list?.parent ?? null);
  if (call?.method.text !== 'options') return false;
  if (headBehind(call.receiver) !== null) return true;
  let start: PyNode | null = call.receiver;
  while (start && start.kind !== 'identifier') {
    if (
      start.kind === 'call' &&
      facts.qualifiedName(start.child('function') ?? start) === 'sqlalchemy.select'
    )
      return true;
    start = start.child('function') ?? start.child('object') ?? start.named[0] ?? null;
  }
  return false;
}
