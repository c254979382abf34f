// Passes the engine of bound metadata to a call that took it from there. It removes no binding.
import type { Edit } from '../../edits/edit.ts';
import { keyword, readCall, readMethodCall } from '../../python/calls.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { engineName, metadataKey, tableMetadata, type MetadataBind } from './bound-metadata.ts';
import type { ImplicitUse } from './implicit-binds.ts';

const OF_METADATA: ReadonlySet<string> = new Set(['create_all', 'drop_all', 'reflect']);
const OF_TABLE: ReadonlySet<string> = new Set(['create', 'drop', 'exists']);

/** The binds of the metadata that a call of DDL or of Table is about. */
export function bindsOfUse({ node, module }: ImplicitUse, facts: Facts): readonly MetadataBind[] {
  const key = keyOf(node, module, facts);
  return key === null ? [] : facts.metadataBinds().filter((bind) => bind.key === key);
}

function keyOf(node: PyNode, module: ImplicitUse['module'], facts: Facts): string | null {
  const method = readMethodCall(node);
  if (method && OF_METADATA.has(method.method.text))
    return metadataKey(method.receiver, module, facts);
  if (method && OF_TABLE.has(method.method.text))
    return tableMetadata(method.receiver, module, facts);
  const metadata = readCall(node)?.positional[1];
  return metadata && autoload(node) ? metadataKey(metadata, module, facts) : null;
}

/** The edit that passes the engine, `null` where no name is proven to hold it. */
export function threadEngine(use: ImplicitUse, facts: Facts): Edit | null {
  const { node, module } = use;
  const binds = bindsOfUse(use, facts);
  const names = new Set(binds.map((bind) => engineName(bind, node, module, facts)));
  const [name] = names;
  return names.size === 1 && name ? passEngine(use, name) : null;
}

/** The edit that writes the engine as an argument. */
export function passEngine({ node, module }: ImplicitUse, name: string): Edit | null {
  const call = readCall(node);
  if (!call) return null;
  const { path } = module;
  const flag = autoload(node);
  if (flag) return { path, start: flag.start, end: flag.end, text: `autoload_with=${name}` };
  const start = call.list.start + 1;
  const text = call.list.named.length > 0 ? `${name}, ` : name;
  const [first] = call.list.named;
  return { path, start: first?.start ?? start, end: first?.start ?? start, text, attach: 'before' };
}

function autoload(node: PyNode): PyNode | null {
  const call = readCall(node);
  const flag = call?.keywords.find(
    ({ name, value }) => name === 'autoload' && value.kind === 'true',
  );
  return call && flag && !keyword(call, 'autoload_with') ? flag.node : null;
}
