// Runs one child process to its end and collects what it wrote.
import { spawn } from 'node:child_process';

/** Exit code (127 when the program cannot be started) and both streams. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Start `command`, write `input` to it, wait for the end. Never throws: a failure is data. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly environment?: NodeJS.ProcessEnv;
    readonly folder?: string;
    /** The user and group that it runs as; only root can choose. */
    readonly owner?: number;
  } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: options.environment ?? process.env,
      cwd: options.folder,
      ...(options.owner === undefined ? {} : { uid: options.owner, gid: options.owner }),
    });
    const streams = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (streams.stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (streams.stderr += chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => resolve({ code: 127, ...streams, stderr: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, ...streams }));
    child.stdin.end(options.input ?? '');
  });
}
