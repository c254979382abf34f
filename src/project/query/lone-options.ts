// Reads loader options with names of attributes that stand outside of any query that is read as a whole: in lists, variables, and on queries from elsewhere. It rewrites nothing.
import { callsOfChain, readMethodCall, type Call } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import type { Evidence } from '../values.ts';
import { chainStart } from './chain.ts';
import { isLoaderFunction, readLoaderOption, type LoaderOption } from './loader-options.ts';
import type { Place } from './loader-names.ts';
import { isModernized } from './modern-links.ts';
import { readSite } from './site.ts';

/** A loader option with names of attributes. */
export interface LoneOption extends LoaderOption {
  /** How well the class is known whose attributes it names. */
  readonly evidence: Evidence;
  readonly trail: readonly string[];
}

/** Reads a call that is a whole loader option with names in it; `null` for others, and where the query around it is read with its options. */
export function readLoneOption(node: PyNode, ctx: RuleContext): LoneOption | null {
  if (node.parent?.kind === 'attribute' && node.field === 'object') return null;
  const calls = callsOfChain(node);
  const [first] = calls ?? [];
  if (!calls || !first || !calls.some((call, index) => hasNames(call, index > 0))) return null;
  if (!isLoaderFunction(ctx.facts.qualifiedName(first.callee))) return null;
  const host = hostOf(node);
  if (host && isReadWhole(host, ctx)) return null;
  const { places, evidence, trail } = host
    ? selectedBy(host, ctx)
    : { places: [], evidence: 'proven' as const, trail: [] };
  return { ...readLoaderOption(node, places, ctx), evidence, trail };
}

/** Whether a function or method of loader options is given the name of an attribute. */
function hasNames({ callee, positional }: Call, isMethod: boolean): boolean {
  const name = (callee.child('attribute') ?? callee).text;
  if (isMethod && !isLoaderFunction(`sqlalchemy.orm.${name}`)) return false;
  const given = positional.flatMap((each) => (each.kind === 'list' ? each.named : [each]));
  return given.some((each) => !['*', null].includes(stringValue(each)));
}

/** The object whose `.options()` takes the option. */
function hostOf(option: PyNode): PyNode | null {
  const call =
    option.parent?.kind === 'argument_list' ? readMethodCall(option.parent.parent) : null;
  return call?.method.text === 'options' ? call.receiver : null;
}

/** Whether a rule reads the query or statement that the chain starts with, its options included. */
function isReadWhole(host: PyNode, ctx: RuleContext): boolean {
  const start = chainStart(host);
  if (start && ctx.facts.qualifiedName(start.callee) === 'sqlalchemy.select') return true;
  for (let each: PyNode | null = host; each;) {
    const site = readSite(each, ctx);
    if (site) return isModernized(site, ctx);
    each = each.child('function') ?? each.child('object') ?? each.named[0] ?? null;
    if (each?.kind === 'argument_list') return false;
  }
  return false;
}

/** The class whose objects the query yields. */
function selectedBy(
  host: PyNode,
  { facts }: RuleContext,
): {
  readonly places: readonly Place[];
  readonly evidence: Evidence;
  readonly trail: readonly string[];
} {
  const found = facts.infer(host);
  const value = found?.value;
  const element = value?.kind === 'instance' ? value.element : null;
  const model = element?.kind === 'instance' ? facts.models.classes.get(element.of) : undefined;
  return {
    places: model ? [{ text: '', model }] : [],
    evidence: model ? (found?.evidence ?? 'likely') : 'proven',
    trail: model ? (found?.trail ?? []) : [],
  };
}
