// Lets listeners of `do_orm_execute` read parameters where a statement has none. It judges no listener whose function is not in the same file.
import { keyword } from '../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { readRegistration, type Registration } from '../project/query/listeners.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const LISTEN = /^sqlalchemy\.event\.(api\.)?listens?(_for)?$/;

export default defineTransform({
  id: 'session-event-parameters',
  summary: 'Expect no parameters in listeners of `do_orm_execute`',
  rationale:
    'A Query always gave a dictionary, though mostly an empty one; `parameters` is None for a statement that is executed without any.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/session_api.html#sqlalchemy.orm.ORMExecuteState.parameters',
  fixes: 'safe',
  stillRuns: true,
  rows: [],
  triggers: ['do_orm_execute'],
  example: {
    before:
      '@event.listens_for(Session, "do_orm_execute")\ndef report(state):\n    print(sorted(state.parameters))\n',
    after:
      '@event.listens_for(Session, "do_orm_execute")\ndef report(state):\n    print(sorted(state.parameters or {}))\n',
  },
  visit: {
    call(node, context) {
      const registration = readRegistration(node);
      if (registration?.event !== 'do_orm_execute') return;
      if (!LISTEN.test(context.facts.qualifiedName(registration.call.callee) ?? '')) return;
      const listener = listenerOf(registration, context);
      if (!listener) return;
      const reads = readsOf(listener, context);
      // Code that asks whether there are any knows what to do with None.
      if (reads.some(isAsked)) return;
      for (const read of reads)
        context.fix({
          at: read,
          message: `\`${read.text}\` may be None`,
          safety: 'safe',
          edits: isAlone(read)
            ? [context.after(read, ' or {}')]
            : [context.before(read, '('), context.after(read, ' or {})')],
        });
    },
  },
});

/** The function that listens, and the parameter that is the state of the execution. */
interface Listener {
  readonly definition: PyNode;
  readonly name: string;
}

function listenerOf({ call }: Registration, { facts }: RuleContext): Listener | null {
  const { parent } = call.node;
  if (parent?.kind === 'decorator') return listener(parent.parent?.child('definition') ?? null, 0);
  const given = call.positional[2] ?? keyword(call, 'fn');
  if (given?.kind === 'identifier') return listener(facts.definition(given)?.value ?? null, 0);
  const isOwn = given?.kind === 'attribute' && given.child('object')?.text === 'self';
  const body = isOwn ? enclosing(given, 'class_definition')?.child('body') : null;
  const method = body?.named.find(
    (each) => each.child('name')?.text === given?.child('attribute')?.text,
  );
  return listener(method ?? null, 1);
}

function listener(definition: PyNode | null, position: number): Listener | null {
  if (definition?.kind !== 'function_definition') return null;
  const parameter = definition.child('parameters')?.named[position];
  const name = /^\w+/.exec(parameter?.text ?? '')?.[0];
  return name === undefined ? null : { definition, name };
}

/** `state.parameters`, wherever the listener reads it. */
function readsOf({ definition, name }: Listener, { facts }: RuleContext): readonly PyNode[] {
  return descendants(definition, 'attribute').filter((node) => {
    const object = node.child('object');
    return (
      object?.kind === 'identifier' &&
      object.text === name &&
      node.child('attribute')?.text === 'parameters' &&
      node.field !== 'left' &&
      facts.definition(object)?.kind === 'parameter'
    );
  });
}

/** `if state.parameters:`, `state.parameters is None`, `state.parameters or {}`. */
function isAsked(node: PyNode): boolean {
  return (
    /^(boolean_operator|comparison_operator|not_operator)$/.test(node.parent?.kind ?? '') ||
    node.field === 'condition'
  );
}

/** Whether `or` binds weaker than whatever stands around the node. */
function isAlone({ parent, field }: PyNode): boolean {
  if (parent?.kind === 'argument_list') return true;
  return (
    (parent?.kind === 'assignment' && field === 'right') ||
    (parent?.kind === 'keyword_argument' && field === 'value') ||
    parent?.kind === 'return_statement'
  );
}
