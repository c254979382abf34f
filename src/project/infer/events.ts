// What SQLAlchemy passes to event listeners, by the event's name. Only listeners registered by decorator are known.
import { callArguments } from './arguments.ts';
import type { Inferred } from '../values.ts';
import { proven, type FunctionSource, type Tracer } from './tracer.ts';
import { instance } from './value.ts';

const SESSION = 'sqlalchemy.orm.Session';
const MAPPER = 'sqlalchemy.orm.Mapper';
const CONNECTION = 'sqlalchemy.Connection';
const DBAPI_CONNECTION = 'sqlalchemy.engine.interfaces.DBAPIConnection';

/** The position and class of a parameter that matters, by the name of the event. */
type Parameters = ReadonlyMap<string, readonly [position: number, of: string]>;

/** See "Core Events" and "ORM Events" in SQLAlchemy's documentation. */
const EVENTS: Parameters = new Map([
  ...events(
    'before_commit after_commit after_rollback after_soft_rollback before_flush after_flush after_flush_postexec after_begin before_attach ' +
      'after_attach after_transaction_create after_transaction_end transient_to_pending pending_to_transient persistent_to_transient ' +
      'pending_to_persistent pending_to_deleted detached_to_persistent loaded_as_persistent persistent_to_deleted deleted_to_persistent ' +
      'deleted_to_detached persistent_to_detached',
    0,
    SESSION,
  ),
  ...events(
    'before_insert after_insert before_update after_update before_delete after_delete before_create after_create before_drop after_drop',
    1,
    CONNECTION,
  ),
  ...events(
    'before_execute after_execute before_cursor_execute after_cursor_execute begin commit rollback savepoint rollback_savepoint ' +
      'release_savepoint engine_connect set_connection_execution_options',
    0,
    CONNECTION,
  ),
  ...events(
    'connect first_connect checkout checkin close detach invalidate reset soft_invalidate',
    0,
    DBAPI_CONNECTION,
  ),
]);

const MAPPER_EVENTS: Parameters = new Map(
  events(
    'before_insert after_insert before_update after_update before_delete after_delete ' +
      'instrument_class before_mapper_configured mapper_configured',
    0,
    MAPPER,
  ),
);

function events(names: string, position: number, of: string): [string, [number, string]][] {
  return names.split(' ').map((name) => [name, [position, of]]);
}

/** The value of a parameter of a function decorated with `@event.listens_for(target, "name")`. */
export function listenerParameter(
  tracer: Tracer,
  source: FunctionSource,
  position: number,
): Inferred | null {
  for (const decorator of source.decorators) {
    const callee = decorator.kind === 'call' ? decorator.child('function') : null;
    const symbol = callee && tracer.symbols.symbolOf(source.module, callee);
    if (symbol?.kind !== 'library' || !/^sqlalchemy\.event(\.api)?\.listens_for$/.test(symbol.name))
      continue;
    const name = callArguments(decorator).positional[1];
    const text = name?.children.find((child) => child.kind === 'string_content')?.text ?? '';
    for (const known of [EVENTS, MAPPER_EVENTS]) {
      const [at, of] = known.get(text) ?? [];
      if (of !== undefined && at === position) return proven(instance(of));
    }
  }
  return null;
}
