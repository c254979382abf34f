// What the receiver of a method is, with the evidence for it. A thin layer over inference and the names that the user vouches for.
import { dottedParts, readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import { isLibrarySubclass, type LibraryClass } from '../../sqlalchemy/returns.ts';
import type { Facts } from '../facts.ts';
import type { RuleContext } from '../rule.ts';
import type { Evidence } from '../values.ts';

export const SESSIONS: readonly LibraryClass[] = [
  'sqlalchemy.orm.Session',
  'sqlalchemy.ext.asyncio.AsyncSession',
];
export const CONNECTIONS: readonly LibraryClass[] = [
  'sqlalchemy.Connection',
  'sqlalchemy.ext.asyncio.AsyncConnection',
];
export const ENGINES: readonly LibraryClass[] = ['sqlalchemy.Engine'];

/** How well an expression is known to be an instance of one of the classes, subclasses included; `null` if it is not. */
export function isInstance(
  node: PyNode,
  classes: readonly LibraryClass[],
  facts: Facts,
): Evidence | null {
  const inferred = facts.infer(node);
  if (!inferred) return headIs(node, classes, facts) ? 'proven' : null;
  const { value, evidence } = inferred;
  if (value.kind !== 'instance') return null;
  return derivesFrom(value.of, classes, facts) ? evidence : null;
}

/** The same for the receiver of a method; a name that the settings list counts as proven. */
export function receiverEvidence(
  node: PyNode,
  classes: readonly LibraryClass[],
  { facts, settings }: RuleContext,
): Evidence | null {
  const names =
    classes === SESSIONS ? settings.sessionNames : classes === ENGINES ? settings.engineNames : [];
  const last = dottedParts(node)?.at(-1) ?? '';
  if (names.includes(node.text) || names.includes(last)) return 'proven';
  return isInstance(node, classes, facts);
}

/** Whether a class of a library or of the project is one of the classes or derives from one. */
function derivesFrom(
  of: string,
  classes: readonly LibraryClass[],
  facts: Facts,
  depth = 0,
): boolean {
  if (classes.some((each) => isLibrarySubclass(of, each))) return true;
  const definition = facts.symbols.definition(of);
  if (definition?.binding.kind !== 'class' || depth > 10) return false;
  const bases = definition.binding.value?.child('superclasses')?.named ?? [];
  return bases.some((base) => {
    const symbol = facts.symbols.symbolOf(definition.module, base);
    if (!symbol || symbol.kind === 'module') return false;
    return derivesFrom(
      symbol.kind === 'definition' ? symbol.id : symbol.name,
      classes,
      facts,
      depth + 1,
    );
  });
}

const HEADS: ReadonlyMap<string, LibraryClass> = new Map([
  ['sqlalchemy.select', 'sqlalchemy.Select'],
]);

/** Whether a chain of methods starts with `select(…)`: what its methods give may be unknown, that it is a statement is not. */
function headIs(node: PyNode, classes: readonly LibraryClass[], facts: Facts): boolean {
  const call = readCall(node);
  if (!call) return false;
  const name = facts.qualifiedName(call.callee);
  const made = HEADS.get(name ?? '');
  if (made !== undefined) return classes.includes(made);
  const method = name === null ? readMethodCall(node) : null;
  return (
    method !== null &&
    !/^(execute|scalar|scalars)$/.test(method.method.text) &&
    headIs(method.receiver, classes, facts)
  );
}
