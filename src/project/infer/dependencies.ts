// What dependency injection by FastAPI and fixtures of pytest hand to parameters. It knows no other containers.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Inferred } from '../values.ts';
import { callArguments } from './arguments.ts';
import type { FunctionSource, Tracer } from './tracer.ts';
import { COROUTINE, derived, GENERATOR, step } from './value.ts';

const INJECTORS: ReadonlySet<string> = new Set([
  'fastapi.Depends',
  'fastapi.Security',
  'fastapi.param_functions.Depends',
  'fastapi.params.Depends',
  'fast_depends.Depends',
  'faststream.Depends',
  'taskiq.TaskiqDepends',
]);

/** The value that `Depends(get_db)` stands for; `null` if the expression is nothing of that kind. */
export function dependencyIn(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const callee = node.kind === 'call' ? node.child('function') : null;
  const symbol = callee && tracer.symbols.symbolOf(module, callee);
  if (symbol?.kind !== 'library' || !INJECTORS.has(symbol.name)) return null;
  const { positional, keywords } = callArguments(node);
  const provider = positional[0] ?? keywords.get('dependency') ?? null;
  const value = provider && tracer.infer(module, provider);
  if (!provider || !value) return null;
  const given = provided(tracer, tracer.called(value, null));
  return step(given, `given by Depends(${provider.text}) (${tracer.place(module, node)})`);
}

/** What a provider hands over: what it yields, else what it returns, awaited. */
function provided(tracer: Tracer, result: Inferred | null): Inferred | null {
  if (result?.value.kind !== 'instance') return result;
  const { of, element } = result.value;
  if (of === GENERATOR) return tracer.iterated(result);
  return of === COROUTINE ? provided(tracer, derived(result, element)) : result;
}

const FIXTURE =
  /^(pytest|pytest_asyncio|pytest_asyncio\.plugin|anyio\.pytest_plugin)\.(yield_)?fixture$/;

/** The value of a fixture that pytest passes to a parameter of this name. */
export function fixtureValue(tracer: Tracer, taker: FunctionSource, name: string): Inferred | null {
  if (!takesFixtures(tracer, taker) || isParametrized(taker, name)) return null;
  for (const module of fixtureModules(tracer, taker.module)) {
    const found = fixtureNamed(tracer, module, taker, name);
    if (found)
      return step(
        provided(tracer, tracer.returned(found)),
        `${name}: given by the fixture (${tracer.place(found.module, found.node)})`,
      );
  }
  return null;
}

function takesFixtures(tracer: Tracer, taker: FunctionSource): boolean {
  return taker.name.startsWith('test') || fixtureDecorator(tracer, taker) !== null;
}

/** `@pytest.mark.parametrize("session", …)`. */
function isParametrized(taker: FunctionSource, name: string): boolean {
  return taker.decorators.some(
    (each) =>
      each.kind === 'call' &&
      (each.child('function')?.text ?? '').endsWith('.parametrize') &&
      (callArguments(each).positional[0]?.text ?? '').includes(name),
  );
}

function fixtureDecorator(tracer: Tracer, source: FunctionSource): PyNode | null {
  for (const decorator of source.decorators) {
    const callee = decorator.kind === 'call' ? decorator.child('function') : decorator;
    const symbol = callee && tracer.symbols.symbolOf(source.module, callee);
    if (symbol?.kind === 'library' && FIXTURE.test(symbol.name)) return decorator;
  }
  return null;
}

/** The file itself and each conftest.py above it, nearest first. */
function fixtureModules(tracer: Tracer, module: Module): readonly Module[] {
  const modules = [module];
  const folders = module.path.split('/').slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth--) {
    const conftest = tracer.graph.byPath([...folders.slice(0, depth), 'conftest.py'].join('/'));
    if (conftest && conftest !== module) modules.push(conftest);
  }
  return modules;
}

function fixtureNamed(
  tracer: Tracer,
  module: Module,
  taker: FunctionSource,
  name: string,
): FunctionSource | null {
  const scopes = [
    ...(taker.owner && module === taker.module ? [taker.owner.scope] : []),
    module.binding.module,
  ];
  for (const scope of scopes)
    for (const bindings of scope.bindings.values())
      for (const { kind, value } of bindings) {
        if (kind !== 'function' || !value || value === taker.node) continue;
        const source = tracer.index.functionAt(module, value);
        const decorator = fixtureDecorator(tracer, source);
        if (decorator && fixtureName(decorator, source.name) === name) return source;
      }
  return null;
}

function fixtureName(decorator: PyNode, own: string): string {
  if (decorator.kind !== 'call') return own;
  const given = callArguments(decorator).keywords.get('name');
  const content = given?.children.find((child) => child.kind === 'string_content');
  return content?.text ?? own;
}
