// Rewrites the further methods of a hybrid property, which repeat its name, to methods of their own under `inplace`.
import type { Edit } from '../edits/edit.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import type { PyNode } from '../python/tree.ts';

/** The modifiers, and what the documentation adds to the name of the property. Those that get the class are class methods. */
const MODIFIERS: ReadonlyMap<string, { readonly suffix: string; readonly getsClass: boolean }> =
  new Map([
    ['setter', { suffix: 'setter', getsClass: false }],
    ['deleter', { suffix: 'deleter', getsClass: false }],
    ['expression', { suffix: 'expression', getsClass: true }],
    ['comparator', { suffix: 'comparator', getsClass: true }],
    ['update_expression', { suffix: 'update_expression', getsClass: true }],
  ]);

export default defineTransform({
  id: 'model-hybrid-method',
  summary: 'Define the expression and setter of a hybrid under names of their own',
  rationale:
    'Type checkers take several functions of one name for an error, and lose the type of the property; inplace modifiers have names of their own.',
  reference:
    'https://docs.sqlalchemy.org/en/20/orm/extensions/hybrid.html#using-inplace-to-create-pep-484-compliant-hybrid-properties',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['hybrid-inplace'],
  triggers: ['hybrid_property'],
  example: {
    before:
      '@hybrid_property\ndef total(self):\n    return self.price + self.tax\n\n@total.expression\ndef total(cls):\n    return cls.price + func.coalesce(cls.tax, 0)\n',
    after:
      '@hybrid_property\ndef total(self):\n    return self.price + self.tax\n\n@total.inplace.expression\n@classmethod\ndef _total_expression(cls):\n    return cls.price + func.coalesce(cls.tax, 0)\n',
  },
  visit: {
    class_definition(node, context) {
      if (context.settings.targetVersion === '1.4' || !node.text.includes('hybrid_property'))
        return;
      const definitions = (node.child('body')?.named ?? []).flatMap((each) => {
        const defined = each.kind === 'decorated_definition' ? readDefinition(each) : null;
        return defined ? [defined] : [];
      });
      for (const property of definitions) {
        if (context.facts.qualifiedName(property.decorator) !== HYBRID) continue;
        const edits = editsOf(property.name.text, definitions, node, context);
        if (edits.length > 0)
          context.fix({
            at: property.definition,
            message: `the hybrid ${property.name.text} is defined by several functions of one name`,
            safety: 'unsafe',
            reason:
              'the functions get names of their own, under which `mapper.all_orm_descriptors` has the property too; inplace needs SQLAlchemy 2.0.4',
            edits,
            uses: [],
          });
      }
    },
  },
});

const HYBRID = 'sqlalchemy.ext.hybrid.hybrid_property';

interface Definition {
  readonly definition: PyNode;
  /** The expression of its only decorator. */
  readonly decorator: PyNode;
  readonly name: PyNode;
}

function readDefinition(decorated: PyNode): Definition | null {
  const [decorator, ...more] = decorated.named.filter((each) => each.kind === 'decorator');
  const definition = decorated.child('definition');
  const name = definition?.kind === 'function_definition' ? definition.child('name') : null;
  const expression = decorator?.named[0];
  return definition && name && expression && more.length === 0
    ? { definition, decorator: expression, name }
    : null;
}

/** The edits of all modifiers of one property; none if one of them cannot have a name of its own. */
function editsOf(
  name: string,
  definitions: readonly Definition[],
  classNode: PyNode,
  context: RuleContext,
): readonly Edit[] {
  const { facts } = context;
  const body = classNode.child('body') ?? classNode;
  const { bindings } = facts.binding.scopeOf(body.children[0] ?? body);
  const modifying = definitions.filter(
    ({ decorator, name: defined }) =>
      defined.text === name && decorator.child('object')?.text === name,
  );
  // One more binding of the name is something else than a modifier of the property.
  if ((bindings.get(name)?.length ?? 0) !== modifying.length + 1) return [];
  const edits: Edit[] = [];
  for (const { definition, decorator, name: defined } of modifying) {
    const modifier = MODIFIERS.get(decorator.child('attribute')?.text ?? '');
    const own = modifier && `_${name.replace(/^_+/, '')}_${modifier.suffix}`;
    if (!modifier || own === undefined || isTaken(own, context)) return [];
    const object = decorator.child('object');
    if (!object || bindings.has(own)) return [];
    edits.push(context.after(object, '.inplace'), context.replace(defined, own));
    if (modifier.getsClass) {
      const { source, start } = definition;
      const indent = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
      edits.push(context.before(definition, `@classmethod\n${indent}`));
    }
  }
  return edits;
}

/** Whether any file of the project uses the name, for whatever it is. */
function isTaken(name: string, { facts }: RuleContext): boolean {
  return facts.modules.modules.some(({ tree }) => tree.text.includes(name));
}
