// Asks CPython whether sources compile, through `syntax.py`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';

const script = join(dirname(fileURLToPath(import.meta.url)), 'syntax.py');

/** The problem of each source that does not compile, by path. */
export async function compileSources(
  python: string,
  sources: ReadonlyMap<string, string>,
): Promise<Record<string, string>> {
  const programs = [...sources].filter(([path]) => path.endsWith('.py'));
  const result = await runCommand(python, [script], {
    input: JSON.stringify(Object.fromEntries(programs)),
  });
  if (result.code !== 0) throw new Error(`syntax.py failed:\n${result.stderr}`);
  const problems: Record<string, string> = JSON.parse(result.stdout);
  return problems;
}
