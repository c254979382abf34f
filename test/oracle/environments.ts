// Installs pinned SQLAlchemy versions into a shared cache and says where they are. Runs no program.
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';

/** The lines of versions that programs run on; each has a pinned `requirements/<version>.txt`. */
export const VERSIONS = ['1.3', '1.4', '2.0', '2.1'] as const;
export type Version = (typeof VERSIONS)[number];

/** What `SQLA_ORACLE` asks for: fail, skip with a line, or never run. */
export type OracleMode = 'required' | 'auto' | 'off';

/** An installed version: the folder that goes on `PYTHONPATH`. */
export interface Environment {
  readonly version: Version;
  readonly python: string;
  readonly packages: string;
  /** What the environment of its programs holds beside that. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Every environment, or why the oracle cannot run. */
export type Preparation =
  | { readonly kind: 'ready'; readonly environments: ReadonlyMap<Version, Environment> }
  | { readonly kind: 'skipped'; readonly reason: string };

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '..', '..');

/** Read the mode from the environment; an unknown word is an error, so that a typo never skips the oracle. */
export function oracleMode(value = process.env['SQLA_ORACLE']): OracleMode {
  if (value === undefined || value === '' || value === 'auto') return 'auto';
  if (value === 'required' || value === 'off') return value;
  throw new Error(`SQLA_ORACLE is "${value}", which is none of required, auto, off.`);
}

/** The same environments for clients of servers: with the drivers of databases, and `variables` that say where the servers are. */
export async function withDrivers(
  environments: ReadonlyMap<Version, Environment>,
  variables: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<Version, Environment>> {
  const extended = new Map<Version, Environment>();
  for (const [version, environment] of environments) {
    const { python } = environment;
    const drivers = await ensureEnvironment(python, await describePython(python), 'servers');
    const packages = `${environment.packages}:${drivers}`;
    extended.set(version, { ...environment, packages, variables });
  }
  return extended;
}

/** Make sure that every version is installed. Under `required` a missing one throws; else it is a reason to skip. */
export async function prepareEnvironments(mode: OracleMode): Promise<Preparation> {
  if (mode === 'off') return { kind: 'skipped', reason: 'SQLA_ORACLE=off' };
  try {
    const python = process.env['SQLA_ORACLE_PYTHON'] ?? 'python3';
    const pythonVersion = await describePython(python);
    const settled = await Promise.allSettled(
      VERSIONS.map(async (version) => ({
        version,
        python,
        packages: await ensureEnvironment(python, pythonVersion, version),
      })),
    );
    const environments = new Map<Version, Environment>();
    for (const result of settled) {
      if (result.status === 'rejected') throw result.reason;
      environments.set(result.value.version, result.value);
    }
    return { kind: 'ready', environments };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (mode === 'required')
      throw new Error(`SQLA_ORACLE=required, but ${reason}`, { cause: error });
    return { kind: 'skipped', reason };
  }
}

async function describePython(python: string): Promise<string> {
  const found = await runCommand(python, [
    '-c',
    'import sys; print("%d.%d" % sys.version_info[:2], sys.platform)',
  ]);
  if (found.code !== 0) throw new Error(`${python} could not be run`);
  return found.stdout.trim();
}

/**
 * Install into a folder of our own and rename it into place: a rename is atomic, so checkouts and processes may share
 * the cache. `pip --target` instead of a virtual environment, because a virtual environment cannot be moved.
 */
async function ensureEnvironment(
  python: string,
  pythonVersion: string,
  version: Version | 'servers',
): Promise<string> {
  const requirements = join(here, 'requirements', `${version}.txt`);
  const key = createHash('sha256')
    .update(pythonVersion)
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const cache = process.env['SQLA_ORACLE_CACHE'] ?? join(repository, '.cache', 'oracle');
  const packages = join(cache, key, version);
  if (await exists(packages)) return packages;
  await mkdir(dirname(packages), { recursive: true });
  const building = await mkdtemp(join(dirname(packages), 'building-'));
  try {
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      '--no-deps',
      '--retries=2',
    ];
    const installed = await runCommand(python, [...pip, '--target', building, '-r', requirements]);
    if (installed.code !== 0)
      throw new Error(
        `pip could not install ${basename(requirements)}: ${lastLine(installed.stderr)}`,
      );
    await rename(building, packages).catch(async (error: unknown) => {
      if (!(await exists(packages))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return packages;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function lastLine(text: string): string {
  const errors = text.split('\n').filter((line) => line.startsWith('ERROR:'));
  return (errors.at(-1) ?? text.trim().split('\n').at(-1) ?? '').replace(/^ERROR: /, '');
}
