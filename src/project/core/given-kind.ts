// Tells what a statement does that the callers of a function pass to it. It does not look into the statement.
import { readCall } from '../../python/calls.ts';
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { argumentFor } from '../infer/arguments.ts';
import { statementKind, type StatementKind } from './statement-kind.ts';

/**
 * The kind of the statement that an expression gives; of a parameter by what is passed: a `write` if one caller passes one, a `read` if all callers
 * are seen and pass reads.
 */
export function givenKind(node: PyNode, facts: Facts): StatementKind {
  const kind = statementKind(node, facts);
  return kind === 'unknown' ? (passedKind(node, facts) ?? kind) : kind;
}

function passedKind(node: PyNode, facts: Facts): StatementKind | null {
  const call = readCall(node);
  const [text] = call?.positional ?? [];
  const given =
    text && facts.qualifiedName(call?.callee ?? node) === 'sqlalchemy.text' ? text : node;
  const binding = given.kind === 'identifier' ? facts.definition(given) : null;
  if (binding?.kind !== 'parameter') return null;
  const definition = enclosing(binding.statement, 'function_definition', 'lambda');
  if (definition?.kind !== 'function_definition') return null;
  const { calls, open } = facts.callersOf(definition);
  const kinds = calls.map(({ call: caller, module, skipped }) => {
    const argument = argumentFor(caller, binding.statement, skipped);
    return typeof argument === 'string' ? 'unknown' : statementKind(argument, facts.in(module));
  });
  if (kinds.includes('write')) return 'write';
  if (kinds.includes('dialect')) return 'dialect';
  return !open && kinds.length > 0 && kinds.every((each) => each === 'read') ? 'read' : null;
}
