// Builds everything that is known about a project from its parsed files. The entry of this layer for the engine.
import type { Facts } from './facts.ts';
import type { ModelIndex } from './models.ts';
import type { ModuleGraph } from './modules.ts';
import type { Carried } from './infer.ts';
import type { QueryBlockers } from './query/blockers.ts';

/** The project as known in one pass. */
export interface Project {
  readonly graph: ModuleGraph;
  readonly models: ModelIndex;
  /** The facts as seen from the file at `path` (relative, POSIX). */
  factsFor(path: string): Facts;
  /** What changes the meaning of queries. */
  queryBlockers(): QueryBlockers;
  /** What the next pass takes over: what is known of the text as it was, and of files that have not changed. */
  readonly carried: Carried;
}
