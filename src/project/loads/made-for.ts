// Which mapped class an object of a generic class is made for: `Repository[User]`, `model = User` in its body, `Crud(User)`. It follows no values.
import { readCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';

/** The mapped class that `self.model` and its like stand for in the methods of an object; `null` if there is none, or several. */
export function madeFor(receiver: PyNode, facts: Facts): MappedClass | null {
  const value = facts.infer(receiver)?.value;
  if (value?.kind !== 'instance' || facts.models.classes.has(value.of)) return null;
  const source = facts.index.classById(value.of);
  if (!source) return null;
  const named = facts.index
    .ancestors(source)
    .flatMap((each) =>
      each === null || typeof each === 'string'
        ? []
        : namedByClass(each.node, facts.in(each.module)),
    );
  return named.length > 0 ? only(named) : only(namedByCall(receiver, facts));
}

/** `class Users(Repository[User])`, and assignments of classes in the body. */
function namedByClass(definition: PyNode, facts: Facts): readonly MappedClass[] {
  const bases = definition.child('superclasses')?.named ?? [];
  const given = bases
    .filter(({ kind }) => kind === 'subscript')
    .flatMap(({ named }) => named.slice(1));
  const assigned = (definition.child('body')?.named ?? []).flatMap((statement) => {
    const [assignment] = statement.kind === 'expression_statement' ? statement.named : [];
    const value = assignment?.kind === 'assignment' ? assignment.child('right') : null;
    return value && /^(identifier|attribute)$/.test(value.kind) ? [value] : [];
  });
  return mapped([...given, ...assigned], facts);
}

/** `Crud(User)` and `Crud[User]()`, in place or as the value of the variable. */
function namedByCall(receiver: PyNode, facts: Facts): readonly MappedClass[] {
  const symbol = facts.symbols.symbolOf(facts.module, receiver);
  const [value, home] =
    symbol?.kind === 'definition'
      ? [symbol.binding.value, facts.in(symbol.module)]
      : [
          receiver.kind === 'identifier' ? (facts.definition(receiver)?.value ?? null) : receiver,
          facts,
        ];
  const call = readCall(value);
  if (!call) return [];
  const subscript = call.callee.kind === 'subscript' ? call.callee.named.slice(1) : [];
  return mapped(
    [...subscript, ...call.positional, ...call.keywords.map((each) => each.value)],
    home,
  );
}

function mapped(nodes: readonly PyNode[], facts: Facts): readonly MappedClass[] {
  return nodes
    .flatMap((node) =>
      /^(identifier|attribute|call)$/.test(node.kind) ? [node] : descendants(node, 'identifier'),
    )
    .map((node) => facts.mappedClass(node))
    .filter((each) => each?.role === 'mapped')
    .filter((each) => each !== null && each !== undefined);
}

function only(found: readonly MappedClass[]): MappedClass | null {
  const [first] = found;
  return first && found.every(({ id }) => id === first.id) ? first : null;
}
