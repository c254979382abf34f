// Reads `Model.query` where it stands: which class it queries, which session executes it, and what speaks against a rewrite.
import { enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { MappedClass } from '../models.ts';
import { unstarred, type PropertyHead } from './chain.ts';
import { changesQueries } from './custom-query.ts';
import { entityOf, type Entity } from './entity.ts';
import { idOfClass, queryPropertyOf, type Holder, type QueryProperty } from './query-properties.ts';
import { placeOf } from '../place.ts';

/** `Model.query` with what is known about it. */
export interface ModelHead {
  readonly head: PropertyHead;
  readonly kind: QueryProperty['kind'];
  /** What executes its queries; `null` where `blocked` says why it cannot be named. */
  readonly holder: Holder | null;
  /** Its queries have a class of the project's. */
  readonly isCustom: boolean;
  readonly doubts: readonly string[];
  readonly blocked: string | null;
  readonly trail: readonly string[];
}

/** Reads `Model.query`; `null` for anything else. */
export function readModelHead(node: PyNode, facts: Facts): ModelHead | null {
  const name = node.kind === 'attribute' ? node.child('attribute') : null;
  const object = node.child('object');
  if (name?.text !== 'query' || !object || node.field === 'function' || isTarget(node)) return null;
  const named = unstarred(object);
  const target = targetOf(named, facts);
  if (!target) return null;
  const properties = target.models.map((model) => queryPropertyOf(model, facts));
  const [first] = properties;
  if (!first) return null;
  const blocked =
    target.blocked ??
    disagreement(first, properties) ??
    properties.map((each) => each && blockOf(each, facts)).find((each) => each !== null) ??
    null;
  return {
    head: {
      kind: 'property',
      node,
      selected: [named],
      name,
      start: named.start,
      starred: object !== named,
      entity: target.entity,
    },
    kind: first.kind,
    holder: first.holder,
    isCustom: properties.some((each) => each?.queryClass),
    doubts: [...target.doubts, ...(first.proven ? [] : [unproven(first)])],
    blocked,
    trail: first.holder
      ? [`${node.text}: ${first.holder.name}${first.holder.path} (${first.holder.module.path})`]
      : [],
  };
}

/** `User.query = …`, `del User.query`. */
function isTarget(node: PyNode): boolean {
  const { parent } = node;
  return (
    parent?.kind === 'delete_statement' || (parent?.kind === 'assignment' && node.field === 'left')
  );
}

function unproven({ kind, holder }: QueryProperty): string {
  return kind === 'flask'
    ? `\`${holder?.name ?? ''}\` is not seen to be a \`SQLAlchemy()\` object`
    : `\`${holder?.name ?? ''}${holder?.path ?? ''}\` is not seen to be a scoped_session`;
}

interface Target {
  readonly entity: Entity;
  /** The classes that it may be at run time. */
  readonly models: readonly MappedClass[];
  readonly doubts: readonly string[];
  readonly blocked: string | null;
}

function targetOf(node: PyNode, facts: Facts): Target | null {
  const own = node.kind === 'identifier' ? receiverClass(node, facts) : null;
  if (own) return receiverTarget(node, own, facts);
  const entity = entityOf(node, facts);
  const model = entity?.model;
  if (!entity || !model || entity.isAlias) return null;
  const evidence =
    facts.mappedClass(node) === null ? facts.infer(node)?.evidence : ('proven' as const);
  return {
    entity,
    models: [model],
    doubts: [
      ...(evidence === 'likely' ? [`\`${node.text}\` is only likely to be \`${model.name}\``] : []),
      ...unseen(model),
    ],
    blocked: null,
  };
}

/** A base that nobody sees may have a `query` of its own, which comes first unless the model class of Flask-SQLAlchemy stands before it. */
function unseen({ name, mro, unknownBases }: MappedClass): readonly string[] {
  const flask = mro.indexOf('flask_sqlalchemy.SQLAlchemy.Model');
  const base = unknownBases.find((each) => flask < 0 || mro.indexOf(each) < flask);
  return base === undefined
    ? []
    : [`a base of \`${name}\` (${base.replace(/^\?/, '')}) was not found in the project`];
}

/** The class whose method a name is the `cls` or `self` of. */
function receiverClass(
  node: PyNode,
  facts: Facts,
): { readonly id: string; readonly name: string; readonly isInstance: boolean } | null {
  const binding = facts.definition(node);
  if (binding?.kind !== 'parameter') return null;
  const definition = binding.scope.node;
  const parameters = definition.child('parameters')?.named ?? [];
  const classNode = enclosing(definition, 'class_definition', 'function_definition', 'lambda');
  if (parameters[0] !== binding.node || classNode?.kind !== 'class_definition') return null;
  const decorators =
    definition.parent?.kind === 'decorated_definition'
      ? definition.parent.named.filter((each) => each.kind === 'decorator')
      : [];
  const names = decorators.map((each) => each.named[0]?.text ?? '');
  if (names.includes('staticmethod')) return null;
  const id = idOfClass(classNode, facts.module, facts.symbols);
  const isInstance = !names.includes('classmethod');
  return id === null ? null : { id, name: classNode.child('name')?.text ?? '', isInstance };
}

/** `cls.query`: of the class itself, or of any class that inherits the method. */
function receiverTarget(
  node: PyNode,
  own: { readonly id: string; readonly name: string; readonly isInstance: boolean },
  facts: Facts,
): Target | null {
  const { classes } = facts.models;
  const declared = classes.get(own.id) ?? null;
  const mapped = [...classes.values()].filter(
    (each) => each.role === 'mapped' && (each.id === own.id || each.mro.includes(own.id)),
  );
  const models = mapped.length > 0 ? mapped : declared ? [declared] : [];
  const [first] = models;
  if (!first) return null;
  const model = declared?.role === 'mapped' ? declared : null;
  return {
    entity: {
      kind: 'entity',
      node,
      text: node.text,
      key: model?.id ?? node.text,
      model,
      among: models,
      isAlias: false,
    },
    models,
    doubts: [
      ...(mapped.length === 0 ? [`no model of the project derives from \`${own.name}\``] : []),
      ...models.flatMap(unseen).slice(0, 1),
    ],
    blocked: own.isInstance
      ? `\`${node.text}\` is an object; write \`select(${model?.name ?? `type(${node.text})`})\` with the session`
      : null,
  };
}

function disagreement(first: QueryProperty, all: readonly (QueryProperty | null)[]): string | null {
  const same = all.every(
    (each) =>
      each?.kind === first.kind &&
      each.holder?.id === first.holder?.id &&
      each.holder?.path === first.holder?.path,
  );
  return same
    ? null
    : 'the models that it stands for do not have the same session; execute a `select()` with the one that is meant';
}

function blockOf(
  { queryClass, holder, override, kind }: QueryProperty,
  facts: Facts,
): string | null {
  const custom =
    queryClass &&
    changesQueries(
      queryClass.module,
      queryClass.node,
      facts.symbols,
      facts.queryBlockers().listeners.ofClass,
    );
  if (custom)
    return `its queries have a class of their own (${custom}), whose behaviour a statement would not have; move its criteria to \`do_orm_execute\` with \`with_loader_criteria()\` and its methods to functions that take a \`select()\` first`;
  if (override)
    return `the class of \`${holder?.name ?? ''}\` changes what Flask-SQLAlchemy does (${placeOf(override.module, override.node)}); execute a \`select()\` with the session that it gives`;
  if (holder) return null;
  return kind === 'flask'
    ? 'the `SQLAlchemy()` object of its base was not found; execute a `select()` with its session'
    : 'what its session is was not found; execute a `select()` with it';
}
