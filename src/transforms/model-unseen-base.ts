// Reports models of a `db.Model` that another package makes: nothing in the project tells what it is. It rewrites nothing.
import { readMethodCall } from '../python/calls.ts';
import { descendants, type PyNode } from '../python/tree.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'model-unseen-base',
  summary: 'Report models whose base another package makes',
  rationale:
    'A `db` that is imported from another package is most likely that of Flask-SQLAlchemy, but nothing in the project tells: its models stay as they are.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/declarative_styles.html',
  fixes: 'none',
  rows: ['fsa-column'],
  triggers: ['.Model'],
  example: {
    before:
      'from platform_core import db\n\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n',
    after:
      'from platform_core import db\n\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n',
  },
  visit: {
    module(node, context) {
      const bases = descendants(node, 'class_definition').flatMap(
        (each) => unseenBase(each, context) ?? [],
      );
      const [first] = bases;
      if (!first) return;
      context.manual({
        at: first,
        message: `${bases.length === 1 ? 'a model' : `${String(bases.length)} models`} of \`${first.text}\`, which another package makes`,
        reason:
          'what it is cannot be seen: if it is that of Flask-SQLAlchemy, the columns run on 2.0 as they are, and mapped_column() with annotations is yours to write',
      });
    },
  },
});

/** The `db.Model` of a class with columns, if `db` is imported from outside of the project. */
function unseenBase(node: PyNode, context: RuleContext): PyNode | null {
  const base = (node.child('superclasses')?.named ?? []).find(
    (each) => each.kind === 'attribute' && each.child('attribute')?.text === 'Model',
  );
  const owner = base?.child('object');
  const name = node.child('name');
  if (!base || owner?.kind !== 'identifier' || !name || !hasColumns(node, owner.text)) return null;
  const isKnown = (context.facts.mappedClass(name)?.base ?? null) !== null;
  return !isKnown && isFromOutside(owner, context) ? base : null;
}

/** `id = db.Column(…)` in the body, with the `db` of the base. */
function hasColumns(node: PyNode, owner: string): boolean {
  return (node.child('body')?.named ?? []).some((statement) => {
    const [assignment] = statement.kind === 'expression_statement' ? statement.named : [];
    const call = readMethodCall(assignment?.child('right') ?? null);
    return call?.method.text === 'Column' && call.receiver.text === owner;
  });
}

function isFromOutside(owner: PyNode, { facts }: RuleContext): boolean {
  const imported = facts.definition(owner)?.imported;
  return imported?.level === 0 && facts.modules.resolve(facts.module, imported.module, 0) === null;
}
