// Writes what declarative_base() and as_declarative() were told into the body of a DeclarativeBase class. It decides nothing about the class.
import type { Call } from '../python/calls.ts';
import { contains, descendants, type PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import type { NameUse, RuleContext } from './rule.ts';

const BODY_ARGUMENTS: readonly string[] = ['metadata', 'type_annotation_map'];
/** Arguments that only a registry takes. */
const REGISTRY_ARGUMENTS: readonly string[] = ['class_registry', 'constructor'];

/** Arguments that have a counterpart in the body of a class. */
export const BASE_ARGUMENTS: readonly string[] = [...BODY_ARGUMENTS, ...REGISTRY_ARGUMENTS];

/** The statements for the class body, and the names that they need. `indent` is that of the class. */
export function baseBody(
  call: Call,
  indent: string,
  context: RuleContext,
): { readonly body: readonly string[]; readonly uses: readonly NameUse[] } {
  const given = call.keywords.filter(({ name }) => BASE_ARGUMENTS.includes(name));
  const registryArgument = given.find(({ name }) => REGISTRY_ARGUMENTS.includes(name));
  if (!registryArgument)
    return {
      body: given.map(({ name, value }) => `${name} = ${indented(value, indent)}`),
      uses: [],
    };
  // A class with a registry takes its metadata and type map from there.
  const registry = context.use('sqlalchemy.orm.registry', registryArgument.value);
  const list = given.map(({ name, value }) => `${name}=${indented(value, indent)}`).join(', ');
  return { body: [`registry = ${registry.text}(${list})`], uses: [registry] };
}

/** Why an argument cannot move into the class body, where names may mean something else; `null` if all can. */
export function hiddenArgument(call: Call, facts: Facts): string | null {
  const outer = call.keywords.find((each) => each.name === each.value.text);
  if (outer && facts.binding.scopeOf(call.node).kind !== 'module')
    return `${outer.name}= is a local variable, which the body of a class cannot read under the same name`;
  const mangled = call.keywords
    .flatMap(({ value }) => descendants(value, 'identifier'))
    .find(({ text }) => /^__.*(?<!__)$/.test(text));
  if (mangled)
    return `\`${mangled.text}\` is another name in the body of a class, which adds its own name to it`;
  const constructor = call.keywords.find(({ name }) => name === 'constructor');
  return constructor && !isFunction(constructor.value, facts)
    ? `constructor=${constructor.value.text} may be None, which a DeclarativeBase class would call`
    : null;
}

/** Whether a constructor is certain to be one: a DeclarativeBase class takes the None of its registry too. */
function isFunction(value: PyNode, facts: Facts): boolean {
  if (value.kind === 'lambda') return true;
  const bound = value.kind === 'identifier' ? facts.definition(value) : null;
  return bound?.kind === 'function' || bound?.kind === 'import';
}

/** Whether the call has comments outside of the values that move into the class body. */
export function losesComment(call: Call): boolean {
  return descendants(call.node, 'comment').some(
    (comment) =>
      !call.keywords.some(
        ({ name, value }) => BODY_ARGUMENTS.includes(name) && contains(value, comment),
      ),
  );
}

/** The text of a value, moved in as far as its line is; where a string has lines of its own they stay. */
function indented(value: PyNode, indent: string): string {
  const { source, start } = value;
  const line = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  const missing = indent.length + 4 - (/^[ \t]*/.exec(line)?.[0].length ?? 0);
  const isPlain = descendants(value, 'string').every((each) => !each.text.includes('\n'));
  if (!isPlain || missing <= 0) return value.text;
  return value.text.replaceAll('\n', `\n${' '.repeat(missing)}`);
}
