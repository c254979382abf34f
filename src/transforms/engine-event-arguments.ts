// Gives listeners of engines, pools and bulk statements the arguments that 2.x passes. The table is in src/sqlalchemy/event-arguments.ts.
import { itemRemovals, keyword, readCall } from '../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { ownsLines } from '../project/core/blocks.ts';
import { adaptBulkListener } from '../project/core/bulk-listener.ts';
import { readRegistration, type Registration } from '../project/query/listeners.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { Edit } from '../edits/edit.ts';
import { EVENT_ARGUMENTS, type EventArguments } from '../sqlalchemy/event-arguments.ts';

const LISTEN = /^sqlalchemy\.event\.(api\.)?listens?(_for)?$/;

export default defineTransform({
  id: 'engine-event-arguments',
  summary: 'Give listeners the arguments that 2.x passes',
  rationale:
    'Listeners with the arguments of 1.x still run, but warn: `branch` is always False, and `execution_options` and `reset_state` are passed as well.',
  reference: 'https://docs.sqlalchemy.org/en/20/core/events.html',
  fixes: 'safe',
  stillRuns: true,
  rows: ['event-engine-connect', 'v21-removed-events'],
  triggers: ['engine_connect', 'before_execute', 'after_execute', 'reset', 'after_bulk_'],
  example: {
    before:
      '@event.listens_for(engine, "engine_connect")\ndef on_connect(connection, branch):\n    print("connected")\n',
    after:
      '@event.listens_for(engine, "engine_connect")\ndef on_connect(connection):\n    print("connected")\n',
  },
  visit: {
    call(node, context) {
      const registration = readRegistration(node);
      if (!registration) return;
      const entry = EVENT_ARGUMENTS.find(({ event }) => event === registration.event);
      if (!entry && !registration.event.startsWith('after_bulk_')) return;
      const { targetVersion } = context.settings;
      if (entry?.since === '2.0' && targetVersion === '1.4') return;
      if (!LISTEN.test(context.facts.qualifiedName(registration.call.callee) ?? '')) return;
      if (keyword(registration.call, 'named') || registration.call.doubleStarred) return;
      const listener = listenerOf(registration, context);
      if (!listener) return;
      if (entry) adapt(listener, entry, context);
      else adaptBulkListener(listener, registration.event, context);
    },
  },
});

/** A function that listens, with the parameters that the event fills. */
interface Listener {
  readonly node: PyNode;
  readonly parameters: readonly PyNode[];
  /** It is called by others too, or listens to several events. */
  readonly isShared: boolean;
}

function listenerOf({ call }: Registration, context: RuleContext): Listener | null {
  const { parent } = call.node;
  if (parent?.kind === 'decorator') {
    const definition = parent.parent?.child('definition');
    const decorators = parent.parent?.named.filter(({ kind }) => kind === 'decorator') ?? [];
    return definition?.kind === 'function_definition'
      ? listener(definition, decorators.length > 1 || isMentioned(definition, 0, context))
      : null;
  }
  const given = parent && readCall(parent)?.callee === call.node ? readCall(parent) : call;
  const fn = given === call ? (call.positional[2] ?? keyword(call, 'fn')) : given?.positional[0];
  if (!fn) return null;
  if (fn.kind === 'lambda') return listener(fn, false);
  const value = fn.kind === 'identifier' ? context.facts.definition(fn)?.value : null;
  return value?.kind === 'function_definition'
    ? listener(
        value,
        value.parent?.kind === 'decorated_definition' || isMentioned(value, 1, context),
      )
    : null;
}

/** Methods are left: what calls them is not seen. */
function listener(node: PyNode, isShared: boolean): Listener | null {
  const parameters = node.child('parameters')?.named ?? [];
  if (enclosing(node, 'class_definition', 'function_definition')?.kind === 'class_definition')
    return null;
  const isPlain = parameters.every(({ kind }) => /parameter$|^identifier$/.test(kind));
  return isPlain ? { node, parameters, isShared } : null;
}

/** Whether the name of a function is read more often than its registration reads it. */
function isMentioned(definition: PyNode, own: number, { facts }: RuleContext): boolean {
  const name = definition.child('name');
  const found = name && facts.binding.lookup(name.text, name);
  if (!name || !found || found.bindings.length > 1) return true;
  if (facts.binding.references(found.scope, name.text).length > own) return true;
  return (
    found.scope.kind === 'module' &&
    facts.modules.modules.some(
      (module) =>
        module !== facts.module &&
        module.binding.imports.some(({ imported }) => imported?.name === name.text),
    )
  );
}

function adapt(listening: Listener, entry: EventArguments, context: RuleContext): void {
  const { node, parameters, isShared } = listening;
  const { event, before, added, dropped, was = '' } = entry;
  if (parameters.length !== before || parameters.some(isKeywordOnly)) return;
  const list = node.child('parameters');
  const message = `a listener of \`${event}\` with the arguments of 1.x`;
  const at = node.kind === 'lambda' ? node : (node.child('name') ?? node);
  if (isShared || !list)
    return context.manual({
      at,
      message,
      reason: added
        ? `it is called elsewhere too: add \`${added.name}\` as argument ${added.position + 1} there as well`
        : `it is called elsewhere too: drop the argument, which is always ${was}, there as well`,
    });
  if (added)
    return context.fix({
      at,
      message,
      safety: 'safe',
      edits: addition(parameters, added, context),
    });
  const edits = removal(listening, list, dropped ?? 0, context);
  if (!edits)
    return context.manual({
      at,
      message,
      reason: `drop \`${nameOf(parameters[dropped ?? 0])}\`, which is always ${was}, with the code that asks for it`,
    });
  context.fix({ at, message, safety: 'safe', edits });
}

function isKeywordOnly({ kind }: PyNode): boolean {
  return /splat|separator/.test(kind);
}

function nameOf(parameter: PyNode | undefined): string {
  return parameter ? (/^\w+/.exec(parameter.text)?.[0] ?? '') : '';
}

function addition(
  parameters: readonly PyNode[],
  { name, position }: NonNullable<EventArguments['added']>,
  context: RuleContext,
): readonly Edit[] {
  const next = parameters[position];
  const last = parameters.at(-1);
  if (next) return [context.before(next, `${name}, `)];
  // A parameter without a default cannot follow one that has it.
  const isOptional = last !== undefined && /default/.test(last.kind);
  return last ? [context.after(last, `, ${name}${isOptional ? '=None' : ''}`)] : [];
}

/** Drops a parameter, and the `if` statement that returns where it is true; `null` if the function reads it otherwise. */
function removal(
  { node, parameters }: Listener,
  list: PyNode,
  position: number,
  context: RuleContext,
): readonly Edit[] | null {
  const parameter = parameters[position];
  const body = node.child('body');
  if (!parameter || !body) return null;
  const removed = itemRemovals(list, [parameter]).map((span) => context.replace(span, ''));
  const name = nameOf(parameter);
  const uses = descendants(body, 'identifier').filter(({ text }) => text === name);
  if (uses.length === 0) return removed;
  const [only] = uses;
  const statement = only?.parent;
  const isGuard =
    uses.length === 1 &&
    statement?.kind === 'if_statement' &&
    statement.parent === body &&
    /^if\s+\w+\s*:\s*return(\s+None)?$/.test(statement.text) &&
    ownsLines(statement);
  const next = isGuard ? body.named[body.named.indexOf(statement) + 1] : undefined;
  if (!isGuard || !next || /[#]/.test(node.source.slice(statement.end, next.start))) return null;
  return [...removed, context.replace({ start: statement.start, end: next.start }, '')];
}
