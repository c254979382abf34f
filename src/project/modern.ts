// Counts the places that are written in the 2.0 style, for the share of migrated sites. It judges no legacy code.
import { descendants, type PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import type { Project } from './project.ts';

/** Calls of these library functions are modern sites, one each. */
const CALLS: ReadonlySet<string> = new Set([
  'sqlalchemy.case',
  'sqlalchemy.delete',
  'sqlalchemy.exists',
  'sqlalchemy.select',
  'sqlalchemy.update',
  'sqlalchemy.orm.mapped_column',
  'sqlalchemy.orm.selectinload',
  'sqlalchemy.ext.asyncio.async_sessionmaker',
]);

/** The last parts of their names. */
const CALLED: ReadonlySet<string> = new Set(
  [...CALLS].map((name) => name.slice(name.lastIndexOf('.') + 1)),
);

/** Classes that derive from these directly are modern sites. */
const BASES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.DeclarativeBase',
  'sqlalchemy.orm.DeclarativeBaseNoMeta',
  'sqlalchemy.orm.MappedAsDataclass',
]);

/** The annotations of modern attributes. */
const MAPPED: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Mapped',
  'sqlalchemy.orm.WriteOnlyMapped',
  'sqlalchemy.orm.DynamicMapped',
]);

/** Methods that load by identity, in the place of `Query.get()`. */
const SESSION_METHODS: ReadonlySet<string> = new Set(['get', 'get_one']);

/** Counts the modern sites of the given files. */
export function countModern(project: Project, paths: readonly string[]): number {
  let count = 0;
  for (const path of paths) {
    const facts = project.factsFor(path);
    for (const node of descendants(
      facts.module.tree.root,
      'call',
      'class_definition',
      'assignment',
    ))
      if (isModern(node, facts)) count++;
  }
  return count;
}

function isModern(node: PyNode, facts: Facts): boolean {
  switch (node.kind) {
    case 'call':
      return isModernCall(node, facts);
    case 'class_definition':
      return (node.child('superclasses')?.named ?? []).some((base) => names(base, BASES, facts));
    case 'assignment':
      return isMappedAttribute(node, facts);
    default:
      return false;
  }
}

function isModernCall(node: PyNode, facts: Facts): boolean {
  const callee = node.child('function');
  if (!callee) return false;
  const method = callee.kind === 'attribute' ? callee.child('attribute')?.text : undefined;
  if (method !== undefined && SESSION_METHODS.has(method)) return isSessionGet(node, facts);
  const last = method ?? callee.text;
  if (!CALLED.has(last) || node.child('arguments')?.named[0]?.kind === 'list') return false;
  return names(callee, CALLS, facts);
}

/** `session.get(User, 5)`: the class comes first, unlike in `query.get(5)` or `mapping.get("key")`. */
function isSessionGet(node: PyNode, facts: Facts): boolean {
  const [first] = node.child('arguments')?.named ?? [];
  return first !== undefined && facts.mappedClass(first) !== null;
}

/** `x: Mapped[int]`, with a value other than `mapped_column()`, which counts by itself. */
function isMappedAttribute(node: PyNode, facts: Facts): boolean {
  const annotation = node.child('type');
  if (!annotation?.text.includes('Mapped[')) return false;
  const generic = annotation.named[0];
  const name = generic?.kind === 'generic_type' ? generic.named[0] : generic?.child('value');
  if (!name || !names(name, MAPPED, facts)) return false;
  const callee = node.child('right')?.child('function');
  return !callee || !names(callee, CALLS, facts);
}

function names(node: PyNode, wanted: ReadonlySet<string>, facts: Facts): boolean {
  if (node.kind !== 'identifier' && node.kind !== 'attribute') return false;
  const name = facts.qualifiedName(node);
  return name !== null && wanted.has(name);
}
