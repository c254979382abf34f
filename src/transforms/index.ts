// The ordered registry of transforms. Where two fixes collide, the earlier one wins; the other is proposed again on the next pass.
import type { Transform } from '../project/rule.ts';
import asyncCreateAll from './async-create-all.ts';
import asyncFallback from './async-fallback.ts';
import asyncMissingAwait from './async-missing-await.ts';
import asyncSessionQuery from './async-session-query.ts';
import asyncSessionmaker from './async-sessionmaker.ts';
import asyncSyncDriver from './async-sync-driver.ts';
import coreArrayAny from './core-array-any.ts';
import coreAsScalar from './core-as-scalar.ts';
import coreCaseList from './core-case-list.ts';
import coreDmlArguments from './core-dml-arguments.ts';
import coreExistsList from './core-exists-list.ts';
import coreSelectList from './core-select-list.ts';
import customQueryClass from './custom-query-class.ts';
import connAutocommit from './conn-autocommit.ts';
import connExecuteStr from './conn-execute-str.ts';
import sessionExecuteStr from './session-execute-str.ts';
import engineExecute from './engine-execute.ts';
import rowStrIndex from './row-str-index.ts';
import importMoved from './import-moved.ts';
import importRenamed from './import-renamed.ts';
import importRemoved from './import-removed.ts';
import importMapper from './import-mapper.ts';
import importReplaced from './import-replaced.ts';
import coreRenamed from './core-renamed.ts';
import coreImplicitFrom from './core-implicit-from.ts';
import coreImplicitScalar from './core-implicit-scalar.ts';
import coreJoinAlias from './core-join-alias.ts';
import coreTextArguments from './core-text-arguments.ts';
import coreTableCount from './core-table-count.ts';
import coreEmptyBoolean from './core-empty-boolean.ts';
import coreChangedOperator from './core-changed-operator.ts';
import coreChangedType from './core-changed-type.ts';
import coreCheckConstraint from './core-check-constraint.ts';
import coreDuplicateColumn from './core-duplicate-column.ts';
import coreTextualSql from './core-textual-sql.ts';
import coreOperatorRenamed from './core-operator-renamed.ts';
import coreOldKeyword from './core-old-keyword.ts';
import engineRenamed from './engine-renamed.ts';
import engineOldKeyword from './engine-old-keyword.ts';
import engineReflection from './engine-reflection.ts';
import engineCallable from './engine-callable.ts';
import sessionAutocommitRead from './session-autocommit-read.ts';
import sessionOldKeyword from './session-old-keyword.ts';
import coreBoundMetadata from './core-bound-metadata.ts';
import coreMapperProperties from './core-mapper-properties.ts';
import depsFloor from './deps-floor.ts';
import depsAsyncioExtra from './deps-asyncio-extra.ts';
import depsTyping from './deps-typing.ts';
import depsWarningFilter from './deps-warning-filter.ts';
import sessionRemoved from './session-removed.ts';
import sessionNestedCommit from './session-nested-commit.ts';
import sessionUsage from './session-usage.ts';
import sessionEventParameters from './session-event-parameters.ts';
import coreSelectMethod from './core-select-method.ts';
import engineUrl from './engine-url.ts';
import rowResults from './row-results.ts';
import connBegin from './conn-begin.ts';
import connOptions from './conn-options.ts';
import coreReported from './core-reported.ts';
import coreStatementExecute from './core-statement-execute.ts';
import coreTarget21 from './core-target21.ts';
import lintNPlusOne from './lint-n-plus-one.ts';
import lintAsyncExpiredAttr from './lint-async-expired-attr.ts';
import lintAsyncLazyLoad from './lint-async-lazy-load.ts';
import lintBlockingInAsync from './lint-blocking-in-async.ts';
import lintCommitMissing from './lint-commit-missing.ts';
import lintEnginePerRequest from './lint-engine-per-request.ts';
import lintJoinedCollectionLimit from './lint-joined-collection-limit.ts';
import lintNPlusOneQuery from './lint-n-plus-one-query.ts';
import lintServerDefaultAsync from './lint-server-default-async.ts';
import lintSessionLeak from './lint-session-leak.ts';
import lintUnorderedLimit from './lint-unordered-limit.ts';
import lintWriteOnlyMisuse from './lint-write-only-misuse.ts';
import lintSharedAsyncSession from './lint-shared-async-session.ts';
import modelAllowUnmapped from './model-allow-unmapped.ts';
import modelAsDeclarative from './model-as-declarative.ts';
import modelColumn from './model-column.ts';
import modelDataclassDefault from './model-dataclass-default.ts';
import modelDeclaredAttr from './model-declared-attr.ts';
import modelDeclarativeBase from './model-declarative-base.ts';
import queryJoinImplicitAlias from './query-join-implicit-alias.ts';
import queryJoinString from './query-join-string.ts';
import loaderMultiKey from './loader-multi-key.ts';
import loaderStringAtRunTime from './loader-string-at-run-time.ts';
import loaderString from './loader-string.ts';
import fsaEngine from './fsa-engine.ts';
import fsaModelQuery from './fsa-model-query.ts';
import modelLegacy from './model-legacy.ts';
import modelHybridMethod from './model-hybrid-method.ts';
import modelMapperArgument from './model-mapper-argument.ts';
import modelProperty from './model-property.ts';
import modelRefused from './model-refused.ts';
import queryAll from './query-all.ts';
import queryBeforeCompile from './query-before-compile.ts';
import queryCount from './query-count.ts';
import queryDelete from './query-delete.ts';
import queryExists from './query-exists.ts';
import queryFirst from './query-first.ts';
import queryGet from './query-get.ts';
import queryInVariable from './query-in-variable.ts';
import queryIter from './query-iter.ts';
import queryMock from './query-mock.ts';
import queryOneOrNone from './query-one-or-none.ts';
import queryOne from './query-one.ts';
import queryScalar from './query-scalar.ts';
import querySlice from './query-slice.ts';
import querySubquery from './query-subquery.ts';
import queryUpdate from './query-update.ts';
import queryValues from './query-values.ts';
import relDynamicWriteonly from './rel-dynamic-writeonly.ts';
import relArguments from './rel-arguments.ts';
import relBackref from './rel-backref.ts';
import relString from './rel-string.ts';
import relUnpaired from './rel-unpaired.ts';
import relCascadeBackrefs from './rel-cascade-backrefs.ts';
import relUntyped from './rel-untyped.ts';
import engineEventArguments from './engine-event-arguments.ts';
import engineStrategy from './engine-strategy.ts';
import engineDialect from './engine-dialect.ts';
import engineUsage from './engine-usage.ts';
import rowClosed from './row-closed.ts';
import lintConnectionLeak from './lint-connection-leak.ts';
import sessionOptional from './session-optional.ts';
import coreFilterBy from './core-filter-by.ts';
import coreOperatorClass from './core-operator-class.ts';
import modelTarget21 from './model-target21.ts';
import modelUnseenBase from './model-unseen-base.ts';
import modelValidator from './model-validator.ts';
import loaderCyclicPath from './loader-cyclic-path.ts';
import relBackPopulates from './rel-back-populates.ts';
import depsPython from './deps-python.ts';

/** All transforms, in the order in which they are applied. */
export const transforms: readonly Transform[] = [
  importMoved,
  importRenamed,
  importRemoved,
  importMapper,
  importReplaced,
  coreRenamed,
  coreReported,
  coreArrayAny,
  coreTarget21,
  coreImplicitFrom,
  coreImplicitScalar,
  coreJoinAlias,
  coreTextArguments,
  coreTableCount,
  coreEmptyBoolean,
  coreChangedOperator,
  coreChangedType,
  coreCheckConstraint,
  coreDuplicateColumn,
  coreSelectMethod,
  coreOperatorClass,
  coreOldKeyword,
  coreBoundMetadata,
  coreStatementExecute,
  coreMapperProperties,
  engineRenamed,
  engineUrl,
  engineOldKeyword,
  engineReflection,
  engineCallable,
  engineEventArguments,
  engineStrategy,
  engineDialect,
  engineUsage,
  sessionAutocommitRead,
  sessionOldKeyword,
  sessionRemoved,
  sessionNestedCommit,
  sessionUsage,
  sessionEventParameters,
  sessionOptional,
  depsFloor,
  depsAsyncioExtra,
  depsTyping,
  depsWarningFilter,
  depsPython,
  modelDeclarativeBase,
  modelAsDeclarative,
  modelColumn,
  relUntyped,
  relDynamicWriteonly,
  modelDeclaredAttr,
  modelHybridMethod,
  modelProperty,
  modelLegacy,
  modelAllowUnmapped,
  modelMapperArgument,
  modelDataclassDefault,
  modelValidator,
  modelRefused,
  modelTarget21,
  modelUnseenBase,
  relBackPopulates,
  relArguments,
  relString,
  relBackref,
  relUnpaired,
  relCascadeBackrefs,
  coreSelectList,
  coreDmlArguments,
  coreExistsList,
  coreCaseList,
  connExecuteStr,
  connAutocommit,
  connBegin,
  connOptions,
  engineExecute,
  rowStrIndex,
  rowResults,
  rowClosed,
  sessionExecuteStr,
  coreAsScalar,
  asyncCreateAll,
  asyncFallback,
  asyncMissingAwait,
  asyncSessionQuery,
  asyncSessionmaker,
  asyncSyncDriver,
  queryAll,
  fsaEngine,
  fsaModelQuery,
  // A query that moves as a whole takes its links with it.
  queryInVariable,
  loaderString,
  loaderStringAtRunTime,
  loaderMultiKey,
  queryJoinImplicitAlias,
  queryJoinString,
  queryBeforeCompile,
  coreFilterBy,
  loaderCyclicPath,
  queryCount,
  queryDelete,
  queryExists,
  queryFirst,
  queryGet,
  queryIter,
  queryMock,
  queryOneOrNone,
  queryOne,
  queryScalar,
  querySlice,
  querySubquery,
  queryUpdate,
  queryValues,
  customQueryClass,
  coreTextualSql,
  coreOperatorRenamed,
  lintNPlusOne,
  lintAsyncExpiredAttr,
  lintAsyncLazyLoad,
  lintSharedAsyncSession,
  lintBlockingInAsync,
  lintCommitMissing,
  lintConnectionLeak,
  lintEnginePerRequest,
  lintJoinedCollectionLimit,
  lintNPlusOneQuery,
  lintServerDefaultAsync,
  lintSessionLeak,
  lintUnorderedLimit,
  lintWriteOnlyMisuse,
];
