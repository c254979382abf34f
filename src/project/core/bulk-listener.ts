// Rewrites listeners of `after_bulk_update` and `after_bulk_delete` that take the four arguments of 0.8: since then they get one object, and 2.1 passes nothing else.
import type { Edit } from '../../edits/edit.ts';
import type { PyNode } from '../../python/tree.ts';
import { parameterName } from '../infer/arguments.ts';
import type { RuleContext } from '../rule.ts';

const CONTEXTS: ReadonlyMap<string, string> = new Map([
  ['after_bulk_update', 'update_context'],
  ['after_bulk_delete', 'delete_context'],
]);

/** What the object has of the four arguments, in their order; the third it has not. */
const MEMBERS: readonly (string | null)[] = ['session', 'query', null, 'result'];

/** Rewrites a listener of a bulk event, if its event is one and it takes four arguments */
export function adaptBulkListener(
  listener: { readonly parameters: readonly PyNode[]; readonly isShared: boolean },
  event: string,
  context: RuleContext,
): void {
  const name = CONTEXTS.get(event);
  const { parameters, isShared } = listener;
  const [first] = parameters;
  const last = parameters.at(-1);
  if (name === undefined || parameters.length !== MEMBERS.length || !first || !last) return;
  const message = `a listener of \`${event}\` with four arguments`;
  const edits = isShared ? null : reads(parameters, name, context);
  if (edits)
    context.fix({
      at: first,
      message,
      safety: 'safe',
      edits: [context.replace({ start: first.start, end: last.end }, name), ...edits],
    });
  else
    context.manual({
      at: first,
      message,
      reason: `2.1 passes one: take \`${name}\`, and read \`${name}.session\`, \`.query\` and \`.result\``,
    });
}

/** The edits that read the arguments from the object; `null` where one is read that it has not, or bound again. */
function reads(
  parameters: readonly PyNode[],
  name: string,
  context: RuleContext,
): readonly Edit[] | null {
  const { binding } = context.facts;
  const edits: Edit[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const scope = binding.scopeOf(
      parameter.kind === 'identifier' ? parameter : (parameter.named[0] ?? parameter),
    );
    const called = parameterName(parameter);
    if (called === null || scope.bindings.has(name) || scope.bindings.get(called)?.length !== 1)
      return null;
    const uses = binding.references(scope, called);
    const member = MEMBERS[index];
    if (!member && uses.length > 0) return null;
    edits.push(...uses.map((use) => context.replace(use, `${name}.${member ?? ''}`)));
  }
  return edits;
}
