// Finds where the methods of a class set attributes of their object (`self.session = session`). It infers no values.
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { AttributeSetting, ClassSource, FunctionSource } from './tracer.ts';

type FunctionAt = (module: Module, node: PyNode) => FunctionSource;

/** The settings in the methods of the class itself, by attribute, in source order. */
export function attributeSettings(
  source: ClassSource,
  functionAt: FunctionAt,
): ReadonlyMap<string, readonly AttributeSetting[]> {
  const found = new Map<string, AttributeSetting[]>();
  for (const bindings of source.scope.bindings.values())
    for (const { kind, value } of bindings) {
      if (kind !== 'function' || !value) continue;
      const method = functionAt(source.module, value);
      for (const setting of settingsIn(method)) {
        const name = setting.target.child('attribute')?.text ?? '';
        found.set(name, [...(found.get(name) ?? []), setting]);
      }
    }
  return found;
}

/** The identifier of the first parameter. */
export function firstParameter(definition: PyNode): PyNode | null {
  const first = definition.child('parameters')?.named[0];
  if (!first) return null;
  if (first.kind === 'identifier') return first;
  const name = first.child('name') ?? first.named[0] ?? null;
  return name?.kind === 'identifier' ? name : null;
}

const SETTERS: readonly string[] = [
  'assignment',
  'augmented_assignment',
  'for_statement',
  'as_pattern',
];

function settingsIn(method: FunctionSource): readonly AttributeSetting[] {
  const self = firstParameter(method.node)?.text;
  const body = method.node.child('body');
  if (self === undefined || !body) return [];
  const owner = enclosing(body, 'class_definition', 'module');
  const found: AttributeSetting[] = [];
  const add = (
    pattern: PyNode | null,
    kind: AttributeSetting['kind'],
    value: PyNode | null,
    annotation: PyNode | null = null,
  ): void => {
    for (const { target, path } of attributeTargets(pattern, self))
      found.push({ source: method, target, path, value, annotation, kind });
  };
  for (const node of descendants(body, ...SETTERS)) {
    if (enclosing(node, 'class_definition', 'module') !== owner) continue;
    switch (node.kind) {
      case 'assignment':
        add(node.child('left'), 'assigned', lastValue(node), node.child('type')?.named[0] ?? null);
        break;
      case 'augmented_assignment':
      case 'for_statement':
        add(node.child('left'), 'other', null);
        break;
      case 'as_pattern':
        if (node.parent?.kind === 'with_item')
          add(node.child('alias')?.named[0] ?? null, 'entered', node.named[0] ?? null);
        break;
    }
  }
  return found;
}

/** The value of `a = b = value`. */
export function lastValue(assignment: PyNode): PyNode | null {
  const right = assignment.child('right');
  return right?.kind === 'assignment' ? lastValue(right) : right;
}

interface AttributeTarget {
  readonly target: PyNode;
  readonly path: readonly (number | '*')[];
}

function attributeTargets(pattern: PyNode | null, self: string): readonly AttributeTarget[] {
  if (!pattern) return [];
  if (pattern.kind === 'attribute')
    return pattern.child('object')?.text === self ? [{ target: pattern, path: [] }] : [];
  if (!/^(pattern_list|expression_list|tuple_pattern|list_pattern|tuple|list)$/.test(pattern.kind))
    return [];
  return pattern.named.flatMap((item, index) =>
    attributeTargets(item, self).map(({ target, path }) => ({ target, path: [index, ...path] })),
  );
}
