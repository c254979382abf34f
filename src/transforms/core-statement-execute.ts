// Executes a statement on the engine that its metadata was bound to. Removing the binding, and opening a connection, are for other rules.
import { bindsOfUse, readOwnExecution, threadEngine } from '../project/core/thread-engine.ts';
import { defineTransform } from '../project/rule.ts';

export default defineTransform({
  id: 'core-statement-execute',
  summary: 'Execute a statement on the engine that its metadata was bound to',
  rationale:
    'A statement has no `execute()` and no `scalar()` any more: it found its engine through the MetaData of its tables, which knows none in 2.0.',
  reference:
    'https://docs.sqlalchemy.org/en/20/changelog/migration_20.html#implicit-and-connectionless-execution-bound-metadata-removed',
  fixes: 'safe',
  rows: ['stmt-execute'],
  triggers: ['.execute(', '.scalar('],
  example: {
    before:
      'metadata = MetaData(bind=engine)\nusers = Table("users", metadata, Column("name", String(20)))\nusers.delete().execute()\nsession = Session()\n',
    after:
      'metadata = MetaData(bind=engine)\nusers = Table("users", metadata, Column("name", String(20)))\nwith engine.begin() as conn:\n    conn.execute(users.delete())\nsession = Session()\n',
  },
  visit: {
    call(node, context) {
      const { facts } = context;
      const call = readOwnExecution(node, facts);
      if (!call) return;
      const use = { node, module: facts.module };
      const binds = bindsOfUse(use, facts);
      // The fix that removes the binding passes the engine to all that took it from there.
      if (binds.length > 0 && facts.implicitUses().every((each) => threadEngine(each, facts)))
        return;
      const edits = threadEngine(use, facts);
      const message = 'a statement executes itself';
      if (edits) context.fix({ at: node, message, safety: 'safe', edits });
      else
        context.manual({
          at: node,
          message,
          reason:
            'there is no bound metadata: `with engine.begin() as conn: conn.execute(statement)`',
        });
    },
  },
});
