// Remembers the outcomes of runs on a few files in a folder of the project. An outcome is found again only when the program, its settings and every text that facts come from are the same.
import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from '../project/settings.ts';
import type { ConfiguredLengths } from './line-length.ts';
import { workerFile } from './parser-files.ts';
import type { Migration } from './report.ts';

const FOLDER = '.sqla_migrate_cache';
/** Runs on more files are rarely repeated, and their outcomes are large. */
const MOST_FILES = 50;
const MOST_ENTRIES = 200;

/** Everything that an outcome depends on. */
export interface CacheInput {
  readonly root: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly editable: readonly string[];
  readonly settings: Settings;
  lengthsOf?(path: string): ConfiguredLengths;
}

/** The place of one outcome. */
export interface CacheEntry {
  read(): Migration | null;
  write(migration: Migration): void;
}

/** The place for the outcome of a run; `null` where outcomes are not kept: for many files, and when run from source. */
export function cacheEntry(input: CacheInput): CacheEntry | null {
  const program = programName();
  if (program === null || input.editable.length > MOST_FILES) return null;
  const folder = join(input.root, FOLDER);
  const file = join(folder, `${keyOf(program, input)}.json`);
  return {
    read: () => readEntry(file, input.texts),
    write(migration) {
      // A crash may be gone the next time.
      if (migration.crashes.length > 0) return;
      try {
        prepare(folder);
        const scratch = `${file}.${randomUUID()}`;
        writeFileSync(scratch, JSON.stringify(entryOf(migration, input.texts)));
        renameSync(scratch, file);
      } catch {
        // A folder that cannot be written keeps nothing.
      }
    },
  };
}

/** What tells one build of the program from another; `null` when run from source, which changes all the time. */
function programName(): string | null {
  const worker = workerFile();
  if (worker === null) return null;
  const folder = dirname(worker);
  const files = readdirSync(folder)
    .toSorted()
    .map((name): [string, number, number] => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return [name, size, mtimeMs];
    });
  return JSON.stringify(files);
}

function keyOf(program: string, { texts, editable, settings, lengthsOf }: CacheInput): string {
  const hash = createHash('sha256');
  const head = [
    program,
    process.version,
    settings,
    editable,
    editable.map((path) => lengthsOf?.(path)),
  ];
  hash.update(`${JSON.stringify(head)}\n`);
  for (const [path, text] of texts) {
    hash.update(`${JSON.stringify(path)} ${text.length}\n`);
    hash.update(text);
  }
  return hash.digest('hex');
}

/** An outcome as it is stored: of the texts only those that changed. */
interface Stored extends Omit<Migration, 'files'> {
  readonly changed: readonly (readonly [path: string, text: string])[];
}

function entryOf({ files, ...rest }: Migration, texts: ReadonlyMap<string, string>): Stored {
  return { ...rest, changed: [...files].filter(([path, text]) => texts.get(path) !== text) };
}

function readEntry(file: string, texts: ReadonlyMap<string, string>): Migration | null {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isStored(stored)) return null;
    const { changed, ...rest } = stored;
    const files = new Map([...texts, ...changed]);
    return { ...rest, files };
  } catch {
    return null;
  }
}

/** Only this program writes entries, under the hash of what they were made from. */
function isStored(value: unknown): value is Stored {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['changed', 'findings', 'withdrawn', 'crashes', 'unprocessed', 'modern'].every(
      (key) => key in value,
    )
  );
}

/** Makes the folder, which git ignores and backups leave out, and drops the oldest entries. */
function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), '*\n');
  writeFileSync(join(folder, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n');
  const entries = readdirSync(folder).filter((name) => name.includes('.json'));
  if (entries.length < MOST_ENTRIES) return;
  const aged = entries.map((name): [string, number] => [
    name,
    statSync(join(folder, name)).mtimeMs,
  ]);
  const oldest = aged.toSorted((a, b) => a[1] - b[1]).slice(0, entries.length - MOST_ENTRIES / 2);
  for (const [name] of oldest) rmSync(join(folder, name), { force: true });
}
