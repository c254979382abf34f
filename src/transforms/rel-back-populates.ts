// Names the other side of a relationship by its attribute instead of a string. Opt-in, and only with 2.1, which takes functions there.
import { keyword } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { declaredCall } from '../project/declared.ts';
import { spellClass } from '../project/query/spell.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'rel-back-populates',
  summary: 'Name the other side of a relationship by its attribute',
  rationale:
    'Only with `--target-version 2.1`, and if it is selected: type checkers and editors follow `lambda: Order.user`, not a string.',
  reference:
    'https://docs.sqlalchemy.org/en/21/changelog/migration_21.html#orm-relationship-allows-callable-for-back-populates',
  fixes: 'unsafe',
  optIn: true,
  stillRuns: true,
  rows: ['v21-back-populates-callable'],
  triggers: ['back_populates'],
  example: {
    before: 'orders: Mapped[list["Order"]] = relationship(back_populates="user")\n',
    after: 'orders: Mapped[list["Order"]] = relationship(back_populates=lambda: Order.user)\n',
    targetVersion: '2.1',
  },
  visit: {
    assignment(node, context) {
      const { facts, settings } = context;
      if (settings.targetVersion !== '2.1') return;
      const declared = declaredCall(node, facts);
      if (declared?.callee !== 'sqlalchemy.orm.relationship') return;
      const given = keyword(declared.call, 'back_populates');
      const name = given && stringValue(given);
      const relation = declared.model.own.find((each) => each.name === declared.name.text);
      if (!given || !name || relation?.kind !== 'relationship') return;
      const target = facts.models.classes.get(relation.target ?? '');
      if (target?.attributes.get(name)?.kind !== 'relationship') return;
      const spelled = spellClass(target, node, context);
      if (!spelled || spelled.request !== null) return;
      // What is imported for type checkers alone is not there when the function runs.
      const bindings = facts.binding.module.bindings.get(spelled.text.split('.')[0] ?? '') ?? [];
      if (bindings.length === 0 || bindings.some(({ typeChecking }) => typeChecking)) return;
      context.fix({
        at: given,
        message: 'the other side of a relationship is named by a string',
        safety: 'unsafe',
        reason: 'the function runs when the mappers are configured: the name must be there then',
        edits: [context.replace(given, `lambda: ${spelled.text}.${name}`)],
      });
    },
  },
});
