// The options of the command `verify`. It runs nothing.
import { Option, type Command } from 'commander';
import { UserError } from '../engine/problem.ts';
import type { ColorChoice } from './color.ts';

/** The options as parsed. */
export interface VerifyOptions {
  readonly metadata?: readonly string[];
  readonly import?: readonly string[];
  readonly path?: readonly string[];
  readonly copy?: readonly string[];
  readonly python?: string;
  readonly pythonBefore?: string;
  readonly pythonAfter?: string;
  readonly before: string;
  readonly dialect: readonly string[];
  readonly json?: true;
  readonly color: ColorChoice;
}

const DIALECTS = ['mssql', 'mysql', 'oracle', 'postgresql', 'sqlite'];
/** Adds the options to the command. */
export function addVerifyOptions(command: Command): Command {
  return command
    .addOption(
      repeated(
        '--metadata <module:attribute>',
        'MetaData, declarative base or Flask-SQLAlchemy object to compare (repeatable)',
      ),
    )
    .addOption(repeated('--import <module>', 'module that declares models, imported first'))
    .addOption(
      repeated('--path <folder>', 'folder that modules are imported from (default: . and src)'),
    )
    .addOption(repeated('--copy <path>', 'file that git does not track and both sides need'))
    .option('--python <program>', "the project's Python (default: its virtual environment)")
    .option('--python-before <program>', 'another Python for the state before')
    .option('--python-after <program>', 'another Python for the work tree')
    .option('--before <revision>', 'the state before', 'HEAD')
    .addOption(
      new Option('--dialect <names>', `comma separated: ${DIALECTS.join(', ')}`)
        .default(['sqlite', 'postgresql', 'mysql'], 'sqlite,postgresql,mysql')
        .argParser((value) => value.split(',').map(checkDialect)),
    )
    .option('--json', 'print the differences as JSON')
    .addOption(
      new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'),
    );
}

function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser(
    (value, previous: readonly string[] | undefined) => [...(previous ?? []), value],
  );
}

function checkDialect(name: string): string {
  const trimmed = name.trim();
  if (DIALECTS.includes(trimmed)) return trimmed;
  throw new UserError(`--dialect ${trimmed}: the dialects are ${DIALECTS.join(', ')}`);
}
