// Finds what takes its engine from bound metadata without naming it: DDL, reflection, statements that execute themselves, sessions without an engine.
import { keyword, readCall, readMethodCall } from '../../python/calls.ts';
import { descendants, enclosing, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import type { Module } from '../modules.ts';
import { isMetadata } from './bound-metadata.ts';
import { readOwnExecution } from './thread-engine.ts';

/** A place that needs the binding: a call, or the reading of `metadata.bind`. */
export interface ImplicitUse {
  readonly module: Module;
  readonly node: PyNode;
}

const OF_METADATA: ReadonlySet<string> = new Set(['create_all', 'drop_all', 'reflect']);
const NAMES =
  /\.(create_all|drop_all|reflect|create|drop|exists|execute|scalar|bind|is_bound)\b|autoload|sessionmaker\(|Session\(/;
const FACTORIES: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Session',
  'sqlalchemy.orm.create_session',
  'sqlalchemy.orm.sessionmaker',
]);

/** Finds every place of the project that may read the engine of a MetaData, first ones first; `Facts` remembers them. */
export function findImplicitUses(facts: Facts): readonly ImplicitUse[] {
  return facts.modules.modules.flatMap((module) => {
    const { text, root } = module.tree;
    if (!NAMES.test(text)) return [];
    const nodes = [
      ...descendants(root, 'call').filter((node) => isImplicitCall(node, module, facts)),
      ...descendants(root, 'attribute').filter((node) => isBindRead(node, module, facts)),
    ];
    return nodes.map((node) => ({ module, node }));
  });
}

function isImplicitCall(node: PyNode, module: Module, facts: Facts): boolean {
  const call = readCall(node);
  if (!call) return false;
  const symbol = facts.symbols.symbolOf(module, call.callee);
  const name = symbol?.kind === 'library' ? symbol.name : '';
  if (name === 'sqlalchemy.Table')
    return keyword(call, 'autoload')?.kind === 'true' && !keyword(call, 'autoload_with');
  if (FACTORIES.has(name))
    return (
      call.positional.length === 0 &&
      !keyword(call, 'bind') &&
      !keyword(call, 'binds') &&
      !call.doubleStarred &&
      !isConfigured(node, facts)
    );
  if (readOwnExecution(node, facts.in(module))) return true;
  const method = readMethodCall(node);
  if (!method || call.positional.length > 0 || keyword(call, 'bind') || call.doubleStarred)
    return false;
  const { receiver } = method;
  if (OF_METADATA.has(method.method.text) || method.method.text === 'is_bound')
    return isMetadata(receiver, module, facts);
  if (/^(create|drop|exists)$/.test(method.method.text)) return isTable(receiver, module, facts);
  // A call without a statement is the statement's own.
  return (
    method.method.text === 'execute' &&
    call.list.named.length === 0 &&
    !isOwn(receiver, module, facts)
  );
}

/** Whether the engine of a factory, or of the registry around it, is given to it later: `Session.configure(bind=engine)`. */
function isConfigured(node: PyNode, facts: Facts): boolean {
  const around = enclosing(node, 'assignment');
  const value = around?.child('right');
  const isHeld = value === node || readCall(value ?? null)?.positional[0] === node;
  const target = isHeld ? around?.child('left') : null;
  if (!target) return false;
  return facts.modules.modules.some(({ tree }) => tree.text.includes(`${target.text}.configure(`));
}

function isTable(node: PyNode, module: Module, facts: Facts): boolean {
  const symbol = facts.symbols.symbolOf(module, node);
  const call = symbol?.kind === 'definition' ? readCall(symbol.binding.value) : null;
  const made =
    call && symbol?.kind === 'definition'
      ? facts.symbols.symbolOf(symbol.module, call.callee)
      : null;
  return made?.kind === 'library' && made.name === 'sqlalchemy.Table';
}

/** Whether the receiver is an object of a class of the project, whose method has the name. */
function isOwn(node: PyNode, module: Module, facts: Facts): boolean {
  if (node.kind === 'identifier' && /^(self|cls)$/.test(node.text)) return true;
  const symbol = facts.symbols.symbolOf(module, node);
  if (symbol?.kind !== 'definition') return false;
  const call = readCall(symbol.binding.value);
  const made = call ? facts.symbols.symbolOf(symbol.module, call.callee) : null;
  return (
    made?.kind === 'definition' ||
    symbol.binding.kind === 'class' ||
    symbol.binding.kind === 'import'
  );
}

function isBindRead(node: PyNode, module: Module, facts: Facts): boolean {
  const object = node.child('object');
  if (!object || node.child('attribute')?.text !== 'bind' || node.field === 'left') return false;
  return isMetadata(object, module, facts);
}
