// Which identifiers an assignment target or a match pattern binds, and how the value is unpacked to reach them.
import { walk, type PyNode } from '../python/tree.ts';

/** A bound identifier and its way through the unpacked value. */
export interface Target {
  readonly node: PyNode;
  readonly path: readonly (number | '*')[];
}

/** The identifiers that an assignment target binds; attributes and subscripts bind none. */
export function targets(pattern: PyNode): readonly Target[] {
  switch (pattern.kind) {
    case 'identifier':
      return [{ node: pattern, path: [] }];
    case 'pattern_list':
    case 'expression_list':
    case 'tuple_pattern':
    case 'list_pattern':
    case 'tuple':
    case 'list':
      return pattern.named.flatMap((item, index) =>
        targets(item).map(({ node, path }) => ({ node, path: [index, ...path] })),
      );
    case 'list_splat_pattern':
    case 'list_splat':
    case 'dictionary_splat_pattern':
      return pattern.named.flatMap((item) =>
        targets(item).map(({ node, path }) => ({ node, path: ['*' as const, ...path] })),
      );
    case 'parenthesized_expression':
    case 'as_pattern_target':
      return pattern.named.flatMap(targets);
    default:
      return [];
  }
}

/** The identifiers that a `case` clause captures. */
export function patternCaptures(clause: PyNode): readonly PyNode[] {
  const captures: PyNode[] = [];
  for (const child of clause.children) {
    if (child.field === 'consequence' || child.field === 'guard') continue;
    walk(child, (node) => {
      const capture = captureOf(node);
      if (capture && capture.text !== '_') captures.push(capture);
    });
  }
  return captures;
}

function captureOf(node: PyNode): PyNode | null {
  if (node.kind !== 'identifier' || !node.parent) return null;
  const { parent } = node;
  switch (parent.kind) {
    case 'dotted_name':
      return parent.named.length === 1 && isWholePattern(parent) ? node : null;
    case 'as_pattern':
    case 'as_pattern_target':
    case 'splat_pattern':
      return node;
    default:
      return null;
  }
}

function isWholePattern(dotted: PyNode): boolean {
  return dotted.parent?.kind === 'case_pattern' || dotted.parent?.kind === 'keyword_pattern';
}
