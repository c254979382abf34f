// Which bindings of a scope may have given a name its value at a place, by the structure of the statements. No values are computed.
import { contains, type PyNode } from '../python/tree.ts';
import type { Binding, Scope } from './scope.ts';

const BLOCK_PARENTS_THAT_LOOP: ReadonlySet<string> = new Set(['for_statement', 'while_statement']);

/** The bindings that may reach a read at `use` in their own scope; all of them where the structure cannot tell. */
export function reachingBindings(
  use: PyNode,
  scope: Scope,
  bindings: readonly Binding[],
): readonly Binding[] {
  const real = bindings.filter(
    (binding) => binding.kind !== 'annotation' && binding.kind !== 'delete',
  );
  if (real.length <= 1) return real.length === 1 ? real : bindings;
  if (scope.kind === 'comprehension' || scope.kind === 'lambda') return real;
  const reached = new Set<Binding>();
  climb(use, scope, real, reached);
  return real.filter((binding) => reached.has(binding));
}

/** Climbs from a node to the start of its scope, statement by statement, adding what may reach it. */
function climb(
  use: PyNode,
  scope: Scope,
  bindings: readonly Binding[],
  reached: Set<Binding>,
): void {
  let node = use;
  while (node.parent && node !== scope.node) {
    const parent = node.parent;
    if (isStatementList(parent)) {
      if (searchBefore(node, parent, bindings, reached)) return;
    } else if (enters(parent, node, bindings, reached)) return;
    node = parent;
  }
  for (const binding of bindings) if (binding.kind === 'parameter') reached.add(binding);
}

function isStatementList(node: PyNode): boolean {
  return node.kind === 'block' || node.kind === 'module';
}

/** Looks at the statements before `node`, nearest first; `true` when one of them surely binds. */
function searchBefore(
  node: PyNode,
  list: PyNode,
  bindings: readonly Binding[],
  reached: Set<Binding>,
): boolean {
  const index = list.children.indexOf(node);
  for (let at = index - 1; at >= 0; at--) {
    const statement = list.children[at];
    if (statement && flowOut(statement, bindings, reached)) return true;
  }
  return false;
}

/** Adds what `statement` may leave bound; `true` when it surely binds on every way through it. */
function flowOut(statement: PyNode, bindings: readonly Binding[], reached: Set<Binding>): boolean {
  const inside = bindings.filter((binding) => contains(statement, binding.node));
  if (inside.length === 0) return false;
  switch (statement.kind) {
    case 'if_statement':
      return branchesOut(statement, inside, reached);
    case 'with_statement': {
      const body = statement.child('body');
      if (body && blockOut(body, inside, reached)) return true;
      const targets = inside.filter((binding) => !body || !contains(body, binding.node));
      targets.forEach((binding) => reached.add(binding));
      return targets.length > 0;
    }
    case 'for_statement':
    case 'while_statement':
    case 'try_statement':
    case 'match_statement':
      inside.forEach((binding) => reached.add(binding));
      return false;
    default:
      return simpleOut(inside, reached);
  }
}

function simpleOut(inside: readonly Binding[], reached: Set<Binding>): boolean {
  const last = inside.at(-1);
  if (last) reached.add(last);
  return last !== undefined;
}

/** A block flows out through its end; what a block that returns or raises binds never leaves it. */
function blockOut(block: PyNode, bindings: readonly Binding[], reached: Set<Binding>): boolean {
  if (leaves(block)) return true;
  for (const statement of block.children.toReversed())
    if (flowOut(statement, bindings, reached)) return true;
  return false;
}

/** Whether the end of a block is never reached. */
function leaves(block: PyNode): boolean {
  const last = block.named.at(-1);
  return last?.kind === 'return_statement' || last?.kind === 'raise_statement';
}

function branchesOut(
  statement: PyNode,
  inside: readonly Binding[],
  reached: Set<Binding>,
): boolean {
  const branches: PyNode[] = [];
  let complete = false;
  for (const child of statement.children) {
    if (child.field === 'consequence') branches.push(child);
    if (child.kind === 'elif_clause') {
      const block = child.child('consequence');
      if (block) branches.push(block);
    }
    if (child.kind === 'else_clause') {
      const block = child.child('body');
      if (block) branches.push(block);
      complete = true;
    }
  }
  const outside = inside.filter(
    (binding) => !branches.some((block) => contains(block, binding.node)),
  );
  outside.forEach((binding) => reached.add(binding));
  const sure = branches.map((block) => blockOut(block, inside, reached));
  return complete && sure.every(Boolean);
}

/** Adds what a compound statement binds for the part of it that holds the use; `true` when that surely binds. */
function enters(
  parent: PyNode,
  child: PyNode,
  bindings: readonly Binding[],
  reached: Set<Binding>,
): boolean {
  const inside = bindings.filter((binding) => contains(parent, binding.node));
  if (BLOCK_PARENTS_THAT_LOOP.has(parent.kind)) {
    if (child.field === 'right') return false;
    const targets = inside.filter(
      ({ kind, statement }) =>
        statement === parent && (kind === 'for' || parent.kind === 'while_statement'),
    );
    if (child.field === 'body' && targets.length > 0) {
      // What the body bound on an earlier round is bound anew before it starts.
      targets.forEach((binding) => reached.add(binding));
      return true;
    }
    const later = inside.filter(
      (binding) => contains(child, binding.node) || binding.statement === parent,
    );
    later.forEach((binding) => reached.add(binding));
    return child.field === 'body' && later.some((binding) => binding.statement === parent);
  }
  switch (parent.kind) {
    case 'except_clause':
    case 'with_statement': {
      const targets = inside.filter((binding) => !contains(child, binding.node));
      targets.forEach((binding) => reached.add(binding));
      return child.kind === 'block' && targets.length > 0;
    }
    case 'try_statement': {
      const earlier = inside.filter((binding) => binding.node.end <= child.start);
      earlier.forEach((binding) => reached.add(binding));
      return false;
    }
    case 'case_clause':
    case 'if_statement':
    case 'elif_clause':
    case 'boolean_operator': {
      inside
        .filter((binding) => binding.node.end <= child.start && !isBranchOf(parent, binding))
        .forEach((binding) => reached.add(binding));
      return false;
    }
    default:
      return false;
  }
}

/** Bindings in the other branches of an `if` cannot reach this one. */
function isBranchOf(statement: PyNode, binding: Binding): boolean {
  return statement.children.some(
    (child) =>
      (child.field === 'consequence' ||
        child.kind === 'elif_clause' ||
        child.kind === 'else_clause') &&
      contains(child, binding.node),
  );
}
