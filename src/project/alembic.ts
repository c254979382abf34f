// Recognises Alembic's files. It reads no configuration.
import type { Facts } from './facts.ts';

/** What every revision file binds; see "Create a Migration Script" in Alembic's tutorial. */
const REVISION_NAMES: readonly string[] = ['revision', 'down_revision', 'upgrade'];

/** Whether the file is an Alembic revision: history, in which only what no longer runs is rewritten. */
export function isRevision({ binding }: Facts): boolean {
  return REVISION_NAMES.every((name) => binding.module.bindings.has(name));
}
