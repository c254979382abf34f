// Reads the properties of mappers in a way that configures the mappers first, as 1.x did.
import { readCall, readMethodCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const MAKERS = /^sqlalchemy\.(orm\.)?(class_mapper|inspect|object_mapper)$/;

export default defineTransform({
  id: 'core-mapper-properties',
  summary: 'Read the properties of mappers from `Mapper.attrs`',
  rationale:
    '`iterate_properties` and `get_property()` no longer configure the mappers first: backrefs are missing and relationships are incomplete.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/mapping_api.html#sqlalchemy.orm.Mapper.attrs',
  fixes: 'safe',
  rows: [],
  triggers: ['.iterate_properties', '.get_property(', '.active_history'],
  example: {
    before: 'names = [prop.key for prop in User.__mapper__.iterate_properties]\n',
    after: 'names = [prop.key for prop in User.__mapper__.attrs]\n',
  },
  visit: {
    attribute(node, context) {
      const name = node.child('attribute');
      const receiver = node.child('object');
      if (!name || !receiver) return;
      if (name.text === 'active_history') return ofImplementation(node, receiver, context);
      if (name.text !== 'iterate_properties') return;
      // A mapper from elsewhere may be one that is being made: configuring it then is wrong in 2.0.
      if (!isMapper(receiver, context)) return;
      const isSame = isIterated(node);
      context.fix({
        at: node,
        message: '`Mapper.iterate_properties`',
        safety: isSame ? 'safe' : 'unsafe',
        reason: isSame ? '' : 'it was an iterator, and is a collection now',
        edits: [context.replace(name, 'attrs')],
      });
    },
    call(node, context) {
      const call = readMethodCall(node);
      const [key] = call?.positional ?? [];
      if (call?.method.text !== 'get_property' || !key || call.list.named.length !== 1) return;
      if (!isMapper(call.receiver, context)) return;
      const isKnown = hasProperty(call.receiver, stringValue(key), context);
      context.fix({
        at: node,
        message: '`Mapper.get_property()`',
        safety: isKnown ? 'safe' : 'unsafe',
        reason: isKnown
          ? ''
          : 'a name that is missing raises KeyError instead of InvalidRequestError',
        edits: [
          context.replace({ start: call.receiver.end, end: key.start }, '.attrs['),
          context.replace({ start: key.end, end: node.end }, ']'),
        ],
      });
    },
  },
});

/** `User.__mapper__`, `inspect(User)`, `class_mapper(User)`: the mapper of a class that is mapped. */
function isMapper(node: PyNode, { facts }: RuleContext): boolean {
  if (node.kind === 'attribute' && node.child('attribute')?.text === '__mapper__') return true;
  const source = node.kind === 'identifier' ? (facts.definition(node)?.value ?? node) : node;
  if (source.kind === 'attribute' && source.child('attribute')?.text === '__mapper__') return true;
  const call = readCall(source);
  const name = call ? facts.qualifiedName(call.callee) : null;
  if (!call || name === null || !MAKERS.test(name)) return false;
  const [argument] = call.positional;
  return (
    !name.endsWith('.inspect') || (argument !== undefined && facts.mappedClass(argument) !== null)
  );
}

/** Whether `User.__mapper__` has a property of the name for sure. */
function hasProperty(mapper: PyNode, name: string | null, { facts }: RuleContext): boolean {
  const mapped =
    mapper.kind === 'attribute' ? mapper.child('object') : readCall(mapper)?.positional[0];
  const kind = mapped ? facts.mappedClass(mapped)?.attributes.get(name ?? '')?.kind : undefined;
  // Hybrids and proxies are no properties of the mapper.
  return kind !== undefined && !['association-proxy', 'hybrid'].includes(kind);
}

function isIterated(node: PyNode): boolean {
  const { parent } = node;
  if (parent?.kind === 'for_statement' || parent?.kind === 'for_in_clause')
    return node.field === 'right';
  const call = parent?.kind === 'argument_list' ? parent.parent : null;
  return /^(list|tuple|set|sorted|dict|enumerate)$/.test(call?.child('function')?.text ?? '');
}

/** `Class.attribute.impl.active_history = True`: there is no implementation before the mappers are configured. */
function ofImplementation(node: PyNode, receiver: PyNode, context: RuleContext): void {
  if (receiver.kind !== 'attribute' || receiver.child('attribute')?.text !== 'impl') return;
  if (node.field !== 'left' || !enclosing(node, 'assignment')) return;
  const properties = loopedProperties(node);
  const name = properties?.child('attribute');
  const mapper = properties?.child('object');
  // The loop itself configures the mappers, or does so when it is rewritten.
  if (mapper && (name?.text === 'attrs' || isMapper(mapper, context))) return;
  if (name)
    return context.fix({
      at: name,
      message: '`Mapper.iterate_properties` where the implementation of attributes is used',
      safety: 'unsafe',
      reason:
        'that the receiver is a mapper is not proven; `attrs` configures it first, as 1.x did',
      edits: [context.replace(name, 'attrs')],
    });
  context.manual({
    at: node,
    message: '`.impl.active_history` is set',
    reason:
      'an attribute has no implementation before its mapper is configured: set active_history of the property (`prop.active_history = True`), or pass active_history=True to column_property() or mapped_column()',
  });
}

/** `mapper.iterate_properties` or `mapper.attrs`, where a loop around the node goes over them. */
function loopedProperties(node: PyNode): PyNode | null {
  let loop = enclosing(node, 'for_statement', 'function_definition', 'class_definition');
  while (loop?.kind === 'for_statement') {
    const right = loop.child('right');
    const name = right?.kind === 'attribute' ? right.child('attribute')?.text : undefined;
    if (name === 'iterate_properties' || name === 'attrs') return right;
    loop = enclosing(loop, 'for_statement', 'function_definition', 'class_definition');
  }
  return null;
}
