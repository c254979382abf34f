// What `Model.query` is: the query property of Flask-SQLAlchemy and of `scoped_session.query_property()`.
import type { PyNode } from '../../python/tree.ts';
import { FLASK_MODEL } from '../../sqlalchemy/members.ts';
import type { Symbol } from '../symbols.ts';
import type { Inferred, Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { libraryBases, madeBy } from './classes.ts';
import type { ClassSource, Tracer } from './tracer.ts';
import { derived, instance, joined } from './value.ts';

const USUAL: Value = { kind: 'library', name: 'sqlalchemy.orm.Query' };

/** The value of `Model.query`; for a mixin, what it is for the models that use it. */
export function modelQuery(tracer: Tracer, owner: Inferred, source: ClassSource): Inferred | null {
  const element = instance(source.id);
  const classes = [source, ...tracer.index.descendants(source)]
    .filter((each) => hasQuery(tracer, each))
    .map((each) => queryClass(tracer, owner, each));
  const made = madeBy(joined(classes)?.value ?? null);
  if (made?.kind !== 'instance' || made.of === 'builtins.object') return null;
  return derived(
    owner,
    instance(made.of, element),
    `${source.name}.query: query property of a model`,
  );
}

/** Flask-SQLAlchemy's models, and those whose base was given a `query_property()`. */
function hasQuery(tracer: Tracer, source: ClassSource): boolean {
  const { index, models } = tracer;
  if (models.classes.get(source.id)?.base === FLASK_MODEL) return true;
  if (libraryBases(index, source).includes(FLASK_MODEL)) return true;
  return baseSymbols(tracer, source).some(
    ({ symbol }) => symbol?.kind === 'definition' && index.hasQueryProperty(symbol.id),
  );
}

/** The class of the queries: `query_class` of the model, else of the `SQLAlchemy()` object, else the usual one. */
function queryClass(tracer: Tracer, owner: Inferred, source: ClassSource): Inferred | null {
  for (const each of tracer.index.ancestors(source)) {
    if (each === null || typeof each === 'string') continue;
    const [binding] = each.scope.bindings.get('query_class') ?? [];
    if (binding) return tracer.bound(each.module, binding);
  }
  for (const { symbol, node, of } of baseSymbols(tracer, source)) {
    const object =
      symbol?.kind === 'library' && symbol.name === FLASK_MODEL ? node.child('object') : null;
    const db = object && tracer.symbols.symbolOf(of.module, object);
    const call = db?.kind === 'definition' ? db.binding.value : null;
    const given =
      call?.kind === 'call' ? callArguments(call).keywords.get('query_class') : undefined;
    if (given && db?.kind === 'definition') return tracer.infer(db.module, given);
  }
  return derived(owner, USUAL);
}

interface BaseSymbol {
  readonly of: ClassSource;
  readonly node: PyNode;
  readonly symbol: Symbol | null;
}

/** The class itself and what all base classes in the project are written as. */
function baseSymbols(tracer: Tracer, source: ClassSource): readonly BaseSymbol[] {
  return tracer.index.ancestors(source).flatMap((of) => {
    if (of === null || typeof of === 'string') return [];
    const own = of.node.child('name');
    const nodes = [
      ...(own ? [own] : []),
      ...(of.node.child('superclasses')?.named ?? []).filter(
        (node) => node.kind !== 'keyword_argument',
      ),
    ];
    return nodes.map((node) => ({
      of,
      node,
      symbol: tracer.symbols.symbolOf(of.module, node),
    }));
  });
}
