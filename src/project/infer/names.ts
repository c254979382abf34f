// What identifiers evaluate to: by the bindings that reach them, else by the user's settings, else by convention.
import type { Binding } from '../../binder/scope.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { Symbol } from '../symbols.ts';
import type { Inferred } from '../values.ts';
import { conventional, named } from './conventions.ts';
import { filled } from './lists.ts';
import { proven, type Tracer } from './tracer.ts';
import { derived, isNone, joined, likely, step, unpacked } from './value.ts';

/** The value of an identifier where it is read, or the value that it is given where it is bound. */
export function inferName(tracer: Tracer, module: Module, node: PyNode): Inferred | null {
  const lookup = module.binding.lookup(node.text, node);
  if (!lookup) {
    const symbol = tracer.symbols.symbolOf(module, node);
    const value = symbol && symbolValue(tracer, symbol);
    return settle(tracer, module, node, [value]);
  }
  const own = lookup.bindings.find((binding) => binding.node === node);
  if (own && own.kind !== 'augmented')
    return settle(tracer, module, node, [tracer.bound(module, own)]);
  const reaching = module.binding.reaching(node);
  const bindings = runtime(reaching.length > 0 ? reaching : lookup.bindings);
  if (bindings.length > 0 && bindings.every((binding) => binding.kind === 'import')) {
    const symbol = tracer.symbols.symbolOf(module, node);
    if (symbol) return settle(tracer, module, node, [symbolValue(tracer, symbol)]);
  }
  const answers = bindings.map((binding) => tracer.bound(module, binding));
  if (joined(answers) === null) {
    const declared = lookup.bindings.find((binding) => binding.annotation !== null);
    const known = declared?.kind === 'annotation' ? tracer.bound(module, declared) : null;
    if (known) return known;
  }
  return settle(tracer, module, node, answers);
}

/** What the possible values leave of a name: their common value, else what settings or convention say of it. */
function settle(
  tracer: Tracer,
  module: Module,
  node: PyNode,
  answers: readonly (Inferred | null)[],
): Inferred | null {
  const value = joined(answers);
  const library = value?.value.kind === 'library';
  if (value && !isNone(value) && !library) return value;
  const known = answers.filter((each) => each !== null && !isNone(each));
  if (known.length === 0 || library) {
    const word = named(tracer, module, node);
    if (word) return word;
    return conventional(tracer, module, node, library ? value : null) ?? value;
  }
  // Some ways to the name are known, others are not: the name decides whether the known one is believed.
  const guess = conventional(tracer, module, node, null);
  const seen = joined(known);
  return guess && seen && answers.includes(null)
    ? likely(seen, `${node.text}: other assignments are unknown (${tracer.place(module, node)})`)
    : null;
}

/** Bindings for type checkers count only where there are no others. */
function runtime(bindings: readonly Binding[]): readonly Binding[] {
  const real = bindings.filter((binding) => !binding.typeChecking && binding.kind !== 'delete');
  return real.length > 0 ? real : bindings;
}

/** The value that a symbol has at run time. */
export function symbolValue(tracer: Tracer, symbol: Symbol): Inferred | null {
  if (symbol.kind === 'module') return proven({ kind: 'module', name: symbol.name });
  if (symbol.kind === 'library') return proven({ kind: 'library', name: symbol.name });
  const { module, binding } = symbol;
  if (binding.kind === 'class' || binding.kind === 'function') return tracer.bound(module, binding);
  return variableValue(tracer, module, binding.scope.bindings.get(binding.name) ?? [binding]);
}

/** The value of a variable as seen from elsewhere: whatever any of its bindings gives it. */
export function variableValue(
  tracer: Tracer,
  module: Module,
  bindings: readonly Binding[],
): Inferred | null {
  const usable = runtime(bindings);
  const assigned = usable.filter((binding) => binding.kind !== 'annotation');
  const value = joined(assigned.map((binding) => tracer.bound(module, binding)));
  if (value && !isNone(value)) return value;
  const declared = usable.find((binding) => binding.kind === 'annotation');
  return (declared && tracer.bound(module, declared)) ?? value;
}

/** The value that one binding gives its name. */
export function bindingValue(tracer: Tracer, module: Module, binding: Binding): Inferred | null {
  const { kind, value, annotation } = binding;
  const unpack = (whole: Inferred | null): Inferred | null =>
    unpacked(whole, binding.path, (each) => tracer.iterated(each));
  const noted = (inferred: Inferred | null, how: string): Inferred | null =>
    step(inferred, `${binding.name}: ${how} (${tracer.place(module, binding.node)})`);
  switch (kind) {
    case 'import':
      return importedValue(tracer, module, binding);
    case 'class':
      return proven({ kind: 'class', id: tracer.symbols.idOf(module, binding) });
    case 'function':
      return proven({ kind: 'function', id: tracer.symbols.idOf(module, binding), self: null });
    case 'assignment': {
      const assigned = value && unpack(tracer.infer(module, value));
      const element = assigned && value ? filled(tracer, module, binding, assigned) : null;
      const declared = annotation && tracer.typed(module, annotation);
      return noted(refined(declared, element), 'assigned');
    }
    case 'annotation':
      return annotation && noted(tracer.typed(module, annotation), 'annotated');
    case 'parameter':
      return tracer.parameter(module, binding);
    case 'walrus':
      return noted(value && tracer.infer(module, value), 'assigned');
    case 'for':
    case 'comprehension': {
      const whole = value && tracer.infer(module, value);
      return noted(unpack(whole && tracer.iterated(whole)), 'iterates');
    }
    case 'with': {
      const manager = value && tracer.infer(module, value);
      return noted(unpack(manager && tracer.entered(manager)), 'entered by with');
    }
    default:
      return null;
  }
}

/** The more specific of a declared and a traced value; the declaration wins where they contradict each other. */
export function refined(declared: Inferred | null, traced: Inferred | null): Inferred | null {
  if (!declared) return traced;
  if (!traced || isNone(traced)) return declared;
  const [outer, inner] = [declared.value, traced.value];
  if (outer.kind !== 'instance' || inner.kind !== 'instance') return declared;
  return outer.of === inner.of && !outer.element && inner.element
    ? derived(declared, inner)
    : declared;
}

function importedValue(tracer: Tracer, module: Module, binding: Binding): Inferred | null {
  const { imported } = binding;
  if (!imported) return null;
  const { graph, symbols } = tracer;
  const target = graph.resolve(module, imported.module, imported.level);
  if (imported.name !== null && target) {
    const bindings = target.binding.module.bindings.get(imported.name);
    if (bindings) return variableValue(tracer, target, bindings);
    const symbol = symbols.exported(target, imported.name);
    return symbol && symbolValue(tracer, symbol);
  }
  // Other forms, and names from outside: as written at the import.
  const symbol = symbols.symbolNamed(module, binding.name, binding.node);
  return symbol && symbol.kind !== 'definition' ? symbolValue(tracer, symbol) : null;
}
