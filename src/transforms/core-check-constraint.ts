// Asks for the CHECK constraints that Boolean and Enum made in 1.3.
import { keyword, readCall, type Call } from '../python/calls.ts';
import { admits } from '../project/dependencies/versions.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';

export default defineTransform({
  id: 'core-check-constraint',
  summary: 'Ask for the CHECK constraints that `Boolean` and `Enum` made in 1.3',
  rationale:
    'Since 1.4 no CHECK is made unless `create_constraint=True` is passed. New databases would lack it, without an error.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_14.html#enum-and-boolean-datatypes-no-longer-default-to-create-constraint',
  fixes: 'unsafe',
  rows: ['bool-enum-constraint'],
  triggers: ['Enum(', 'Boolean('],
  stillRuns: true,
  example: {
    before: 'active = Column(Boolean(name="active_is_boolean"))\n',
    after: 'active = Column(Boolean(name="active_is_boolean", create_constraint=True))\n',
  },
  visit: {
    call(node, context) {
      const call = readCall(node);
      if (!call || call.doubleStarred || keyword(call, 'create_constraint')) return;
      const last = call.callee.child('attribute')?.text ?? call.callee.text;
      if (!/Enum|Boolean/.test(last) || context.settings.runsOn === '2.x') return;
      const name = context.facts.qualifiedName(call.callee);
      if (name === 'sqlalchemy.Boolean' && call.positional.length === 0 && keyword(call, 'name'))
        askForCheck(call, 'Boolean(name=…)', context);
      else if (name === 'sqlalchemy.Enum' && keyword(call, 'native_enum')?.kind === 'false')
        ofEnum(call, context);
    },
  },
  config(file, context) {
    for (const requirement of file.requirements) {
      const { name, specifier, style } = requirement;
      if (name !== 'sqlalchemy' || !specifier || admits(specifier.text, '1.4.0', style)) continue;
      context.manual({
        at: requirement,
        message: `SQLAlchemy ${specifier.text} makes CHECK constraints for Boolean and Enum`,
        reason:
          'it does so where the database has no such type; since 1.4 create_constraint=True asks for them, where create_all() shall go on to make them',
        possible: true,
      });
    }
  },
});

/** The name of a constraint says that one is wanted; an enum that is not native says nothing. */
function ofEnum(call: Call, context: RuleContext): void {
  if (context.settings.runsOn === '1.3')
    return askForCheck(call, 'Enum(native_enum=False)', context);
  context.manual({
    at: call.node,
    message: '`Enum(native_enum=False)` without `create_constraint`',
    reason:
      'it made a CHECK constraint in 1.3, and makes none since 1.4: pass create_constraint=True if new databases shall have it',
    possible: true,
  });
}

function askForCheck(call: Call, form: string, context: RuleContext): void {
  const last = call.list.named.at(-1);
  if (!last) return;
  context.fix({
    at: call.node,
    message: `\`${form}\` without \`create_constraint\``,
    safety: 'unsafe',
    reason:
      context.settings.runsOn === '1.3'
        ? 'databases that 1.4 created have no such constraint'
        : 'it made a CHECK constraint in 1.3, and makes none since 1.4',
    edits: [context.after(last, ', create_constraint=True')],
  });
}
