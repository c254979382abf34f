// What session factories make: the class of the session, and the class of its queries where that is not the usual one.
import type { PyNode } from '../../python/tree.ts';
import type { Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { madeBy } from './classes.ts';
import type { CallSite, Tracer } from './tracer.ts';
import { instance, OBJECT } from './value.ts';

/** The class of queries that `query_cls=` names; something unknown if it cannot be told which. `null` if there is no such argument. */
export function queryClass(tracer: Tracer, site: CallSite | null): Value | null {
  const node = site ? callArguments(site.call).keywords.get('query_cls') : undefined;
  if (!site || !node) return null;
  const value = tracer.infer(site.module, node)?.value;
  if (value?.kind === 'library' && value.name === 'sqlalchemy.orm.Query') return null;
  return value?.kind === 'class' || value?.kind === 'library' ? value : OBJECT;
}

/**
 * The class that a sessionmaker makes: its `class_` argument, else the usual one. A factory whose sessions have queries of their own
 * holds such a session instead of the class.
 */
export function sessionClass(tracer: Tracer, site: CallSite | null, usual: string): Value | null {
  const node = site ? callArguments(site.call).keywords.get('class_') : undefined;
  const made: Value | null =
    site && node
      ? (tracer.infer(site.module, node)?.value ?? null)
      : { kind: 'library', name: usual };
  const query = queryClass(tracer, site);
  const session = madeBy(made);
  return query && session?.kind === 'instance' ? instance(session.of, query) : made;
}

/** The class that a scoped_session makes: that of its factory. */
export function registeredClass(
  tracer: Tracer,
  site: CallSite | null,
  usual: string,
): Value | null {
  const { positional, keywords } = site
    ? callArguments(site.call)
    : { positional: [], keywords: new Map<string, PyNode>() };
  const node = positional[0] ?? keywords.get('session_factory');
  const factory = site && node ? tracer.infer(site.module, node) : null;
  if (!factory) return { kind: 'library', name: usual };
  if (factory.value.kind === 'class' || factory.value.kind === 'library') return factory.value;
  const session = tracer.called(factory, null)?.value;
  if (session?.kind !== 'instance') return { kind: 'library', name: usual };
  if (session.element) return session;
  return tracer.index.classById(session.of)
    ? { kind: 'class', id: session.of }
    : { kind: 'library', name: session.of };
}
