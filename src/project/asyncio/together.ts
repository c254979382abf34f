// Whether what happens under one condition and what happens under another may happen in one run: they ask for different things. It evaluates no condition.
import { contains, descendants, type PyNode } from '../../python/tree.ts';

/** Whether a later place may be reached after a statement that stands in a branch of `branch`. */
export function mayBothHappen(statement: PyNode, branch: PyNode, later: PyNode): boolean {
  const first = asked(statement, branch);
  const second = asked(later, branch.parent ?? branch);
  if (first === null || second === null) return false;
  const names = new Set([...first, ...assignedIn(branch)]);
  return second.every(
    (name) => ![...names].some((each) => sharesRoot(each, name)) && !isLoopTarget(name, later),
  );
}

/** What the conditions around a node ask for, up to `outer`; `null` where something else decides than `if`. */
function asked(node: PyNode, outer: PyNode): readonly string[] | null {
  const names: string[] = [];
  for (let each = node; each !== outer && each.parent; each = each.parent) {
    const { parent } = each;
    if (
      /^(except_clause|case_clause|lambda|while_statement|elif_clause|else_clause)$/.test(
        parent.kind,
      )
    )
      return null;
    const condition = parent.kind === 'if_statement' ? parent.child('condition') : null;
    if (condition && each.field !== 'condition') names.push(...namesIn(condition));
    // A statement before it that may leave asks for something, too.
    if (parent.kind !== 'block') continue;
    for (const before of parent.named.slice(0, parent.named.indexOf(each)))
      if (mayLeave(before) && !contains(before, node)) return null;
  }
  return names;
}

/** The longest dotted names of an expression. */
function namesIn(node: PyNode): readonly string[] {
  if (node.kind === 'identifier' || node.kind === 'attribute') return [node.text];
  return node.named.flatMap(namesIn);
}

function sharesRoot(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function assignedIn(branch: PyNode): readonly string[] {
  return descendants(branch, 'assignment', 'augmented_assignment').flatMap((each) => {
    const left = each.child('left');
    return left ? namesIn(left) : [];
  });
}

function isLoopTarget(name: string, node: PyNode): boolean {
  for (let each = node.parent; each; each = each.parent)
    if (each.kind === 'for_statement' && each.child('left')?.text === name.split('.')[0])
      return true;
  return false;
}

function mayLeave(statement: PyNode): boolean {
  return (
    descendants(statement, 'return_statement', 'continue_statement', 'break_statement').length > 0
  );
}
