// Runs a command several times and keeps the best: wall seconds, and CPU seconds with all of its children.
import { spawnSync } from 'node:child_process';

const TIMED = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>/dev/null';

/** Measures a command; it must exit with one of `codes`. */
export function measure([program, ...args], { runs, cwd, codes = [0] }) {
  const all = Array.from({ length: runs }, () => once(program, args, cwd, codes));
  return {
    wall: Math.min(...all.map(({ wall }) => wall)),
    cpu: Math.min(...all.map(({ cpu }) => cpu)),
  };
}

function once(program, args, cwd, codes) {
  const { status, stderr, error } = spawnSync('bash', ['-c', TIMED, 'time', program, ...args], {
    cwd,
    encoding: 'utf8',
  });
  if (error) throw error;
  if (!codes.includes(status ?? -1))
    throw new Error(
      `${program} ended with ${status}: ${[program, ...args].join(' ').slice(0, 200)}`,
    );
  const [wall, user, system] = stderr.trim().split(/\s+/).slice(-3).map(Number);
  return { wall, cpu: user + system };
}
