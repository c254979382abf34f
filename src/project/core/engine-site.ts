// Finds the statement that has to move into a `with` block so that an Engine's execute() can go through a Connection.
import { readMethodCall, type MethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';
import type { Evidence } from '../values.ts';
import { ownsLines } from './blocks.ts';
import { ENGINES, receiverEvidence } from './receivers.ts';
import { looks } from './hoisted-value.ts';
import { isDeferredGenerator, resultUse, suspends, variableUse } from './result-use.ts';
import { startsLine } from '../../python/displays.ts';

/** A call of `execute()` or `scalar()` on an Engine. */
export interface EngineCall {
  readonly call: MethodCall;
  readonly evidence: Evidence;
}

/** Where the block goes. */
export interface EngineHost {
  /** The first statement of the block. */
  readonly first: PyNode;
  /** Its last statement. */
  readonly last: PyNode;
  /** The condition of an `if` statement: only it moves into the block. */
  readonly condition: PyNode | null;
  /** All calls on engines in the part that moves, in source order. */
  readonly calls: readonly EngineCall[];
  /** The rows are read at once, because what iterates over them stays outside. */
  readonly readsAll: boolean;
  /** The block stays open while other code runs. */
  readonly isLong: boolean;
  /** That code may look at the database. */
  readonly isShared: boolean;
  /** The call may be skipped at run time; the connection is then opened for nothing. */
  readonly isConditional: boolean;
}

const EXECUTING: ReadonlySet<string> = new Set(['execute', 'scalar']);
/** Statements of one line of thought, which a `with` block can hold. */
export const SIMPLE: ReadonlySet<string> = new Set([
  'expression_statement',
  'return_statement',
  'assert_statement',
]);
const SHORT_CIRCUIT: ReadonlySet<string> = new Set(['conditional_expression', 'boolean_operator']);

/** Takes a node apart that calls an Engine; `null` for any other. */
export function readEngineCall(node: PyNode, context: RuleContext): EngineCall | null {
  const call = readMethodCall(node, EXECUTING);
  if (!call) return null;
  const evidence = receiverEvidence(call.receiver, ENGINES, context);
  return evidence && { call, evidence };
}

/** The block that a call needs, or why there can be none. */
export function hostOf(
  node: PyNode,
  context: RuleContext,
): EngineHost | { readonly refusal: string } {
  let isConditional = false;
  let part = node;
  for (let each = node; each.parent; each = each.parent) {
    if (each.kind === 'lambda' || isDeferredGenerator(each, context.facts))
      return { refusal: `a ${each.kind.replace('_', ' ')} cannot hold a with block` };
    if (SHORT_CIRCUIT.has(each.kind)) isConditional = true;
    part = each;
    if (each.kind === 'block' || /_(statement|definition)$/.test(each.parent.kind)) {
      if (SIMPLE.has(each.parent.kind) || each.parent.kind.startsWith('for_')) break;
      if (each.parent.kind === 'if_statement' && each.field === 'condition')
        return conditionHost(each, isConditional, context);
      return { refusal: 'the call does not stand in a statement that a with block can hold' };
    }
  }
  const statement = part.parent;
  if (!statement) return { refusal: 'the call stands in no statement' };
  return statementHost(node, part, statement, isConditional, context);
}

function conditionHost(
  condition: PyNode,
  isConditional: boolean,
  context: RuleContext,
): EngineHost | { readonly refusal: string } {
  const statement = condition.parent;
  if (!statement || !startsLine(statement)) return { refusal: 'the if statement shares its line' };
  const calls = callsIn(condition, context);
  if (
    calls.some(
      ({ call }) =>
        resultUse(call.node, context.facts).kind !== 'consumed' && call.method.text === 'execute',
    )
  )
    return { refusal: 'the condition tests the result itself' };
  return {
    first: statement,
    last: statement,
    condition,
    calls,
    readsAll: false,
    isLong: false,
    isShared: false,
    isConditional,
  };
}

function statementHost(
  node: PyNode,
  part: PyNode,
  statement: PyNode,
  isConditional: boolean,
  context: RuleContext,
): EngineHost | { readonly refusal: string } {
  const { facts } = context;
  if (!ownsLines(statement)) return { refusal: 'the statement shares its line with another' };
  if (facts.binding.scopeOf(statement).kind === 'class')
    return { refusal: 'a with block in the body of a class would add an attribute' };
  if (suspends(statement))
    return { refusal: 'a generator would keep the connection while it is suspended' };
  const calls = callsIn(SIMPLE.has(statement.kind) ? statement : part, context);
  const host = {
    first: statement,
    last: statement,
    condition: null,
    calls,
    readsAll: false,
    isLong: false,
    isShared: false,
    isConditional,
  };
  const isScalar = readMethodCall(node)?.method.text === 'scalar';
  const use = isScalar ? { kind: 'consumed' as const } : resultUse(node, facts);
  switch (use.kind) {
    case 'consumed':
      return host;
    case 'escapes':
      return {
        refusal: `${use.how}, after its connection would be closed; read the rows at once, with .all()`,
      };
    case 'loop':
      return use.statement === statement ? { ...host, isLong: true } : host;
    case 'variable': {
      if (calls.length > 1) return { refusal: 'the statement executes more than once' };
      const later = variableUse(use.name, statement, facts);
      if (later.kind === 'escapes')
        return {
          refusal: `${later.how}, after its connection would be closed; read the rows at once, with .all()`,
        };
      if (later.kind === 'detached') return host;
      if (later.kind === 'iterated') return { ...host, readsAll: true };
      if (![...later.between, later.last].every((each) => ownsLines(each) && !suspends(each)))
        return { refusal: 'what reads the result cannot move into a with block' };
      return {
        ...host,
        last: later.last,
        isLong: later.last !== statement,
        isShared: later.between.some((each) => looks(each, facts)),
      };
    }
  }
}

function callsIn(part: PyNode, context: RuleContext): readonly EngineCall[] {
  return descendants(part, 'call')
    .map((node) => readEngineCall(node, context))
    .filter((each) => each !== null);
}
