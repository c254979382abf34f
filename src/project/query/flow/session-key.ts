// Tells sessions of queries apart. It names none of them.
import type { Holder } from '../query-properties.ts';
import type { OwnSession } from './own-session.ts';
import type { FlowSession, KnownSession, LocalSession } from './session.ts';

/** What is known of the session where two ways meet: every way to name it that both have. */
export function mergeSessions(a: FlowSession, b: FlowSession): FlowSession {
  if (a.kind === 'lost') return a;
  if (b.kind === 'lost') return b;
  const merged: KnownSession = {
    kind: 'known',
    local: a.local && b.local && localKey(a.local) === localKey(b.local) ? a.local : null,
    holder: holderKey(a.holder) === holderKey(b.holder) ? a.holder : null,
    member: a.member === b.member ? a.member : null,
    given: JSON.stringify(a.given) === JSON.stringify(b.given) ? a.given : null,
    ...(a.own && ownKey(a.own) === ownKey(b.own) ? { own: a.own } : {}),
    isFlask: a.isFlask && b.isFlask,
  };
  return merged.own || merged.local || merged.holder || merged.member !== null || merged.given
    ? merged
    : { kind: 'lost', why: 'queries of different sessions come together' };
}

/** A text that tells sessions apart. */
export function sessionKey(session: FlowSession): string {
  if (session.kind === 'lost') return `lost ${session.why}`;
  const { local, holder, member, given, own } = session;
  return JSON.stringify([local && localKey(local), holderKey(holder), member, given, ownKey(own)]);
}

function ownKey(own: OwnSession | undefined): string {
  return own ? `${own.name} ${own.statement.start}` : '';
}

function holderKey(holder: Holder | null): string {
  return holder ? `${holder.id}${holder.path}` : '';
}

function localKey({ module, scope, text, bindings }: LocalSession): string {
  const starts = bindings.map((each) => each.node.start).join(',');
  return `${module.path} ${scope.node.start} ${text} ${starts}`;
}
