// What session factories make: the class of the session, and the class of its queries where that is not the usual one.
import { stringValue } from '../../python/strings.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Value } from '../values.ts';
import { callArguments } from './arguments.ts';
import { madeBy } from './classes.ts';
import type { CallSite, Tracer } from './tracer.ts';
import { instance, OBJECT } from './value.ts';

/**
 * The class of queries that a session or session factory is given; something unknown if it cannot be told which. `null` if it is given none. `name` is
 * that of the argument.
 */
export function queryClass(
  tracer: Tracer,
  site: CallSite | null,
  name: 'query_cls' | 'query_class' = 'query_cls',
): Value | null {
  const node = site ? callArguments(site.call).keywords.get(name) : undefined;
  const given = site && (node ? { module: site.module, node } : inOptions(tracer, site));
  if (!given) return null;
  const value = tracer.infer(given.module, given.node)?.value;
  if (value?.kind === 'library' && value.name === 'sqlalchemy.orm.Query') return null;
  return value?.kind === 'class' || value?.kind === 'library' ? value : OBJECT;
}

/** `query_cls` in `**options`, or in `session_options=` of Flask-SQLAlchemy. */
function inOptions(tracer: Tracer, { module, call }: CallSite): Place | null {
  const options = (call.child('arguments')?.named ?? []).flatMap((each) => {
    if (each.kind === 'dictionary_splat') return each.named[0] ?? [];
    const isOptions = each.child('name')?.text === 'session_options';
    return isOptions ? (each.child('value') ?? []) : [];
  });
  for (const node of options) {
    const symbol = node.kind === 'identifier' ? tracer.symbols.symbolOf(module, node) : null;
    const from =
      symbol?.kind === 'definition'
        ? { module: symbol.module, node: symbol.binding.value }
        : { module, node };
    const value = from.node?.kind === 'dictionary' ? valueOf(from.node, 'query_cls') : null;
    if (value) return { module: from.module, node: value };
  }
  return null;
}

interface Place {
  readonly module: Module;
  readonly node: PyNode;
}

function valueOf(dictionary: PyNode, key: string): PyNode | null {
  const pair = dictionary.named.find(
    (each) => each.kind === 'pair' && stringValue(each.child('key')) === key,
  );
  return pair?.child('value') ?? null;
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
