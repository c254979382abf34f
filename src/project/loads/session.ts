// Judges whether what executes the query of a loop is a Session. It reads no loops.
import { descendants } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { readSite } from '../query/site.ts';
import type { RuleContext } from '../rule.ts';
import type { ElementSource } from './source.ts';

const SESSION =
  /(^|\.)(Session|AsyncSession|scoped_session|async_scoped_session|SignallingSession)$/;

/** `null` if a Session executes the query, why that is not certain, or `undefined` if something else does. */
export function sessionDoubt(
  source: ElementSource,
  context: RuleContext,
): string | null | undefined {
  const { facts } = context;
  if (source.query) {
    const site = readSite(source.query, context);
    if (!site) return undefined;
    if (site.blocked !== null) return site.blocked;
    return site.session.evidence === 'proven'
      ? null
      : `${source.session.text} is not proven to be a Session (${site.session.trail.join('; ')})`;
  }
  const inferred = facts.infer(source.session);
  const value = inferred?.value;
  if (inferred?.evidence === 'proven' && value?.kind === 'instance' && !value.of.endsWith('Mock'))
    return SESSION.test(value.of) || isProjectClass(value.of, facts) ? null : undefined;
  const method = source.executor;
  const other = method === null ? null : definesMethod(method, facts);
  return other === null
    ? null
    : `${source.session.text} is not proven to be a Session, and ${other} defines ${method}() too`;
}

function isProjectClass(name: string, facts: Facts): boolean {
  return facts.modules.modules.some((module) => name.startsWith(`${module.name}.`));
}

/** The first class of the project that defines a method of this name. */
function definesMethod(method: string, facts: Facts): string | null {
  for (const module of facts.modules.modules) {
    if (!module.tree.text.includes(`def ${method}`)) continue;
    for (const definition of descendants(module.tree.root, 'function_definition'))
      if (
        definition.child('name')?.text === method &&
        module.binding.scopeOf(definition).kind === 'class'
      )
        return module.binding.scopeOf(definition).node.child('name')?.text ?? module.name;
  }
  return null;
}
