// Tells sessions of queries apart. It names none of them.
import type { FlowSession } from './session.ts';

/** Whether two are the same. */
export function sameSession(a: FlowSession, b: FlowSession): boolean {
  return sessionKey(a) === sessionKey(b);
}

/** A text that tells sessions apart. */
export function sessionKey(session: FlowSession): string {
  if (session.kind === 'lost') return `lost ${session.why}`;
  const { local, holder, member, given, own } = session;
  if (own) return `own ${own.name} ${own.statement.start}`;
  if (holder) return `${holder.id}${holder.path}`;
  if (!local) return JSON.stringify([member, given]);
  const bindings = local.bindings.map((each) => each.node.start).join(',');
  return `${local.module.path} ${local.scope.node.start} ${local.text} ${bindings}`;
}
