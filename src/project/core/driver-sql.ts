// Rewrites the arguments of execute() on a 1.x Engine or Connection: SQL strings went to the driver as they were, parameters came in many shapes.
import type { Edit, Safety } from '../../edits/edit.ts';
import { readCall, type Call } from '../../python/calls.ts';
import { columnOf, isDisplay, startsLine } from '../../python/displays.ts';
import { readString, stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { readSqlText } from './sql-text.ts';

/** How the call is written for 2.0. */
export interface Execution {
  /** The statement is executed by `exec_driver_sql()`. */
  readonly isDriverSql: boolean;
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
  readonly safety: Safety;
  readonly reason: string;
  /** What is old about the arguments, empty if nothing. */
  readonly old: readonly ('str' | 'params')[];
}

/** What text() would read as a parameter, or unescape; the driver sees `%` only in exec_driver_sql() as it did before. */
const TEXT_SYNTAX = /(?<![:\w\\]):[\w$]+(?!:)|\\:|%/;

/** What 2.0 calls the parameters and options themselves. */
const MODERN: ReadonlySet<string> = new Set(['parameters', 'execution_options']);

interface Parameters {
  readonly edits: readonly Edit[];
  readonly doubt: string;
}

/** Rewrites statement and parameters; a refusal where they cannot be read. */
export function rewriteExecution(
  call: Call,
  context: RuleContext,
): Execution | { readonly refusal: string } {
  const [statement, ...multi] = call.positional;
  if (!statement || statement.kind === 'list_splat')
    return { refusal: 'its statement is not given by position' };
  const text = readSqlText(statement, context.facts);
  const hasParameters =
    multi.length > 0 ||
    call.keywords.some((each) => each.name !== 'execution_options') ||
    call.doubleStarred;
  const parameters = hasParameters
    ? rewriteParameters(call, multi, text !== null, context)
    : { edits: [], doubt: '' };
  if ('refusal' in parameters) return parameters;
  const old: ('str' | 'params')[] = [];
  if (text) old.push('str');
  if (parameters.edits.length > 0) old.push('params');
  const isDriverSql =
    text !== null && (hasParameters || text.value === null || TEXT_SYNTAX.test(text.value));
  const wrapper = text && !isDriverSql ? context.use('sqlalchemy.text', statement) : null;
  return {
    isDriverSql,
    edits: [...(wrapper ? wrapEdits(statement, wrapper, context) : []), ...parameters.edits],
    uses: wrapper ? [wrapper] : [],
    safety: parameters.doubt === '' ? 'safe' : 'unsafe',
    reason: parameters.doubt,
    old,
  };
}

/** `x` to `text(x)`, without doubling parentheses; the lines of a concatenated string keep their alignment. */
export function wrapEdits(node: PyNode, wrapper: NameUse, context: RuleContext): readonly Edit[] {
  if (node.kind === 'parenthesized_expression') return [context.before(node, wrapper.text)];
  const opening = `${wrapper.text}(`;
  const lines = node.kind === 'concatenated_string' ? node.named.slice(1).filter(startsLine) : [];
  if (lines.length === 0) return [context.before(node, opening), context.after(node, ')')];
  const indent = node.source.slice(node.start - columnOf(node), node.start);
  if (!startsLine(node))
    return [
      context.before(node, opening),
      ...lines.map((line) => context.before(line, ' '.repeat(opening.length))),
      context.after(node, ')'),
    ];
  const unit = indent.includes('\t') ? '\t' : '    ';
  return [
    context.before(node, `${opening}\n${indent}${unit}`),
    ...lines.map((line) => context.before(line, unit)),
    context.after(node, `\n${indent})`),
  ];
}

function rewriteParameters(
  call: Call,
  multi: readonly PyNode[],
  isText: boolean,
  context: RuleContext,
): Parameters | { readonly refusal: string } {
  const names = call.list.named.filter(
    (node) => node.kind === 'keyword_argument' || node.kind === 'dictionary_splat',
  );
  const named = names.filter((node) => !MODERN.has(node.child('name')?.text ?? ''));
  if (named.length > 0)
    return multi.length > 0 || named.length < names.length
      ? { refusal: 'it has parameters by position and by name' }
      : namedParameters(named, context);
  const [first] = multi;
  if (!first) return { edits: [], doubt: '' };
  if (multi.length > 1) return several(multi, isText, context);
  if (first.kind === 'list_splat') {
    const value = first.named[0];
    if (!value) return { refusal: 'its parameters cannot be read' };
    if (isWhateverIsPassed(value, context))
      return {
        refusal: `\`*${value.text}\` may be nothing, one set of parameters, a list of them, or several`,
      };
    if (!holdsSets(value, context))
      return { refusal: 'it may be given one list of sets of values, or several sets' };
    return {
      edits: [context.replace({ start: first.start, end: value.start }, '')],
      doubt: 'one set of parameters was executed once and is now executed as a list of one',
    };
  }
  return isText ? single(first, context) : { edits: [], doubt: '' };
}

/** `*args` of the function itself, which passes on what its callers give: nothing, a dictionary, or a list, all of which 2.0 takes as they are. */
function isWhateverIsPassed(value: PyNode, { facts }: RuleContext): boolean {
  const binding = value.kind === 'identifier' ? facts.definition(value) : null;
  return binding?.kind === 'parameter' && binding.node.parent?.kind === 'list_splat_pattern';
}

function namedParameters(named: readonly PyNode[], context: RuleContext): Parameters {
  const [first] = named;
  const last = named.at(-1);
  if (!first || !last) return { edits: [], doubt: '' };
  const only = named.length === 1 && first.kind === 'dictionary_splat' ? first.named[0] : null;
  const doubt = named.some(
    (node) => node.kind === 'dictionary_splat' && mayHoldOptions(node, context),
  )
    ? '2.0 takes `parameters` and `execution_options` in the dictionary as such'
    : '';
  if (only) return { edits: [context.replace({ start: first.start, end: only.start }, '')], doubt };
  const edits = named.flatMap((node) => {
    const [name, value] = [node.child('name'), node.child('value')];
    if (node.kind !== 'keyword_argument' || !name || !value) return [];
    return [context.replace({ start: name.start, end: value.start }, `"${name.text}": `)];
  });
  return {
    edits: [{ ...context.before(first, '{') }, ...edits, context.after(last, '}')],
    doubt,
  };
}

/** Whether the keys of `**values` are not all seen, or one is a name of 2.0's own. */
function mayHoldOptions(splat: PyNode, context: RuleContext): boolean {
  const inner = splat.named[0];
  const value = inner?.kind === 'identifier' ? context.facts.definition(inner)?.value : inner;
  if (value?.kind === 'dictionary')
    return value.named.some((pair) => {
      const key = stringValue(pair.child('key'));
      return key === null || MODERN.has(key);
    });
  const call = readCall(value ?? null);
  if (!call || context.facts.qualifiedName(call.callee) !== 'builtins.dict') return true;
  return (
    call.positional.length > 0 ||
    call.doubleStarred ||
    call.keywords.some((each) => MODERN.has(each.name))
  );
}

/** Whether a list is seen to hold sets of values, each of which 1.x took as an argument of its own. */
function holdsSets(value: PyNode, context: RuleContext): boolean {
  const named = value.kind === 'identifier' ? context.facts.definition(value)?.value : value;
  const isSet = (node: PyNode | undefined): boolean =>
    node?.kind === 'dictionary' ||
    context.facts.qualifiedName(node?.child('function') ?? value) === 'builtins.dict';
  if (named?.kind === 'list_comprehension') return isSet(named.named[0]);
  return named?.kind === 'list' && named.named.length > 0 && named.named.every(isSet);
}

/** `execute(s, a, b)`: several sets of parameters, or the values of one. */
function several(
  multi: readonly PyNode[],
  isText: boolean,
  context: RuleContext,
): Parameters | { readonly refusal: string } {
  const [first] = multi;
  const last = multi.at(-1);
  if (!first || !last || multi.some((node) => node.kind === 'list_splat'))
    return { refusal: 'its parameters are passed with *' };
  const areSets = isSet(first, context);
  if (areSets === null) return { refusal: 'its parameters may be values or sets of values' };
  if (!areSets && !isText) return { refusal: 'its parameters are values without names' };
  const [open, close] = areSets ? ['[', ']'] : ['(', ')'];
  return { edits: [context.before(first, open), context.after(last, close)], doubt: '' };
}

/** One parameter of a string: a set of values as it is, a value as a tuple of one. */
function single(node: PyNode, context: RuleContext): Parameters | { readonly refusal: string } {
  if (node.kind === 'list') {
    const [item] = node.named;
    const inner = item ? isSet(item, context) : true;
    if (inner === null) return { refusal: 'its list may hold values or sets of values' };
    if (inner) return { edits: [], doubt: '' };
    const [open, close] = [node.children[0], node.children.at(-1)];
    if (!open || !close) return { edits: [], doubt: '' };
    const comma = node.named.length === 1 ? ',' : '';
    return {
      edits: [context.replace(open, '('), context.replace(close, `${comma})`)],
      doubt: '',
    };
  }
  const isValues = isSet(node, context);
  if (isValues === null) return { refusal: 'its parameter may be a value or a set of values' };
  if (isValues) return { edits: [], doubt: '' };
  return { edits: [context.before(node, '('), context.after(node, ',)')], doubt: '' };
}

const VALUES: ReadonlySet<string> = new Set(['integer', 'float', 'true', 'false', 'none']);
const SETS: ReadonlySet<string> = new Set(['builtins.dict', 'builtins.tuple', 'builtins.list']);

/** Whether a parameter is a set of values (tuple, list, dictionary) or one value; `null` if unknown. */
function isSet(node: PyNode, { facts }: RuleContext): boolean | null {
  if (isDisplay(node) || node.kind === 'dictionary') return true;
  if (VALUES.has(node.kind) || readString(node)) return false;
  const inferred = facts.infer(node);
  if (inferred?.evidence !== 'proven') return null;
  const { value } = inferred;
  if (value.kind === 'tuple') return true;
  if (value.kind !== 'instance' || !value.of.startsWith('builtins.')) return null;
  return SETS.has(value.of);
}
