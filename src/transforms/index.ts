// The ordered registry of transforms. Where two fixes collide, the earlier one wins; the other is proposed again on the next pass.
import type { Transform } from '../project/rule.ts';
import coreAsScalar from './core-as-scalar.ts';
import coreCaseList from './core-case-list.ts';
import coreDmlArguments from './core-dml-arguments.ts';
import coreExistsList from './core-exists-list.ts';
import coreSelectList from './core-select-list.ts';
import connAutocommit from './conn-autocommit.ts';
import connExecuteStr from './conn-execute-str.ts';
import sessionExecuteStr from './session-execute-str.ts';
import engineExecute from './engine-execute.ts';
import rowStrIndex from './row-str-index.ts';
import importMoved from './import-moved.ts';
import lintNPlusOne from './lint-n-plus-one.ts';
import modelAsDeclarative from './model-as-declarative.ts';
import modelColumn from './model-column.ts';
import modelDeclaredAttr from './model-declared-attr.ts';
import modelDeclarativeBase from './model-declarative-base.ts';
import queryJoinString from './query-join-string.ts';
import loaderMultiKey from './loader-multi-key.ts';
import loaderString from './loader-string.ts';
import fsaModelQuery from './fsa-model-query.ts';
import modelLegacy from './model-legacy.ts';
import modelProperty from './model-property.ts';
import modelRefused from './model-refused.ts';
import queryAll from './query-all.ts';
import queryCount from './query-count.ts';
import queryDelete from './query-delete.ts';
import queryExists from './query-exists.ts';
import queryFirst from './query-first.ts';
import queryGet from './query-get.ts';
import queryInVariable from './query-in-variable.ts';
import queryIter from './query-iter.ts';
import queryOneOrNone from './query-one-or-none.ts';
import queryOne from './query-one.ts';
import queryScalar from './query-scalar.ts';
import querySlice from './query-slice.ts';
import querySubquery from './query-subquery.ts';
import queryUpdate from './query-update.ts';
import queryValues from './query-values.ts';
import relArguments from './rel-arguments.ts';
import relBackref from './rel-backref.ts';
import relString from './rel-string.ts';
import relUntyped from './rel-untyped.ts';

/** All transforms, in the order in which they are applied. */
export const transforms: readonly Transform[] = [
  importMoved,
  modelDeclarativeBase,
  modelAsDeclarative,
  modelColumn,
  relUntyped,
  modelDeclaredAttr,
  modelProperty,
  modelLegacy,
  modelRefused,
  relArguments,
  relString,
  relBackref,
  coreSelectList,
  coreDmlArguments,
  coreExistsList,
  coreCaseList,
  connExecuteStr,
  connAutocommit,
  engineExecute,
  rowStrIndex,
  sessionExecuteStr,
  coreAsScalar,
  queryAll,
  fsaModelQuery,
  loaderString,
  loaderMultiKey,
  queryJoinString,
  queryCount,
  queryDelete,
  queryExists,
  queryFirst,
  queryGet,
  queryInVariable,
  queryIter,
  queryOneOrNone,
  queryOne,
  queryScalar,
  querySlice,
  querySubquery,
  queryUpdate,
  queryValues,
  lintNPlusOne,
];
