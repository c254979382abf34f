// The ordered registry of transforms. Where two fixes collide, the earlier one wins; the other is proposed again on the next pass.
import type { Transform } from '../project/rule.ts';
import coreAsScalar from './core-as-scalar.ts';
import coreCaseList from './core-case-list.ts';
import coreExistsList from './core-exists-list.ts';
import coreSelectList from './core-select-list.ts';
import importMoved from './import-moved.ts';
import modelAsDeclarative from './model-as-declarative.ts';
import modelColumn from './model-column.ts';
import modelDeclarativeBase from './model-declarative-base.ts';
import relUntyped from './rel-untyped.ts';

/** All transforms, in the order in which they are applied. */
export const transforms: readonly Transform[] = [
  importMoved,
  modelDeclarativeBase,
  modelAsDeclarative,
  modelColumn,
  relUntyped,
  coreSelectList,
  coreExistsList,
  coreCaseList,
  coreAsScalar,
];
