// The Python type of a custom SQL type that the project defines (TypeDecorator, UserDefinedType), from its own source.
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';
import type { RuleContext } from '../rule.ts';
import { anyType, columnType, type AnnotationText } from './python-type.ts';

/** Deepest chain of custom types that is followed. */
const MAX_BASES = 8;

/**
 * The Python type of a custom type class: what its `impl` or its base gives if it does not convert results, else `Any`.
 * `null` if `type` is no class of the project that derives from an SQL type.
 */
export function decoratedType(
  type: PyNode,
  at: PyNode,
  context: RuleContext,
  from: Module = context.facts.module,
): AnnotationText | null {
  const { facts } = context;
  let symbol = facts.symbols.symbolOf(from, type);
  for (let depth = 0; depth < MAX_BASES; depth++) {
    if (symbol?.kind === 'library') return isTypeBase(symbol.name) ? anyType(at, context) : null;
    if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class') return null;
    const { module } = symbol;
    const body = symbol.binding.value?.child('body');
    const base = symbol.binding.value?.child('superclasses')?.named[0];
    if (!body || !base) return null;
    const members = module.binding.scopeOf(body.children[0] ?? body).bindings;
    if (members.has('process_result_value') || members.has('result_processor'))
      return anyType(at, context);
    const impl = members.get('impl')?.at(-1)?.value;
    if (impl)
      return (
        columnType(impl, at, context, module) ??
        (module === facts.module ? null : anyType(at, context))
      );
    const parent = facts.symbols.symbolOf(module, base);
    if (parent?.kind === 'library')
      return columnType(base, at, context, module) ?? typeBase(parent.name, at, context);
    symbol = parent;
  }
  return null;
}

function typeBase(name: string, at: PyNode, context: RuleContext): AnnotationText | null {
  return isTypeBase(name) ? anyType(at, context) : null;
}

function isTypeBase(name: string): boolean {
  return /^sqlalchemy(\.types)?\.(TypeDecorator|UserDefinedType|TypeEngine)$/.test(name);
}
