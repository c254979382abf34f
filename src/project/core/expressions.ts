// Tells single SQL expressions from lists and None where syntax or inference show it.
import { readCall, readMethodCall, unparenthesized } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import { EXPRESSION_METHODS } from '../../sqlalchemy/select-arguments.ts';
import type { Facts } from '../facts.ts';
import type { Value } from '../values.ts';

const OPERATIONS: ReadonlySet<string> = new Set([
  'comparison_operator',
  'unary_operator',
  'not_operator',
]);
const FROM_CLAUSES: ReadonlySet<string> = new Set(
  'Alias CTE Column ColumnClause CompoundSelect Exists Join Label Lateral ScalarSelect Select Subquery Table TableClause TextClause'
    .split(' ')
    .map((name) => `sqlalchemy.${name}`),
);

/** Whether the value is proven to be one SQL expression: no list, not None. */
export function isExpression(node: PyNode, facts: Facts): boolean {
  const inner = unparenthesized(node);
  if (OPERATIONS.has(inner.kind)) return true;
  if (inner.kind === 'binary_operator') return !inner.token('+');
  const call = readCall(inner);
  if (call && (isExpressionCall(inner, facts) || givesExpression(call.callee, facts))) return true;
  if (inner.kind === 'attribute' && isColumn(inner, facts)) return true;
  if (facts.mappedClass(inner)) return true;
  const inferred = facts.infer(inner);
  if (inferred?.evidence === 'proven' && isFromClause(inferred.value)) return true;
  return inner.kind === 'identifier' && isExpressionVariable(inner, facts);
}

/** Whether a function of the project, which nothing overrides, ends with a `return`, and every one in it returns an expression. */
function givesExpression(callee: PyNode, facts: Facts): boolean {
  const inferred = facts.infer(callee);
  if (inferred?.evidence !== 'proven' || inferred.value.kind !== 'function') return false;
  const [source, ...others] = facts.index.functionsById(inferred.value.id);
  if (!source || others.length > 0 || source.isAsync || source.isGenerator) return false;
  const { node, name, owner, module, decorators } = source;
  const isOverridden =
    owner !== null && facts.index.descendants(owner).some((each) => each.scope.bindings.has(name));
  const last = node.child('body')?.named.findLast(({ kind }) => kind !== 'comment');
  if (isOverridden || last?.kind !== 'return_statement') return false;
  if (decorators.some(({ text }) => !/^(class|static)method$/.test(text))) return false;
  const home = facts.in(module);
  return descendants(node, 'return_statement')
    .filter((each) => enclosing(each, 'function_definition') === node)
    .every(({ named: [value] }) => {
      const given = value && unparenthesized(value);
      // Further functions, and variables with what they give, are not followed: they may lead back here.
      if (!given || given.kind === 'identifier') return false;
      return given.kind === 'call' ? isExpressionCall(given, home) : isExpression(given, home);
    });
}

/** Whether every assignment that reaches a name gives it an expression. */
function isExpressionVariable(name: PyNode, facts: Facts): boolean {
  const bindings = facts.binding.reaching(name);
  return (
    bindings.length > 0 &&
    bindings.every(
      ({ kind, path, value }) =>
        kind === 'assignment' &&
        path.length === 0 &&
        value !== null &&
        value.kind !== 'identifier' &&
        isExpression(value, facts),
    )
  );
}

function isExpressionCall(node: PyNode, facts: Facts): boolean {
  const call = readCall(node);
  if (facts.qualifiedName(call?.callee ?? node)?.startsWith('sqlalchemy.')) return true;
  const method = readMethodCall(node);
  if (!method) return false;
  // func.lower(x), and every further dotted function name
  if (facts.qualifiedName(method.receiver)?.startsWith('sqlalchemy.func')) return true;
  return EXPRESSION_METHODS.has(method.method.text);
}

/** Whether an attribute names a column: `User.name`, `table.c.name`. */
export function isColumn(node: PyNode, facts: Facts): boolean {
  const object = node.child('object');
  if (!object) return false;
  if (node.child('attribute')?.text === '__table__') return facts.mappedClass(object) !== null;
  if (facts.mappedClass(object)) return true;
  return object.kind === 'attribute' && /^(c|columns)$/.test(object.child('attribute')?.text ?? '');
}

function isFromClause(value: Value): boolean {
  return value.kind === 'instance' && FROM_CLAUSES.has(value.of);
}
