// Guesses what a name stands for whose definition cannot be seen, from how it is written and what the file does with it.
import { enclosing, identifiers, type PyNode } from '../../python/tree.ts';
import type { Symbol } from '../symbols.ts';

/** How generic code calls the entity that it is given. */
const GENERIC =
  /^_*(model|cls|klass|entity|([a-z]\w*_)?(model|cls|klass|class|entity)(_class|_cls)?)_*$/;
const CAP_WORDS = /^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/;
/** `A`, `T1`: a class if the file makes objects of it or reads attributes that a table does not have, else a constant. */
const SHORT = /^[A-Z][A-Z0-9]{0,3}$/;

/** A mapped class or a table; `null` if nothing tells. */
export function guessOf(node: PyNode, symbol: Symbol | null): 'class' | 'table' | null {
  const name = (node.kind === 'attribute' ? node.child('attribute')?.text : node.text) ?? '';
  if (symbol?.kind !== 'module' && CAP_WORDS.test(name)) return 'class';
  if (symbol?.kind === 'library') return null;
  if (GENERIC.test(name)) return 'class';
  if (node.kind !== 'identifier' || symbol?.kind === 'module') return null;
  const uses = identifiers(node, name);
  if (SHORT.test(name))
    return uses.some((each) => isConstructed(each) || hasAttribute(each)) ? 'class' : null;
  const owner = enclosing(node, 'function_definition');
  const isOwn = (each: PyNode): boolean => enclosing(each, 'function_definition') === owner;
  return uses.some((each) => hasColumns(each) && isOwn(each)) ? 'table' : null;
}

/** `A(…)`. */
function isConstructed(name: PyNode): boolean {
  return name.parent?.kind === 'call' && name.field === 'function';
}

/** What tables have, too, and strings that are constants. */
const COMMON_MEMBERS =
  /^(_|(alias|append_column|c|columns|count|create|delete|drop|exists|format|foreign_keys|indexes|insert|join|label|metadata|name|outerjoin|primary_key|replace|schema|select|split|tablesample|update)$)/;

/** `A.id`. */
function hasAttribute(name: PyNode): boolean {
  const { parent } = name;
  return (
    parent?.kind === 'attribute' &&
    name.field === 'object' &&
    !COMMON_MEMBERS.test(parent.child('attribute')?.text ?? '_')
  );
}

/** `users.c.id`, `users.c["id"]`. */
function hasColumns(name: PyNode): boolean {
  const { parent } = name;
  if (parent?.kind !== 'attribute' || name.field !== 'object') return false;
  const isCollection = /^(c|columns)$/.test(parent.child('attribute')?.text ?? '');
  const above = parent.parent;
  return (
    isCollection &&
    ((above?.kind === 'attribute' && parent.field === 'object') ||
      (above?.kind === 'subscript' && parent.field === 'value'))
  );
}
