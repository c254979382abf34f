// The registry of rules as the engine and the command line use it.
import type { Transform } from '../project/rule.ts';

/** All rules in the order in which they win conflicts. */
export const transforms: readonly Transform[] = [];
