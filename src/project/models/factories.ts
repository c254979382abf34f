// What the parameters of a function stand for at one call of it, where the function makes a column or relationship. It follows no code.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Call } from './calls.ts';

/** The arguments of one call of a function. */
export interface GivenArguments {
  /** By the names of the parameters. */
  readonly values: ReadonlyMap<string, PyNode>;
  /** The name of `**options`, and what it holds. */
  readonly options: string | null;
  readonly keywords: ReadonlyMap<string, PyNode>;
}

const LITERAL = /^(?:string|concatenated_string|true|false|none|integer)$/;

/** Binds the arguments of `call`, which stands in `caller`, to the parameters of a function of `module`. What cannot be told is left out. */
export function argumentsGiven(
  definition: PyNode,
  module: Module,
  call: Call,
  caller: Module,
): GivenArguments {
  const values = new Map<string, PyNode>();
  const left = new Map(call.keywords);
  let options: string | null = null;
  let position = 0;
  for (const parameter of definition.child('parameters')?.named ?? []) {
    const name = nameOf(parameter);
    if (parameter.kind === 'dictionary_splat_pattern') options = parameter.named[0]?.text ?? null;
    if (parameter.kind === 'list_splat_pattern' || name === null) continue;
    const passed = call.positional[position++] ?? left.get(name);
    const value = passed ?? (call.spread ? null : parameter.child('value'));
    // Names of another module mean something else in this one.
    const isKnown = value && (!passed || caller === module || LITERAL.test(value.kind));
    if (isKnown) values.set(name, value);
    left.delete(name);
  }
  const isPlain = [...left.values()].every((each) => caller === module || LITERAL.test(each.kind));
  return { values, options: call.spread || !isPlain ? null : options, keywords: left };
}

function nameOf(parameter: PyNode): string | null {
  switch (parameter.kind) {
    case 'identifier':
      return parameter.text;
    case 'typed_parameter':
      return parameter.named[0]?.kind === 'identifier' ? parameter.named[0].text : null;
    case 'default_parameter':
    case 'typed_default_parameter':
      return parameter.child('name')?.text ?? null;
    default:
      return null;
  }
}

/** A call inside of the function, with the arguments in the places of the parameters. */
export function withGiven(call: Call, given: GivenArguments | undefined): Call {
  if (!given) return call;
  const value = (node: PyNode): PyNode =>
    node.kind === 'identifier' ? (given.values.get(node.text) ?? node) : node;
  const splats = (call.node.child('arguments')?.named ?? []).filter(
    (each) => each.kind === 'dictionary_splat' || each.kind === 'list_splat',
  );
  const isOptions =
    given.options !== null && splats.length === 1 && splats[0]?.text === `**${given.options}`;
  return {
    ...call,
    positional: call.positional.map(value),
    keywords: new Map(
      [...call.keywords, ...(isOptions ? given.keywords : [])].map(([name, node]) => [
        name,
        value(node),
      ]),
    ),
    spread: call.spread && !isOptions,
  };
}
