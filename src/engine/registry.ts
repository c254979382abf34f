// The registry of rules as the engine and the command line use it.
import type { Transform } from '../project/rule.ts';
import modelAsDeclarative from '../transforms/model-as-declarative.ts';
import modelColumn from '../transforms/model-column.ts';
import modelDeclarativeBase from '../transforms/model-declarative-base.ts';
import relUntyped from '../transforms/rel-untyped.ts';

/** All rules in the order in which they win conflicts. */
export const transforms: readonly Transform[] = [
  modelDeclarativeBase,
  modelAsDeclarative,
  modelColumn,
  relUntyped,
];
