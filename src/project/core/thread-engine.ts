// Passes the engine of bound metadata to a call that took it from there. It removes no binding.
import type { Edit } from '../../edits/edit.ts';
import { keyword, readCall, readMethodCall, type MethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import { SELF_EXECUTING } from '../../sqlalchemy/classes.ts';
import type { Facts } from '../facts.ts';
import { engineName, metadataKey, tableMetadata, type MetadataBind } from './bound-metadata.ts';
import type { ImplicitUse } from './implicit-binds.ts';
import { isInstance } from './receivers.ts';

const OF_METADATA: ReadonlySet<string> = new Set(['create_all', 'drop_all', 'reflect']);
const OF_TABLE: ReadonlySet<string> = new Set(['create', 'drop', 'exists']);

/** A statement or Sequence that is executed by its own method; `null` for any other node. */
export function readOwnExecution(
  node: PyNode,
  facts: Facts,
  names: ReadonlySet<string> = EXECUTING,
): MethodCall | null {
  const call = readMethodCall(node, names);
  return call && isInstance(call.receiver, SELF_EXECUTING, facts) === 'proven' ? call : null;
}

const EXECUTING: ReadonlySet<string> = new Set(['execute', 'scalar']);

/** The binds of the metadata that a call is about; any may be that of a statement whose tables are not seen. */
export function bindsOfUse({ node, module }: ImplicitUse, facts: Facts): readonly MetadataBind[] {
  const own = readOwnExecution(node, facts.in(module));
  const key = own ? tableMetadata(headOf(own.receiver), module, facts) : keyOf(node, module, facts);
  if (own && key === null) return facts.metadataBinds();
  return key === null ? [] : facts.metadataBinds().filter((bind) => bind.key === key);
}

/** What a chain of methods starts with: the table of `table.insert().values(…)`. */
function headOf(node: PyNode): PyNode {
  const inner = node.kind === 'parenthesized_expression' ? node.named[0] : undefined;
  const receiver = inner ?? readMethodCall(node)?.receiver;
  return receiver ? headOf(receiver) : node;
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

/** The edits that pass the engine, `null` where no name is proven to hold it. */
export function threadEngine(use: ImplicitUse, facts: Facts): readonly Edit[] | null {
  const { node, module } = use;
  const binds = bindsOfUse(use, facts);
  const names = new Set(binds.map((bind) => engineName(bind, node, module, facts)));
  const [name] = names;
  if (names.size !== 1 || !name) return null;
  const own = readOwnExecution(use.node, facts.in(use.module));
  if (own) return isSequence(own, use, facts) ? null : executeOn(own, name, use.module.path);
  const edit = passEngine(use, name);
  return edit && [edit];
}

/** What a Sequence gives is a number, and no result. */
function isSequence({ receiver }: MethodCall, { module }: ImplicitUse, facts: Facts): boolean {
  return isInstance(receiver, ['sqlalchemy.Sequence'], facts.in(module)) !== null;
}

/** The edits that turn `statement.execute(…)` into `engine.execute(statement, …)`. */
function executeOn(call: MethodCall, name: string, path: string): readonly Edit[] | null {
  const { node, receiver, method, list } = call;
  const isWrapped = receiver.kind === 'parenthesized_expression';
  const start = receiver.start + (isWrapped ? 1 : 0);
  const [first] = list.named;
  const gap = { start: receiver.end - (isWrapped ? 1 : 0), end: first?.start ?? node.end };
  const isCommented = descendants(node, 'comment').some(
    (comment) => comment.end > gap.start && comment.start < gap.end,
  );
  if (isCommented) return null;
  return [
    { path, start: receiver.start, end: start, text: `${name}.${method.text}(`, attach: 'before' },
    { path, ...gap, text: first ? ', ' : ')' },
  ];
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
