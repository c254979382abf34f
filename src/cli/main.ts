// The command line program: parses arguments, calls a command, turns its outcome into an exit code.
import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { messageOf, UserError } from '../engine/problem.ts';
import { addOptions, type CliOptions } from './options.ts';
import { addVerifyOptions, type VerifyOptions } from './verify-options.ts';

/** Exit codes, as the documentation lists them. */
export const EXIT = { done: 0, found: 1, error: 2 } as const;

/** Runs the program with the words after its name; answers the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('sqla-migrate')
    .description('Migrates Python code from SQLAlchemy 1.x to the style of 2.0 and 2.1.')
    .version(packageJson.version, '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(sqla-migrate --help lists all options)');
  addOptions(program).action(async (paths: readonly string[], options: CliOptions) => {
    const { migrateCommand } = await import('./migrate-command.ts');
    code = await migrateCommand(paths, options, packageJson.version);
  });
  program
    .command('rules')
    .description('list the rules, or explain one')
    .argument('[id]', 'the rule to explain')
    .option('--all', 'explain all rules')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, options: { all?: true; json?: true }) => {
      const { rulesCommand } = await import('./rules-command.ts');
      await rulesCommand(id, options);
    });
  addVerifyOptions(
    program
      .command('verify')
      .description('prove that schema and mappers are the same before and after'),
  ).action(async (options: VerifyOptions) => {
    const { verifyCommand } = await import('./verify-command.ts');
    code = (await verifyCommand(options)) ? EXIT.done : EXIT.found;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.error;
  if (error instanceof UserError) process.stderr.write(`sqla-migrate: ${error.message}\n`);
  else {
    const trace = error instanceof Error ? error.stack : undefined;
    process.stderr.write(
      `sqla-migrate: internal error: ${messageOf(error)}\nThis is a bug; please report it with these lines. Nothing was written.\n${trace ?? ''}\n`,
    );
  }
  return EXIT.error;
}
