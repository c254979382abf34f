// Which mapped attributes Pydantic reads when it makes a model of an object. It looks at the fields of the class, not at its validators.
import { readMethodCall } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** A class of the project with annotated fields. */
export interface Schema {
  readonly node: PyNode;
  readonly facts: Facts;
}

/** The classes that the bases of a schema lead to, itself first. */
function withBases(schema: Schema, depth = 0): readonly Schema[] {
  if (depth > 6) return [];
  const bases = schema.node.child('superclasses')?.named ?? [];
  return [
    schema,
    ...bases.flatMap((base) => {
      const found = schemaOf(base, schema.facts);
      return found ? withBases(found, depth + 1) : [];
    }),
  ];
}

/** The class of the project that an expression names. */
export function schemaOf(node: PyNode, facts: Facts): Schema | null {
  const symbol = facts.symbols.symbolOf(facts.module, node);
  if (symbol?.kind !== 'definition' || symbol.binding.kind !== 'class' || !symbol.binding.value)
    return null;
  return { node: symbol.binding.value, facts: facts.in(symbol.module) };
}

/** Whether a class descends from Pydantic's. */
export function isPydantic(schema: Schema): boolean {
  return withBases(schema).some(({ node, facts }) =>
    (node.child('superclasses')?.named ?? []).some((base) =>
      /^(pydantic\.(\w+\.)*(BaseModel|GenericModel)|sqlmodel\.SQLModel|fastapi_\w+\..*)$/.test(
        facts.qualifiedName(base) ?? '',
      ),
    ),
  );
}

/** The names of the fields that hold other schemas or lists of them: those that a relationship may fill. */
export function nestedFields(schema: Schema): readonly string[] {
  const names = new Set<string>();
  for (const { node, facts } of withBases(schema)) {
    const body = node.child('body');
    for (const statement of body?.named ?? []) {
      const assignment = statement.named[0];
      const type = assignment?.kind === 'assignment' ? assignment.child('type') : null;
      const name = assignment?.child('left');
      if (!type || name?.kind !== 'identifier') continue;
      const holdsSchema = descendants(type, 'identifier').some((each) => {
        const found = schemaOf(each, facts);
        return found !== null && isPydantic(found);
      });
      if (holdsSchema && !/alias\s*=|exclude\s*=/.test(assignment?.text ?? ''))
        names.add(name.text);
    }
  }
  return [...names];
}

/** The object and the schema of `Schema.model_validate(obj)`; `null` for any other call. */
export function validation(
  node: PyNode,
  facts: Facts,
): { readonly schema: Schema; readonly object: PyNode } | null {
  const call = readMethodCall(node);
  const [object] = call?.positional ?? [];
  if (!call || !object || !/^(model_validate|from_orm)$/.test(call.method.text)) return null;
  const schema = schemaOf(call.receiver, facts);
  return schema && isPydantic(schema) ? { schema, object } : null;
}

/** The schema of `response_model=` of a route, or of its return annotation. */
export function responseSchema(
  definition: PyNode,
  facts: Facts,
): { readonly schema: Schema; readonly many: boolean } | null {
  const decorated = definition.parent?.kind === 'decorated_definition' ? definition.parent : null;
  const decorators = (decorated?.children ?? []).filter((child) => child.kind === 'decorator');
  const route = decorators.find((each) =>
    /^@\s*\w+(\.\w+)*\.(get|post|put|patch|delete|api_route)\(/.test(each.text),
  );
  if (!route) return null;
  const given = descendants(route, 'keyword_argument').find(
    (each) => each.child('name')?.text === 'response_model',
  );
  const type = given ? given.child('value') : definition.child('return_type');
  if (!type) return null;
  const many = /^(typing\.)?(list|List|Sequence|Iterable)\[/.test(type.text);
  const [only, ...others] = descendants(type, 'identifier')
    .map((each) => schemaOf(each, facts))
    .filter((each) => each !== null)
    .filter(isPydantic);
  return only && others.length === 0 ? { schema: only, many } : null;
}
