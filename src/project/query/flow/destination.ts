// Tells where the value of an expression goes: to a name, out of a function, into a test. It knows no queries.
import type { Binding, ModuleBinding } from '../../../binder/scope.ts';
import { readCall, readMethodCall } from '../../../python/calls.ts';
import { enclosing, type PyNode } from '../../../python/tree.ts';
import { bindingAt, itemsOf, takenFrom } from './elements.ts';
import { consumerOf, type QueryUse } from '../use.ts';

/** What becomes of a value. */
export type Destination =
  /** It is read, or becomes a part of a statement. */
  | { readonly kind: 'use'; readonly use: QueryUse }
  | { readonly kind: 'bindings'; readonly bindings: readonly Binding[] }
  /** It may be the value of a larger expression, and may get names on the way. */
  | { readonly kind: 'expression'; readonly node: PyNode; readonly bindings: readonly Binding[] }
  /** It is the left side of `or`: tested, and the value if it is true. */
  | { readonly kind: 'alternative'; readonly node: PyNode; readonly operand: PyNode }
  /** It is asked whether it is true. */
  | { readonly kind: 'test'; readonly operand: PyNode; readonly not: PyNode | null }
  /** Nothing comes of it: it is compared with None, or stands alone. */
  | { readonly kind: 'nothing' }
  /** It is made a text of. */
  | { readonly kind: 'text' }
  /** A function returns it, alone or as an item of a tuple. */
  | { readonly kind: 'result'; readonly definition: PyNode; readonly index: number | null }
  | { readonly kind: 'argument'; readonly call: PyNode; readonly argument: PyNode }
  | {
      readonly kind: 'attributes';
      readonly targets: readonly PyNode[];
      readonly bindings: readonly Binding[];
    }
  | { readonly kind: 'escape'; readonly how: string; readonly node: PyNode };

const CONDITIONS: ReadonlySet<string> = new Set([
  'if_statement',
  'elif_clause',
  'while_statement',
  'conditional_expression',
]);
const TEXTS: ReadonlySet<string> = new Set(['str', 'repr', 'print', 'format']);
const LOGGERS = /^(debug|info|warning|warn|error|exception|critical|log)$/;

/** Where the value of `built` goes. */
export function destinationOf(built: PyNode, binding: ModuleBinding): Destination {
  let node = built;
  while (node.parent?.kind === 'parenthesized_expression') node = node.parent;
  const { parent } = node;
  if (!parent) return { kind: 'nothing' };
  const use = consumerOf(built, binding);
  if (use.kind !== 'kept') return { kind: 'use', use };
  const escape: Destination = { kind: 'escape', how: use.how, node };
  switch (parent.kind) {
    case 'assignment':
      return assigned(node, parent, binding) ?? escape;
    case 'named_expression':
      return walrus(parent, binding) ?? escape;
    case 'expression_statement':
      return { kind: 'nothing' };
    case 'if_statement':
    case 'elif_clause':
    case 'while_statement':
      return node.field === 'condition' ? { kind: 'test', operand: node, not: null } : escape;
    case 'assert_statement':
      return parent.named[0] === node ? { kind: 'test', operand: node, not: null } : escape;
    case 'not_operator':
      return { kind: 'test', operand: node, not: parent };
    case 'conditional_expression':
      return parent.named[1] === node
        ? { kind: 'test', operand: node, not: null }
        : { kind: 'expression', node: parent, bindings: [] };
    case 'boolean_operator':
      return operand(node, parent) ?? escape;
    case 'comparison_operator':
      return isComparedWithNone(parent) ? { kind: 'nothing' } : escape;
    case 'return_statement':
      return returned(parent, null) ?? escape;
    case 'expression_list':
    case 'tuple':
      return item(node, parent, binding) ?? escape;
    case 'lambda':
      return node.field === 'body' ? { kind: 'result', definition: parent, index: null } : escape;
    case 'interpolation':
    case 'format_expression':
      return { kind: 'text' };
    case 'argument_list':
      return argument(node, parent, binding) ?? escape;
    case 'keyword_argument':
      return parent.parent?.kind === 'argument_list' && parent.parent.parent
        ? { kind: 'argument', call: parent.parent.parent, argument: node }
        : escape;
    default:
      return escape;
  }
}

function assigned(node: PyNode, assignment: PyNode, binding: ModuleBinding): Destination | null {
  if (node.field !== 'right') return null;
  const bindings: Binding[] = [];
  const targets: PyNode[] = [];
  for (let each: PyNode | null = assignment; each?.kind === 'assignment'; each = each.parent) {
    const left = each.child('left');
    if (left?.kind === 'identifier') {
      const bound = bindingAt(left, binding);
      if (!bound) return null;
      bindings.push(bound);
    } else if (left?.kind === 'attribute') targets.push(left);
    else return null;
  }
  return targets.length > 0
    ? { kind: 'attributes', targets, bindings }
    : { kind: 'bindings', bindings };
}

function walrus(node: PyNode, binding: ModuleBinding): Destination | null {
  const name = node.child('name');
  const bound = name && bindingAt(name, binding);
  return bound ? { kind: 'expression', node, bindings: [bound] } : null;
}

function operand(node: PyNode, parent: PyNode): Destination | null {
  const isLeft = parent.child('left') === node;
  const operator = parent.child('operator')?.text ?? '';
  if (isTested(parent)) return { kind: 'test', operand: node, not: null };
  if (!isLeft) return operator === 'or' ? { kind: 'expression', node: parent, bindings: [] } : null;
  return operator === 'or' && node.kind === 'identifier'
    ? { kind: 'alternative', node: parent, operand: node }
    : null;
}

/** Whether only the truth of an expression counts. */
function isTested(node: PyNode): boolean {
  const { parent } = node;
  if (!parent) return false;
  if (parent.kind === 'parenthesized_expression' || parent.kind === 'boolean_operator')
    return isTested(parent);
  if (parent.kind === 'not_operator') return true;
  if (parent.kind === 'assert_statement') return parent.named[0] === node;
  return (
    CONDITIONS.has(parent.kind) &&
    (parent.kind === 'conditional_expression'
      ? parent.named[1] === node
      : node.field === 'condition')
  );
}

function isComparedWithNone(comparison: PyNode): boolean {
  const operators = comparison.childrenOf('operators').map((each) => each.text);
  const text = operators.join(' ');
  return /^is( not)?$/.test(text) && comparison.named.some((each) => each.kind === 'none');
}

function returned(statement: PyNode, index: number | null): Destination | null {
  const definition = enclosing(statement, 'function_definition', 'lambda', 'class_definition');
  return definition?.kind === 'function_definition' ? { kind: 'result', definition, index } : null;
}

/** An item of a tuple that is returned, or unpacked at once. */
function item(node: PyNode, tuple: PyNode, binding: ModuleBinding): Destination | null {
  const items = itemsOf(tuple);
  const index = items?.indexOf(node) ?? -1;
  let whole = tuple;
  while (whole.parent?.kind === 'parenthesized_expression') whole = whole.parent;
  const { parent } = whole;
  if (index < 0 || !parent) return null;
  if (parent.kind === 'return_statement') return returned(parent, index);
  const taken = takenFrom(whole, index, binding);
  return taken?.kind === 'name' ? { kind: 'bindings', bindings: [taken.binding] } : null;
}

function argument(node: PyNode, list: PyNode, binding: ModuleBinding): Destination | null {
  const call = readCall(list.parent);
  if (!call) return null;
  const name = call.callee.text;
  const isBuiltin = call.callee.kind === 'identifier' && !binding.isBound(name, node);
  if (isBuiltin && TEXTS.has(name)) return { kind: 'text' };
  if (isBuiltin && name === 'bool') return { kind: 'test', operand: node, not: null };
  const method = readMethodCall(call.node);
  if (method && LOGGERS.test(method.method.text) && /log/i.test(method.receiver.text))
    return { kind: 'text' };
  return { kind: 'argument', call: call.node, argument: node };
}
