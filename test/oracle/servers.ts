// Starts throw-away PostgreSQL and MariaDB servers in temporary folders, on unix sockets only, and stops them. It creates no database: each program gets one of its own from `databases.py`.
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './command.ts';

/** The servers that a fixture may ask for. */
export const SERVERS = ['mysql', 'postgresql'] as const;
export type ServerKind = (typeof SERVERS)[number];

/** A running server: what the environment of its clients holds, and how it is stopped. */
export interface Server {
  readonly kind: ServerKind;
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A server, or why there is none. */
export type Started = Server | { readonly kind: ServerKind; readonly missing: string };

/** `nobody`: neither server runs as root. */
const UNPRIVILEGED = 65_534;
const ATTEMPTS = 150;
const PAUSE = 200;

/** Starts a server. What is not installed is data; a server that is and does not start is an error. `folders` are searched after PATH. */
export async function startServer(
  kind: ServerKind,
  folders = installFolders(kind),
): Promise<Started> {
  const programs = find(PROGRAMS[kind], [...searchPath(), ...folders]);
  if (typeof programs === 'string') return { kind, missing: programs };
  const folder = mkdtempSync(join(tmpdir(), `sqla-${kind}-`));
  const owner = process.getuid?.() === 0 ? UNPRIVILEGED : undefined;
  if (owner !== undefined) chownSync(folder, owner, owner);
  const child = await (kind === 'postgresql'
    ? startPostgres(programs, folder, owner)
    : startMariadb(programs, folder, owner));
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    kind,
    variables: variablesOf(kind, folder),
    async stop() {
      process.off('exit', kill);
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill(kind === 'postgresql' ? 'SIGQUIT' : 'SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function variablesOf(kind: ServerKind, folder: string): Server['variables'] {
  return kind === 'postgresql'
    ? { PGHOST: folder, PGUSER: 'postgres' }
    : { MYSQL_UNIX_PORT: join(folder, 'socket') };
}

interface Programs {
  readonly install: string;
  readonly serve: string;
  readonly ask: string;
}

const PROGRAMS: Readonly<Record<ServerKind, Programs>> = {
  mysql: { install: 'mariadb-install-db', serve: 'mariadbd', ask: 'mariadb-admin' },
  postgresql: { install: 'initdb', serve: 'postgres', ask: 'pg_isready' },
};

/** Where distributions put the programs, newest first. */
function installFolders(kind: ServerKind): readonly string[] {
  if (kind === 'mysql') return ['/usr/sbin'];
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).toSorted().toReversed() : [];
  return versions.map((version) => join(root, version, 'bin'));
}

function searchPath(): readonly string[] {
  return (process.env['PATH'] ?? '').split(':').filter(Boolean);
}

function find(names: Programs, folders: readonly string[]): Programs | string {
  const locate = (name: string): string =>
    folders.map((folder) => join(folder, name)).find(isExecutable) ?? '';
  const found = {
    install: locate(names.install),
    serve: locate(names.serve),
    ask: locate(names.ask),
  };
  const missing = [names.install, names.serve, names.ask].filter((name) => !locate(name));
  return missing.length === 0 ? found : `${missing.join(', ')} not found`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function startPostgres(
  { install, serve, ask }: Programs,
  folder: string,
  owner: number | undefined,
): Promise<ChildProcess> {
  const data = join(folder, 'data');
  const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  await mustRun(install, words, folder, owner);
  const settings = { listen_addresses: '', fsync: 'off', synchronous_commit: 'off' };
  const child = serveFrom(
    serve,
    [
      '-D',
      data,
      '-k',
      folder,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    folder,
    owner,
  );
  return untilReady(child, ask, ['-h', folder, '-U', 'postgres']);
}

async function startMariadb(
  { install, serve, ask }: Programs,
  folder: string,
  owner: number | undefined,
): Promise<ChildProcess> {
  const data = join(folder, 'data');
  const words = ['--no-defaults', `--datadir=${data}`, '--skip-test-db'];
  await mustRun(install, [...words, '--auth-root-authentication-method=normal'], folder, owner);
  const socket = `--socket=${join(folder, 'socket')}`;
  const files = [`--datadir=${data}`, `--pid-file=${join(folder, 'pid')}`];
  const settings = ['--skip-networking', '--innodb-flush-log-at-trx-commit=0'];
  const child = serveFrom(serve, ['--no-defaults', ...files, socket, ...settings], folder, owner);
  return untilReady(child, ask, ['--no-defaults', '--user=root', socket, 'ping']);
}

function serveFrom(
  program: string,
  words: readonly string[],
  folder: string,
  owner: number | undefined,
): ChildProcess {
  const identity = owner === undefined ? {} : { uid: owner, gid: owner };
  return spawn(program, words, { cwd: folder, stdio: 'ignore', ...identity });
}

async function mustRun(
  program: string,
  words: readonly string[],
  folder: string,
  owner: number | undefined,
): Promise<void> {
  const { code, stdout, stderr } = await runCommand(program, words, {
    folder,
    ...(owner === undefined ? {} : { owner }),
  });
  if (code !== 0) throw new Error(`${program} ended with code ${code}:\n${stdout}${stderr}`);
}

async function untilReady(
  child: ChildProcess,
  ask: string,
  words: readonly string[],
): Promise<ChildProcess> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (child.exitCode !== null) break;
    const { code } = await runCommand(ask, words);
    if (code === 0) return child;
    await sleep(PAUSE);
  }
  child.kill('SIGKILL');
  throw new Error(`${child.spawnfile} was started, and answers nobody.`);
}
