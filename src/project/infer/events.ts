// What SQLAlchemy passes to event listeners, by the event's name: to those that a decorator registers, and to those given to `event.listen()`.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import { callArguments } from './arguments.ts';
import { partOf, wholeExpression } from './call-sites.ts';
import type { Inferred } from '../values.ts';
import { proven, type FunctionSource, type Tracer } from './tracer.ts';
import { instance } from './value.ts';

const SESSION = 'sqlalchemy.orm.Session';
const CONNECTION = 'sqlalchemy.Connection';
const MAPPER = 'sqlalchemy.orm.Mapper';
const DBAPI_CONNECTION = 'sqlalchemy.engine.interfaces.DBAPIConnection';

/** The class of each parameter that matters, by the names of events. See "Core Events" and "ORM Events" in SQLAlchemy's documentation. */
const EVENTS: ReadonlyMap<string, readonly (string | null)[]> = new Map([
  ...events(
    'before_commit after_commit after_rollback after_soft_rollback before_flush after_flush after_flush_postexec after_begin before_attach ' +
      'after_attach after_transaction_create after_transaction_end transient_to_pending pending_to_transient persistent_to_transient ' +
      'pending_to_persistent pending_to_deleted detached_to_persistent loaded_as_persistent persistent_to_deleted deleted_to_persistent ' +
      'deleted_to_detached persistent_to_detached',
    [SESSION],
  ),
  ...events('before_insert after_insert before_update after_update before_delete after_delete', [
    MAPPER,
    CONNECTION,
  ]),
  ...events('before_create after_create before_drop after_drop', [null, CONNECTION]),
  ...events('before_mapper_configured instrument_class mapper_configured', [MAPPER]),
  ...events(
    'before_execute after_execute before_cursor_execute after_cursor_execute begin commit rollback savepoint rollback_savepoint ' +
      'release_savepoint engine_connect set_connection_execution_options',
    [CONNECTION],
  ),
  ...events(
    'connect first_connect checkout checkin close detach invalidate reset soft_invalidate',
    [DBAPI_CONNECTION],
  ),
]);

function events(
  names: string,
  parameters: readonly (string | null)[],
): [string, readonly (string | null)[]][] {
  return names.split(' ').map((name) => [name, parameters]);
}

/** An event that a function listens to. */
export interface ListenedEvent {
  readonly name: string;
  /** How many parameters come before those of the event: 1 for a bound method. */
  readonly skipped: number;
}

/** The value of a parameter of a function that listens to an event. */
export function listenerParameter(
  tracer: Tracer,
  source: FunctionSource,
  position: number,
): Inferred | null {
  for (const { name, skipped } of listenedEvents(tracer, source)) {
    const of = EVENTS.get(name)?.[position - skipped];
    if (of) return proven(instance(of));
  }
  return null;
}

/** The events for which `@event.listens_for(target, "name")` or `event.listen(target, "name", function)` registers a function. */
export function listenedEvents(tracer: Tracer, source: FunctionSource): readonly ListenedEvent[] {
  const decorating = source.decorators.flatMap((decorator) => {
    const name = registeredName(tracer, source.module, decorator, 'listens_for');
    return name === null ? [] : [{ name, skipped: 0 }];
  });
  const given = tracer.index.mentions(source.name).flatMap(({ module, node }) => {
    const expression = wholeExpression(node);
    const call = expression.parent?.kind === 'argument_list' ? expression.parent.parent : null;
    const name = call && registeredName(tracer, module, call, 'listen');
    if (!name || callArguments(call).positional[2] !== expression) return [];
    const skipped = partOf(tracer, source, module, expression);
    return typeof skipped === 'number' ? [{ name, skipped }] : [];
  });
  return [...decorating, ...given];
}

/** The name of the event in a call of `sqlalchemy.event.listen()` or `listens_for()`. */
function registeredName(
  tracer: Tracer,
  module: Module,
  call: PyNode,
  by: 'listen' | 'listens_for',
): string | null {
  const callee = call.kind === 'call' ? call.child('function') : null;
  if (!callee?.text.endsWith(by)) return null;
  const symbol = tracer.symbols.symbolOf(module, callee);
  if (symbol?.kind !== 'library' || !REGISTERS.test(symbol.name)) return null;
  const name = callArguments(call).positional[1];
  return name?.children.find((child) => child.kind === 'string_content')?.text ?? null;
}

const REGISTERS = /^sqlalchemy\.event(\.api)?\.(listen|listens_for)$/;
