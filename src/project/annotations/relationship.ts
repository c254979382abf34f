// Decides the annotation of a relationship. See appendix C of the catalog; ambiguous relationships stay untyped with the reason.
import { keyword } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { DeclaredCall } from '../declared.ts';
import type { MappedClass, RelationshipAttribute } from '../models.ts';
import type { NameUse, RuleContext } from '../rule.ts';
import { isTestPath } from '../test-paths.ts';
import { generic, named, optional, type AnnotationText } from './python-type.ts';

/** How to type one relationship. */
export type TypedRelationship =
  | {
      readonly annotation: string;
      readonly uses: readonly NameUse[];
      /** The annotation names the target: the argument says nothing more. */
      readonly impliesTarget: boolean;
    }
  | { readonly refusal: string };

/** Plans the annotation of a `relationship(…)` of a mapped class. */
export function typedRelationship(
  declared: DeclaredCall,
  relation: RelationshipAttribute,
  context: RuleContext,
): TypedRelationship {
  const target =
    relation.target === null ? null : context.facts.models.classes.get(relation.target);
  if (!target)
    return {
      refusal: `the target class ${relation.targetName ?? ''} was not found in the project`.replace(
        '  ',
        ' ',
      ),
    };
  const { path } = context.facts.module;
  if (isTestPath(target.location.path) && !isTestPath(path))
    return { refusal: `its target class ${target.name} is one of the tests` };
  const name = targetName(declared, target, context);
  if (!name)
    return {
      refusal: `the name ${target.name} means something else in this file or stands for several mapped classes`,
    };
  const wrapped = wrap(declared, relation, name, context);
  if (!wrapped) return { refusal: refusalOf(relation) };
  const impliesTarget =
    name.text.slice(1, -1) === target.name && argumentNames(declared, target, context);
  return { annotation: wrapped.text, uses: wrapped.uses, impliesTarget };
}

/** Whether the argument says what the name of the target, looked up in the registry of the class, says too. */
function argumentNames(declared: DeclaredCall, target: MappedClass, context: RuleContext): boolean {
  const argument = declared.call.positional[0] ?? keyword(declared.call, 'argument');
  if (argument?.kind !== 'identifier') return stringValue(argument) === target.name;
  // A function may make several classes of one name.
  const isKnown = target.base === declared.model.base && !target.id.includes('<locals>');
  return argument.text === target.name && isKnown && !isAmbiguous(target, context);
}

function refusalOf(relation: RelationshipAttribute): string {
  if (relation.lazy === null) return 'its lazy strategy is not literal';
  if (relation.uselist === null)
    return 'whether it is a collection cannot be told from its foreign keys';
  if (!relation.uselist) return 'whether it may be None cannot be told from its foreign keys';
  if (relation.collection === 'dict')
    return `the type of the keys of its dictionary${relation.collectionKey === null ? '' : `, \`${relation.collectionKey}\`,`} is not known`;
  const name = relation.collection?.split('.').at(-1);
  return `how to annotate its collection class${name === undefined ? '' : ` ${name}`} is not known`;
}

/** The target as it stands inside the annotation, quoted; imported for type checkers where it is not visible. */
function targetName(
  declared: DeclaredCall,
  target: MappedClass,
  context: RuleContext,
): AnnotationText | null {
  const { facts } = context;
  const classBody = declared.classNode.child('body');
  const bindings = classBody && facts.binding.scopeOf(classBody.children[0] ?? classBody).bindings;
  const quote = quoteOf(declared);
  const text = `${quote}${target.name}${quote}`;
  const visible = facts.symbols.symbolNamed(facts.module, target.name, declared.assignment);
  const isFree = !bindings?.has(target.name);
  if (isFree && visible?.kind === 'definition' && visible.id === target.id)
    return { text, uses: [] };
  const argument = declared.call.positional[0] ?? keyword(declared.call, 'argument');
  const dotted = argument?.kind === 'attribute' ? argument.text : '';
  const named = facts.symbols.symbolNamed(facts.module, dotted, declared.assignment);
  if (named?.kind === 'definition' && named.id === target.id && !bindings?.has(headOf(dotted)))
    return { text: `${quote}${dotted}${quote}`, uses: [] };
  if (!isFree || visible !== null || facts.binding.isBound(target.name, declared.assignment))
    return null;
  if (isAmbiguous(target, context) || target.id.includes('<locals>')) return null;
  const use = context.use(target.id, declared.assignment, { typing: true });
  if (use.text === target.name) return { text, uses: [use] };
  // Through an imported module; the argument still has to tell SQLAlchemy which class it is.
  return argument && /^[\w.]+$/.test(use.text)
    ? { text: `${quote}${use.text}${quote}`, uses: [use] }
    : null;
}

function headOf(dotted: string): string {
  return dotted.split('.')[0] ?? '';
}

/** Whether the registry of the target's declarative base has several classes of its name. */
function isAmbiguous(target: MappedClass, context: RuleContext): boolean {
  const { models } = context.facts;
  return models.named(target.name).filter((each) => each.base === target.base).length > 1;
}

/** The quote that the file's own string arguments have here. */
function quoteOf(declared: DeclaredCall): string {
  const [literal] = descendants(declared.call.list, 'string');
  return literal?.text.startsWith("'") ? "'" : '"';
}

function wrap(
  declared: DeclaredCall,
  relation: RelationshipAttribute,
  target: AnnotationText,
  context: RuleContext,
): AnnotationText | null {
  const at = declared.assignment;
  if (relation.lazy === null) return null;
  if (relation.lazy === 'dynamic')
    return within('sqlalchemy.orm.DynamicMapped', target, at, context);
  if (relation.lazy === 'write_only')
    return within('sqlalchemy.orm.WriteOnlyMapped', target, at, context);
  if (relation.uselist === null) return null;
  if (relation.uselist) {
    const collection = collectionOf(relation, target, at, context);
    return collection && within('sqlalchemy.orm.Mapped', collection, at, context);
  }
  if (relation.optional === null) return null;
  const inner = relation.optional ? optionalTarget(target, at, context) : target;
  return within('sqlalchemy.orm.Mapped', inner, at, context);
}

/** `Optional["B"]`, as `"B" | None` is a TypeError at run time. */
function optionalTarget(target: AnnotationText, at: PyNode, context: RuleContext): AnnotationText {
  return optional(target, at, context);
}

function within(
  wrapper: string,
  inner: AnnotationText,
  at: PyNode,
  context: RuleContext,
): AnnotationText {
  const use = context.use(wrapper, at);
  return { text: `${use.text}[${inner.text}]`, uses: [use, ...inner.uses] };
}

function collectionOf(
  relation: RelationshipAttribute,
  target: AnnotationText,
  at: PyNode,
  context: RuleContext,
): AnnotationText | null {
  switch (relation.collection) {
    case 'list':
    case 'sqlalchemy.ext.orderinglist.ordering_list':
      return generic('list', [target], at, context);
    case 'set':
      return generic('set', [target], at, context);
    case 'dict': {
      const key = keyType(relation, at, context);
      return key && generic('dict', [key, target], at, context);
    }
    default:
      return null;
  }
}

function keyType(
  relation: RelationshipAttribute,
  at: PyNode,
  context: RuleContext,
): AnnotationText | null {
  const target =
    relation.target === null ? null : context.facts.models.classes.get(relation.target);
  const key =
    relation.collectionKey === null ? null : target?.attributes.get(relation.collectionKey);
  if (key?.kind !== 'column' || !key.type) return null;
  const scalar = KEY_TYPES.get(key.type.name);
  return scalar ? named(scalar, at, context) : null;
}

const KEY_TYPES: ReadonlyMap<string, string> = new Map([
  ['sqlalchemy.Integer', 'int'],
  ['sqlalchemy.BigInteger', 'int'],
  ['sqlalchemy.String', 'str'],
  ['sqlalchemy.Text', 'str'],
  ['sqlalchemy.Unicode', 'str'],
  ['sqlalchemy.UnicodeText', 'str'],
]);
