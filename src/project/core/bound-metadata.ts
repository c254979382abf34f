// Finds MetaData objects that are bound to an engine, and how the engine is named at another place. It rewrites nothing.
import { keyword, readCall, type Call } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { Module } from '../modules.ts';

/** A place that binds a MetaData to an engine. */
export interface MetadataBind {
  readonly module: Module;
  /** The call of MetaData or of a declarative base, or the assignment to its `bind`. */
  readonly node: PyNode;
  /** What identifies the MetaData, `null` if it has no name that can be traced. */
  readonly key: string | null;
  readonly engine: PyNode;
}

const METADATA = 'sqlalchemy.MetaData';

/** What makes a base with a MetaData of its own, and binds that. */
const BASES =
  /^sqlalchemy\.(?:orm\.(?:declarative_base|as_declarative)|ext\.automap\.automap_base)$/;

/** Finds all places of the project that bind a MetaData; `Facts` remembers them. */
export function findMetadataBinds(facts: Facts): readonly MetadataBind[] {
  return facts.modules.modules.flatMap((module) => bindsIn(module, facts));
}

function bindsIn(module: Module, facts: Facts): readonly MetadataBind[] {
  const { text, root } = module.tree;
  const isMade = /\b(?:MetaData|declarative_base|as_declarative|automap_base)\(/.test(text);
  const calls = isMade ? descendants(root, 'call') : [];
  const assignments = /\.bind\s*=/.test(text) ? descendants(root, 'assignment') : [];
  return [
    ...calls.map((node) => ofCall(node, module, facts)),
    ...assignments.map((node) => ofAssignment(node, module, facts)),
  ].filter((each) => each !== null);
}

/** `bind=None` of `MetaData(…)` or `declarative_base(…)`, which says nothing. */
export function emptyBind(node: PyNode, module: Module, facts: Facts): PyNode | null {
  const call = readCall(node);
  const bind = call && keyword(call, 'bind');
  return call && bind?.kind === 'none' && isMaker(call, module, facts) ? bind.parent : null;
}

function isMaker({ callee }: Call, module: Module, facts: Facts): boolean {
  const name = nameOf(callee, module, facts) ?? '';
  return name === METADATA || BASES.test(name);
}

/** The engine that `MetaData(…)` or `declarative_base(…)` is given: 2.x takes the schema by position. */
export function engineArgument(node: PyNode, module: Module, facts: Facts): PyNode | null {
  const call = readCall(node);
  if (!call || !isMaker(call, module, facts)) return null;
  const bind = keyword(call, 'bind');
  if (bind) return bind.kind === 'none' ? null : bind;
  const [first] = call.positional;
  if (nameOf(call.callee, module, facts)?.endsWith('.automap_base')) return null;
  if (!first || first.kind === 'none' || first.kind === 'list_splat') return null;
  // A string by position is the URL of 1.x or the schema of 2.x.
  return first.kind === 'string' && !first.text.includes('://') ? null : first;
}

function ofCall(node: PyNode, module: Module, facts: Facts): MetadataBind | null {
  const engine = engineArgument(node, module, facts);
  if (!engine) return null;
  const { parent } = node;
  const target =
    parent?.kind === 'assignment'
      ? parent.child('left')
      : parent?.kind === 'decorator'
        ? parent.parent?.child('definition')?.child('name')
        : null;
  const key = target ? metadataKey(target, module, facts) : null;
  const call = readCall(node);
  const isBase = call !== null && nameOf(call.callee, module, facts) !== METADATA;
  if (!isBase) return { module, node, engine, key };
  const given = keyword(call, 'metadata') ?? call.positional[1];
  const own = key === null ? null : `${key}.metadata`;
  return { module, node, engine, key: given ? metadataKey(given, module, facts) : own };
}

function ofAssignment(node: PyNode, module: Module, facts: Facts): MetadataBind | null {
  const left = node.child('left');
  const engine = node.child('right');
  const object = left?.kind === 'attribute' ? left.child('object') : null;
  if (!left || !engine || !object || left.child('attribute')?.text !== 'bind') return null;
  if (!isMetadata(object, module, facts) || engine.kind === 'none') return null;
  return { module, node, engine, key: metadataKey(object, module, facts) };
}

/** Whether an expression names a MetaData: a variable that holds one, or the `metadata` of a class. */
export function isMetadata(node: PyNode, module: Module, facts: Facts): boolean {
  const symbol = facts.symbols.symbolOf(module, node);
  if (symbol?.kind === 'definition') {
    const call = readCall(symbol.binding.value);
    return call !== null && nameOf(call.callee, symbol.module, facts) === METADATA;
  }
  if (node.kind !== 'attribute' || node.child('attribute')?.text !== 'metadata') return false;
  const owner = node.child('object');
  return owner !== null && facts.symbols.symbolOf(module, owner)?.kind === 'definition';
}

/** What identifies a MetaData across the files of the project. */
export function metadataKey(node: PyNode, module: Module, facts: Facts): string | null {
  const symbol = facts.symbols.symbolOf(module, node);
  if (symbol?.kind === 'definition') return symbol.id;
  const owner = node.kind === 'attribute' ? node.child('object') : null;
  const of = owner && facts.symbols.symbolOf(module, owner);
  return of?.kind === 'definition' ? `${of.id}.${node.child('attribute')?.text ?? ''}` : null;
}

/** The MetaData of a table by the call of Table that makes it. */
export function tableMetadata(node: PyNode, module: Module, facts: Facts): string | null {
  const symbol = facts.symbols.symbolOf(module, node);
  if (symbol?.kind !== 'definition') return null;
  const call = readCall(symbol.binding.value);
  const metadata = call?.positional[1] ?? (call && keyword(call, 'metadata'));
  if (!call || !metadata || nameOf(call.callee, symbol.module, facts) !== 'sqlalchemy.Table')
    return null;
  return metadataKey(metadata, symbol.module, facts);
}

/** How the engine of a bind is named at a place of a module; `null` if no name there is proven to hold it. */
export function engineName(
  { engine, module }: MetadataBind,
  at: PyNode,
  here: Module,
  facts: Facts,
): string | null {
  if (engine.kind !== 'identifier' && engine.kind !== 'attribute') return null;
  const symbol = facts.symbols.symbolOf(module, engine);
  if (symbol?.kind === 'definition') {
    const isSame = (name: string): boolean => {
      const other = facts.symbols.symbolNamed(here, name, at);
      return other?.kind === 'definition' && other.id === symbol.id;
    };
    if (isSame(engine.text) && isBoundBefore(engine.text, at, here)) return engine.text;
    return here.binding.imports.find(({ name }) => isSame(name))?.name ?? null;
  }
  if (engine.kind !== 'identifier' || module !== here) return null;
  const found = here.binding.lookup(engine.text, at);
  const bound = here.binding.lookup(engine.text, engine);
  return found && found.scope === bound?.scope && found.bindings.length === 1 ? engine.text : null;
}

/** Whether code of the module itself reads the name after it is bound. */
function isBoundBefore(name: string, at: PyNode, { binding }: Module): boolean {
  const found = binding.lookup(name, at);
  if (!found || found.scope !== binding.scopeOf(at)) return true;
  return found.bindings.some(({ node }) => node.start < at.start);
}

function nameOf(node: PyNode, module: Module, facts: Facts): string | null {
  const symbol = facts.symbols.symbolOf(module, node);
  return symbol?.kind === 'library' ? symbol.name : null;
}
