// Finds what a function reads from the mapped objects in its variables: attributes, properties over them, and what others read for it. It judges nothing.
import { readCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { attributeOf } from '../loads/attribute.ts';
import { ownerClass } from '../loads/loaded.ts';
import { originsOf } from '../loads/origin.ts';
import { isPydantic, schemaOf } from '../loads/serialised.ts';
import type { MappedClass } from '../models.ts';
import { parameterName } from '../infer/arguments.ts';
import type { Value } from '../values.ts';
import { calledFunction, passedFor } from './called.ts';
import { functionOf, isAsync } from './sessions.ts';

/** A read of the attributes of an object. */
export interface ObjectRead {
  /** What reads: the attribute, or what hands the object on. */
  readonly node: PyNode;
  /** The variable that holds the object. */
  readonly object: PyNode;
  readonly model: MappedClass;
  /** It reads a column, or nothing but columns as far as is seen. */
  readonly column: boolean;
}

/** The reads of mapped attributes of the variables of a function, in source order. */
export function objectReads(definition: PyNode, facts: Facts): readonly ObjectRead[] {
  const body = definition.child('body');
  if (!body) return [];
  return [
    ...attributeReads(body, definition, facts),
    ...answered(body, definition, facts),
    ...passedOn(body, definition, facts),
  ].toSorted((a, b) => a.node.start - b.node.start);
}

function attributeReads(body: PyNode, definition: PyNode, facts: Facts): readonly ObjectRead[] {
  return descendants(body, 'attribute').flatMap((node): ObjectRead[] => {
    const object = node.child('object');
    if (object?.kind !== 'identifier' || functionOf(node) !== definition) return [];
    if (isAssigned(node)) return [];
    const name = node.child('attribute')?.text ?? '';
    if (!mayBeRead(name, facts)) return [];
    const model = classOf(object, facts);
    if (!model || !isMappedRead(model, name, facts)) return [];
    const column = attributeOf(model, name, facts)?.kind === 'column';
    return [{ node, object, model, column }];
  });
}

/** Whether a node is what an assignment sets; the left side of `a + b` is read. */
function isAssigned({ field, parent }: PyNode): boolean {
  return field === 'left' && (parent?.kind ?? '').endsWith('assignment');
}

/** Whether a name is worth the question whose it is. */
function mayBeRead(name: string, facts: Facts): boolean {
  const { models } = facts;
  return (
    models.mayBe(name, 'relationship') ||
    models.mayBe(name, 'column') ||
    facts.asyncFacts().propertyNames.has(name)
  );
}

function isMappedRead(model: MappedClass, name: string, facts: Facts): boolean {
  const kind = attributeOf(model, name, facts)?.kind;
  return kind === 'column' || kind === 'relationship' || isPropertyOver(model, name, facts);
}

/** A property that reads mapped attributes of its object. */
function isPropertyOver(model: MappedClass, name: string, facts: Facts): boolean {
  for (const id of model.mro) {
    const found = facts.functionsOf(`${id}.${name}`);
    if (found.length === 0) continue;
    return found.some(({ node, module }) => {
      const decorated = node.parent?.kind === 'decorated_definition' ? node.parent : null;
      const isProperty = /^@(\w+\.)*(hybrid_)?property\b/m.test(decorated?.text ?? '');
      return isProperty && readsOf(node, 'self', model, facts.in(module));
    });
  }
  return false;
}

/** Whether a function reads a mapped attribute of one of its variables, before it awaits anything. */
function readsOf(definition: PyNode, variable: string, model: MappedClass, facts: Facts): boolean {
  const until = firstAwait(definition);
  return descendants(definition.child('body') ?? definition, 'attribute').some((node) => {
    if (node.child('object')?.text !== variable || isAssigned(node)) return false;
    if (node.start > until) return false;
    const kind = attributeOf(model, node.child('attribute')?.text ?? '', facts)?.kind;
    return kind === 'column' || kind === 'relationship';
  });
}

/** Objects that a route of a web framework returns: their attributes are read when the answer is written. */
function answered(body: PyNode, definition: PyNode, facts: Facts): readonly ObjectRead[] {
  if (!isRoute(definition)) return [];
  return descendants(body, 'return_statement').flatMap((node): ObjectRead[] => {
    const [object] = node.named;
    if (object?.kind !== 'identifier' || functionOf(node) !== definition) return [];
    const value = facts.infer(object)?.value;
    const model = value?.kind === 'instance' ? facts.models.classes.get(value.of) : undefined;
    return model?.role === 'mapped' ? [{ node, object, model, column: true }] : [];
  });
}

/** Objects that are passed to a function which reads them at once, or to a Pydantic model that is made of them. */
function passedOn(body: PyNode, definition: PyNode, facts: Facts): readonly ObjectRead[] {
  return descendants(body, 'call').flatMap((node): ObjectRead[] => {
    if (functionOf(node) !== definition) return [];
    const call = readCall(node);
    const variables = (call?.list.named ?? [])
      .map((each) => (each.kind === 'keyword_argument' ? each.child('value') : each))
      .filter((each) => each?.kind === 'identifier');
    if (!call || variables.length === 0) return [];
    return variables.flatMap((object): ObjectRead[] => {
      const model = object && classOf(object, facts);
      return object && model && readsArgument(call.callee, node, object, model, facts)
        ? [{ node, object, model, column: false }]
        : [];
    });
  });
}

function readsArgument(
  callee: PyNode,
  call: PyNode,
  object: PyNode,
  model: MappedClass,
  facts: Facts,
): boolean {
  const method = callee.child('attribute')?.text ?? '';
  if (/^(model_validate|from_orm)$/.test(method)) {
    const schema = schemaOf(callee.child('object') ?? callee, facts);
    return schema !== null && isPydantic(schema);
  }
  const called = calledFunction(callee, facts);
  if (!called) return false;
  const parameters = called.definition.child('parameters')?.named ?? [];
  const parameter = parameters.find((each) => passedFor(call, each, called.skipped) === object);
  const name = parameter ? parameterName(parameter) : null;
  return name !== null && readsOf(called.definition, name, model, called.facts);
}

/** Where a function first awaits something, after which its parameters may have been refreshed. */
function firstAwait(definition: PyNode): number {
  const [first] = descendants(definition.child('body') ?? definition, 'await');
  return first && isAsync(definition) ? first.start : definition.end;
}

/** Whether a function is decorated as `@router.get(…)` is. */
export function isRoute(definition: PyNode): boolean {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  return (decorated?.children ?? []).some(
    (child) =>
      child.kind === 'decorator' &&
      // The path of a route starts with a slash: `@mock.patch("app.db.connect")` is none.
      /^@\s*(?!(unittest\.)?mock\.)\w+(\.\w+)*\.(get|post|put|patch|delete|api_route)\((?!\s*["'][^/"'])/.test(
        child.text,
      ),
  );
}

/** The mapped class of the object in a local variable. */
function classOf(object: PyNode, facts: Facts): MappedClass | null {
  const place = facts.binding.lookup(object.text, object);
  if (!place || place.scope.kind === 'module' || place.scope.kind === 'class') return null;
  const value = facts.infer(object)?.value;
  const known = value?.kind === 'instance' ? facts.models.classes.get(value.of) : null;
  return known?.role === 'mapped' ? known : loadedClass(object, known ? undefined : value, facts);
}

/** The class of objects whose type no annotation tells: that of the query they come from. */
function loadedClass(object: PyNode, value: Value | undefined, facts: Facts): MappedClass | null {
  if (value && !(value.kind === 'instance' && value.of === 'builtins.object')) return null;
  const [origin] = originsOf(object, facts);
  return origin ? ownerClass(origin, facts) : null;
}
