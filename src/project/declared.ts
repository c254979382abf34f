// Finds the mapped class and the declared attribute that a statement of a class body belongs to. Syntax plus the model index; no rewriting.
import { readCall, type Call } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import type { Facts } from './facts.ts';
import type { MappedClass } from './models.ts';

/** `name = callee(…)`, with or without an annotation, in the body of a declarative class; or a function there that returns the call. */
export interface DeclaredCall {
  /** The assignment, or the decorated function. */
  readonly assignment: PyNode;
  readonly name: PyNode;
  /** The annotation expression. */
  readonly annotation: PyNode | null;
  /** The node of `: annotation`'s type. */
  readonly annotationNode: PyNode | null;
  readonly call: Call;
  /** Canonical name of what is called. */
  readonly callee: string;
  readonly model: MappedClass;
  readonly classNode: PyNode;
}

const NOT_ATTRIBUTES =
  /^(?:typing(?:_extensions)?\.(?:ClassVar|Final)|dataclasses\.InitVar|sqlalchemy\.(?:orm\.(?:Mapped|DynamicMapped|WriteOnlyMapped|MappedColumn|relationship|synonym|composite|declared_attr)|ext\.associationproxy\.AssociationProxy))\b/;

/** The declarative class that a `class` statement defines, if the model index knows it. */
export function classAt(facts: Facts, classNode: PyNode): MappedClass | null {
  const name = classNode.child('name');
  if (!name) return null;
  const binding = facts.binding
    .scopeOf(classNode)
    .bindings.get(name.text)
    ?.find((each) => each.value === classNode);
  return binding
    ? (facts.models.classes.get(facts.symbols.idOf(facts.module, binding)) ?? null)
    : null;
}

/** Reads an assignment of a call to a plain name directly in the body of a declarative class; `null` for anything else. */
export function declaredCall(assignment: PyNode, facts: Facts): DeclaredCall | null {
  const name = assignment.child('left');
  const call = readCall(assignment.child('right'));
  if (name?.kind !== 'identifier' || !call || assignment.parent?.kind === 'assignment') return null;
  if (assignment.parent?.parent?.kind !== 'block') return null;
  const classNode = enclosing(assignment, 'class_definition', 'function_definition', 'lambda');
  if (classNode?.kind !== 'class_definition') return null;
  const callee = facts.qualifiedName(call.callee);
  const model = callee ? classAt(facts, classNode) : null;
  if (!callee || !model || model.sqlModel) return null;
  const annotationNode = assignment.child('type');
  return {
    assignment,
    name,
    annotation: annotationNode?.named[0] ?? null,
    annotationNode,
    call,
    callee,
    model,
    classNode,
  };
}

/** Reads a method of a declarative class that `declared_attr` decorates and that only returns a call; `null` for anything else. */
export function declaredFunction(definition: PyNode, facts: Facts): DeclaredCall | null {
  const name = definition.child('name');
  const body = definition.child('body');
  const decorated = definition.parent;
  if (!name || !body || decorated?.kind !== 'decorated_definition') return null;
  const decorators = decorated.named.filter((each) => each.kind === 'decorator');
  const [decorator] = decorators;
  const isDeclaredAttr =
    decorators.length === 1 &&
    decorator?.named[0] !== undefined &&
    /^sqlalchemy\.orm\.declared_attr(\.cascading)?$/.test(
      facts.qualifiedName(decorator.named[0]) ?? '',
    );
  const statements = body.named.filter((each) => each.kind !== 'comment');
  const last = statements.at(-1);
  const leading = statements.slice(0, -1);
  const isPlain = leading.every((each) => each.kind === 'expression_statement');
  const call = last?.kind === 'return_statement' ? readCall(last.named[0] ?? null) : null;
  const classNode = enclosing(decorated, 'class_definition', 'function_definition', 'lambda');
  if (!isDeclaredAttr || !isPlain || !call || classNode?.kind !== 'class_definition') return null;
  const callee = facts.qualifiedName(call.callee);
  const model = callee ? classAt(facts, classNode) : null;
  if (!callee || !model || model.sqlModel) return null;
  const annotationNode = definition.child('return_type');
  return {
    assignment: decorated,
    name,
    annotation: annotationNode?.named[0] ?? null,
    annotationNode,
    call,
    callee,
    model,
    classNode,
  };
}

/** Whether a class is also a dataclass, whose fields SQLAlchemy reads in another way. */
export function isDataclass(classNode: PyNode, facts: Facts): boolean {
  const decorators =
    classNode.parent?.kind === 'decorated_definition' ? classNode.parent.named : [];
  const decorated = decorators
    .filter((each) => each.kind === 'decorator')
    .map((each) => each.named[0])
    .some((each) => each && isDataclassName(facts.qualifiedName(readCall(each)?.callee ?? each)));
  const bases = classAt(facts, classNode)?.mro ?? [];
  return decorated || bases.includes('sqlalchemy.orm.MappedAsDataclass');
}

function isDataclassName(name: string | null): boolean {
  return name === 'dataclasses.dataclass' || (name?.endsWith('.mapped_as_dataclass') ?? false);
}

/** Whether SQLAlchemy 2.x does not know what to do with an annotation in a mapped class. */
export function isUnmapped(annotation: PyNode, facts: Facts): boolean {
  const head =
    annotation.named[0] && annotation.kind !== 'string' ? annotation.named[0] : annotation;
  const named = facts.qualifiedName(annotation) ?? facts.qualifiedName(head) ?? head.text;
  return (
    !NOT_ATTRIBUTES.test(named) && !/\b(?:Mapped|ClassVar|AssociationProxy)\b/.test(annotation.text)
  );
}

/** Whether the class or one above it says `__allow_unmapped__`. */
export function allowsUnmapped(
  { mro }: MappedClass,
  classNode: PyNode,
  { symbols }: Facts,
): boolean {
  if (classNode.text.includes('__allow_unmapped__')) return true;
  return mro.some(
    (id) => symbols.definition(id)?.binding.value?.text.includes('__allow_unmapped__') ?? false,
  );
}
