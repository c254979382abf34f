// Reads the select() that an expression stands for, through local variables, functions that build it and parameters. It executes and judges nothing.
import {
  readCall,
  readMethodCall,
  unparenthesized,
  type Call,
  type MethodCall,
} from '../../python/calls.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import { calledFunction, passedFor } from '../asyncio/called.ts';
import { functionOf } from '../asyncio/sessions.ts';
import type { Facts } from '../facts.ts';

/** One way to a statement. */
export interface Statement {
  readonly facts: Facts;
  /** `select(…)`. */
  readonly head: Call;
  /** The calls that build it, in order, those of earlier assignments first. */
  readonly links: readonly MethodCall[];
  /** Where the expression ends in which `head` stands: loader options may be added here. */
  readonly end: number;
  /** It is a SELECT, which takes loader options; else an INSERT, UPDATE or DELETE that returns objects. */
  readonly selects: boolean;
}

const MAX_DEPTH = 6;

/** The statements that an expression may stand for; unknown ones are left out. */
export function statementsOf(node: PyNode, facts: Facts, depth = 0): readonly Statement[] {
  const inner = unparenthesized(node);
  if (depth > MAX_DEPTH) return [];
  if (inner.kind === 'conditional_expression')
    return [inner.named[0], inner.named[2]].flatMap((each) =>
      each ? statementsOf(each, facts, depth + 1) : [],
    );
  if (inner.kind === 'identifier') return inVariable(inner, facts, depth);
  const links: MethodCall[] = [];
  let base = inner;
  for (
    let link = readMethodCall(base);
    link && !isSelect(link, facts);
    link = readMethodCall(base)
  ) {
    const value = facts.infer(link.callee)?.value;
    if (value?.kind === 'function') break;
    links.unshift(link);
    base = unparenthesized(link.receiver);
  }
  const head = readCall(base);
  if (head && isSelect(head, facts))
    return [{ facts, head, links, end: (links.at(-1) ?? head).node.end, selects: true }];
  const returning = head && isChange(head, facts) ? links.find(returnsRows) : undefined;
  if (returning)
    return [{ facts, head: returning, links: [], end: returning.node.end, selects: false }];
  const started =
    base === inner ? fromCall(base, facts, depth) : statementsOf(base, facts, depth + 1);
  return started.map((each) => ({ ...each, links: [...each.links, ...links] }));
}

function isSelect(call: Call, facts: Facts): boolean {
  const name = facts.qualifiedName(call.callee);
  return (
    name === 'sqlalchemy.select' ||
    name === 'sqlmodel.select' ||
    name === 'sqlalchemy.future.select'
  );
}

function isChange(call: Call, facts: Facts): boolean {
  return /^sqlalchemy\.(\w+\.)*(insert|update|delete)$/.test(
    facts.qualifiedName(call.callee) ?? '',
  );
}

function returnsRows({ method }: MethodCall): boolean {
  return method.text === 'returning';
}

function inVariable(node: PyNode, facts: Facts, depth: number): readonly Statement[] {
  const bindings = facts.binding.reaching(node);
  return bindings.flatMap((binding) => {
    if (binding.kind === 'parameter') return passed(binding.statement, facts, depth);
    if ((binding.kind !== 'assignment' && binding.kind !== 'walrus') || binding.path.length > 0)
      return [];
    // An assignment in a loop may reach itself.
    return binding.value && !holds(binding.value, node)
      ? statementsOf(binding.value, facts, depth + 1)
      : [];
  });
}

function holds(value: PyNode, node: PyNode): boolean {
  return value.start <= node.start && node.end <= value.end;
}

function passed(parameter: PyNode, facts: Facts, depth: number): readonly Statement[] {
  const definition = enclosing(parameter, 'function_definition');
  if (!definition) return [];
  return facts.callersOf(definition).calls.flatMap(({ module, call, skipped }) => {
    const argument = passedFor(call, parameter, skipped);
    return argument ? statementsOf(argument, facts.in(module), depth + 1) : [];
  });
}

/** What a function that builds statements returns. */
function fromCall(node: PyNode, facts: Facts, depth: number): readonly Statement[] {
  const call = readCall(node);
  const called = call && calledFunction(call.callee, facts);
  if (!called) return [];
  return returnsOf(called.definition).flatMap((value) =>
    statementsOf(value, called.facts, depth + 1),
  );
}

/** The expressions that a function returns. */
export function returnsOf(definition: PyNode): readonly PyNode[] {
  const found: PyNode[] = [];
  const visit = (node: PyNode): void => {
    if (
      node.kind === 'function_definition' ||
      node.kind === 'class_definition' ||
      node.kind === 'lambda'
    )
      return;
    if (node.kind === 'return_statement') found.push(...node.named.slice(0, 1));
    else node.children.forEach(visit);
  };
  const body = definition.child('body');
  if (body) visit(body);
  return found.filter((value) => functionOf(value) === definition);
}
