// Reads the log that --warnings names and matches it with a run. What is printed is render-warnings.ts's.
import { readFile } from 'node:fs/promises';
import { decode } from '../engine/decode.ts';
import { toPosix } from '../engine/discover.ts';
import { matchWarnings } from '../engine/match-warnings.ts';
import { parserFiles } from '../engine/parser-files.ts';
import { messageOf, UserError } from '../engine/problem.ts';
import type { Run } from '../engine/run.ts';
import { readWarningLog, type LoggedWarning } from '../engine/warning-log.ts';
import { createParser } from '../python/parse.ts';
import type { WarningReport } from './render-warnings.ts';

/** A log before the run. */
export interface WarningLog {
  readonly log: string;
  readonly warnings: readonly LoggedWarning[];
}

/** Reads a log; one that cannot be read is the user's mistake. */
export async function readLog(log: string): Promise<WarningLog> {
  const bytes = await readFile(log).catch((error: unknown) => {
    throw new UserError(`--warnings ${log} cannot be read: ${messageOf(error)}`);
  });
  const decoded = await decode(bytes);
  const text = decoded.problem === null ? decoded.text : bytes.toString('latin1');
  return { log, warnings: readWarningLog(text) };
}

/** Says what the run does about each warning. */
export async function reportWarnings(
  { log, warnings }: WarningLog,
  { sources, findings }: Run,
  root: string,
): Promise<WarningReport> {
  const parser = await createParser(parserFiles());
  const run = { texts: sources.texts, findings, parser, root: toPosix(root) };
  return { log, warnings: matchWarnings(warnings, run) };
}
