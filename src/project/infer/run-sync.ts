// What `run_sync` of an async session or connection passes to the function that it runs.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred } from '../values.ts';
import type { Tracer } from './tracer.ts';

/** What `run_sync` of an async session or connection passes first. */
export function runSyncArgument(tracer: Tracer, module: Module, callee: PyNode): Inferred | null {
  if (callee.child('attribute')?.text !== 'run_sync') return null;
  const object = callee.child('object');
  const owner = object && tracer.infer(module, object);
  if (!owner) return null;
  return tracer.member(owner, 'sync_session') ?? tracer.member(owner, 'sync_connection');
}
