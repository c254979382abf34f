// Reports validators of inherited attributes: 2.1 runs that of the subclass, versions before it that of the class with the attribute. It rewrites nothing.
import { readCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { classAt } from '../project/declared.ts';
import type { Facts } from '../project/facts.ts';
import type { MappedClass } from '../project/models.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

const VALIDATES = 'sqlalchemy.orm.validates';

export default defineTransform({
  id: 'model-validator',
  summary: 'Report validators of attributes that a superclass declares',
  rationale:
    'Up to 2.0 an inherited attribute is validated by the class that declares it; 2.1 asks the subclass first, and runs its validator alone.',
  reference: 'https://docs.sqlalchemy.org/en/21/orm/mapped_attributes.html#simple-validators',
  fixes: 'none',
  rows: ['validates-override'],
  triggers: ['validates'],
  example: {
    before:
      'from sqlalchemy.orm import validates\n\n\nclass Employee(Base):\n    __tablename__ = "employees"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str] = mapped_column()\n\n    @validates("name")\n    def check(self, key, value):\n        return value.strip()\n\n\nclass Manager(Employee):\n    __tablename__ = "managers"\n    id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)\n\n    @validates("name")\n    def check(self, key, value):\n        return value.upper()\n',
    after:
      'from sqlalchemy.orm import validates\n\n\nclass Employee(Base):\n    __tablename__ = "employees"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str] = mapped_column()\n\n    @validates("name")\n    def check(self, key, value):\n        return value.strip()\n\n\nclass Manager(Employee):\n    __tablename__ = "managers"\n    id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)\n\n    @validates("name")\n    def check(self, key, value):\n        return value.upper()\n',
  },
  visit: {
    function_definition(node, context) {
      const { facts } = context;
      const keys = validatedKeys(node, (each) => facts.qualifiedName(each));
      const holder = keys.length > 0 ? enclosing(node, 'class_definition') : null;
      const declaring = holder && classAt(facts, holder);
      if (declaring) report(node, declaring, keys, context);
    },
  },
});

function report(
  node: PyNode,
  declaring: MappedClass,
  keys: readonly string[],
  context: RuleContext,
): void {
  const { facts } = context;
  const name = node.child('name')?.text ?? '';
  for (const model of facts.models.classes.values()) {
    if (model.role !== 'mapped' || model.inheritance === 'concrete') continue;
    if (!model.mro.includes(declaring.id) || definer(model, name, facts) !== declaring.id) continue;
    for (const key of keys) {
      const owner = ownerOf(model, key, facts);
      if (owner === null || definer(owner, name, facts) === declaring.id) continue;
      const other = validatorOf(owner, key, facts);
      return context.manual({
        at: node,
        message: `a validator of \`${key}\`, which ${owner.name} declares`,
        reason:
          other === null
            ? `up to 2.0 it does not run for ${model.name}, 2.1 runs it: make sure that objects pass it, or remove it`
            : `up to 2.0 ${other} runs for ${model.name}, 2.1 runs this one alone: call the other in it where both are meant`,
      });
    }
  }
}

/** The mapped superclass that maps an attribute; `null` if the class maps it itself, or nothing does. */
function ownerOf(model: MappedClass, key: string, { models }: Facts): MappedClass | null {
  const declaredIn = model.attributes.get(key)?.owner;
  if (declaredIn === undefined) return null;
  const owner = model.mro
    .map((id) => models.classes.get(id))
    .findLast((each) => each?.role === 'mapped' && each.mro.includes(declaredIn));
  return owner && owner !== model ? owner : null;
}

/** The class whose method of that name an object of the model has. */
function definer(model: MappedClass, name: string, facts: Facts): string | null {
  return model.mro.find((id) => methodsOf(id, facts).some((each) => each.name === name)) ?? null;
}

/** `Class.method` that validates an attribute for the objects of a class. */
function validatorOf(model: MappedClass, key: string, facts: Facts): string | null {
  for (const id of model.mro) {
    const found = methodsOf(id, facts).find(
      ({ name, keys }) => keys.includes(key) && definer(model, name, facts) === id,
    );
    if (found) return `${facts.models.classes.get(id)?.name ?? id}.${found.name}`;
  }
  return null;
}

interface Method {
  readonly name: string;
  /** The attributes that it validates. */
  readonly keys: readonly string[];
}

function methodsOf(id: string, { index, symbols }: Facts): readonly Method[] {
  const source = index.classById(id);
  const body = source?.node.child('body');
  if (!source || !body) return [];
  return descendants(body, 'function_definition')
    .filter(
      (each) => enclosing(each, 'class_definition', 'function_definition')?.child('body') === body,
    )
    .map((each) => ({
      name: each.child('name')?.text ?? '',
      keys: validatedKeys(each, (callee) => {
        const symbol = symbols.symbolOf(source.module, callee);
        return symbol?.kind === 'library' ? symbol.name : null;
      }),
    }));
}

/** What `@validates("a", "b")` names; nothing where the decorator is another one. */
function validatedKeys(node: PyNode, nameOf: (callee: PyNode) => string | null): readonly string[] {
  const decorators = node.parent?.kind === 'decorated_definition' ? node.parent.named : [];
  return decorators.flatMap((each) => {
    const call = each.kind === 'decorator' ? readCall(each.named[0] ?? null) : null;
    if (!call || nameOf(call.callee) !== VALIDATES) return [];
    return call.positional.map((name) => stringValue(name)).filter((name) => name !== null);
  });
}
