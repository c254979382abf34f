// Whether a read follows from the load of its object in every run: no condition, loop or early return lies in between, except such as ask for the object itself.
import { contains, enclosing, type PyNode } from '../../python/tree.ts';

/** Whether what `load` gives is read by `read` whenever there is an object at all. Both stand in one function. */
export function isAlwaysRead(load: PyNode, read: PyNode): boolean {
  // The variables whose objects lead to what is read: those of loops over what a variable holds, too.
  const roots = new Set([rootOf(read)]);
  for (let each = read; each.parent; each = each.parent) {
    const { parent } = each;
    const iterable = parent.kind === 'for_statement' && each.field === 'body' ? parent : null;
    if (iterable && runsOver(iterable, read, roots))
      roots.add(rootOf(iterable.child('right') ?? read));
    if (parent.kind === 'block' && leavesBefore(each, parent, load, read)) return false;
    if (contains(parent, load)) return true;
    if (isConditional(each, parent, read, roots)) return false;
  }
  return true;
}

function isConditional(
  child: PyNode,
  parent: PyNode,
  read: PyNode,
  roots: ReadonlySet<string>,
): boolean {
  switch (parent.kind) {
    case 'if_statement':
      return child.field !== 'condition' && !asksFor(parent.child('condition'), read);
    case 'elif_clause':
    case 'else_clause':
    case 'except_clause':
    case 'while_statement':
    case 'case_clause':
    case 'lambda':
    case 'function_definition':
    case 'if_clause':
      return true;
    case 'conditional_expression':
      return parent.named[1] !== child && !asksFor(parent.named[1] ?? null, read);
    case 'boolean_operator':
      return child.field === 'right' && !asksFor(parent.child('left'), read);
    case 'comparison_operator':
      return parent.named.indexOf(child) > 1;
    case 'for_statement':
      return child.field === 'body' && !runsOver(parent, read, roots);
    case 'list_comprehension':
    case 'set_comprehension':
    case 'dictionary_comprehension':
    case 'generator_expression':
      return (
        !parent.children.some(
          (each) => each.kind === 'for_in_clause' && runsOver(each, read, roots),
        ) || parent.children.some(({ kind }) => kind === 'if_clause')
      );
    default:
      return false;
  }
}

/** The variable that an attribute chain starts from. */
function rootOf(read: PyNode): string {
  const inner = read.kind === 'attribute' ? read.child('object') : null;
  return inner ? rootOf(inner) : read.text;
}

function runsOver(loop: PyNode, read: PyNode, roots: ReadonlySet<string>): boolean {
  const target = loop.child('left')?.text ?? '';
  const iterable = loop.child('right');
  return roots.has(target) || (iterable !== null && contains(iterable, read));
}

/** `user`, `user is not None`, `user.team`: conditions that hold for the object, or for the way to what is read. */
function asksFor(condition: PyNode | null, read: PyNode): boolean {
  const text = (condition?.text ?? '').replace(/^not /, '').replace(/ (is|is not|==|!=) None$/, '');
  return text !== '' && (read.text === text || read.text.startsWith(`${text}.`));
}

/** Whether a statement between the load and the read may leave, other than where there is no object. */
function leavesBefore(child: PyNode, block: PyNode, load: PyNode, read: PyNode): boolean {
  return block.named.slice(0, block.named.indexOf(child)).some((statement) => {
    if (statement.end <= load.end) return false;
    const inner = (node: PyNode): boolean =>
      /^(return|continue|break|raise)_statement$/.test(node.kind)
        ? !isForNothing(node, read)
        : node.kind !== 'function_definition' && node.kind !== 'lambda' && node.named.some(inner);
    return inner(statement);
  });
}

/** `if user is None: return`. */
function isForNothing(leaving: PyNode, read: PyNode): boolean {
  const condition = enclosing(leaving, 'if_statement', 'function_definition');
  return (
    condition?.kind === 'if_statement' &&
    leaving.parent?.parent === condition &&
    /^not | is None$/.test(condition.child('condition')?.text ?? '') &&
    asksFor(condition.child('condition'), read)
  );
}
