// The model index, compared with what SQLAlchemy's mappers said about the same projects (recorded by support/record-models.sh).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { factsOf, indexFiles, indexFolder, type ClassFacts } from './support/models.ts';

const folder = fileURLToPath(new URL('./models', import.meta.url));
const projects = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

/** Facts that cannot be told from the source and must be left open. */
const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  factories: ['models.Lid.columns.other_id.foreignKeys.0', 'models.Lid.columns.other_id.nullable'],
};

interface Recording {
  readonly version: string;
  readonly classes: Readonly<Record<string, ClassFacts>>;
}

function recorded(project: string): Recording {
  const recording: Recording = JSON.parse(readFileSync(`${folder}/${project}.json`, 'utf8'));
  return recording;
}

/** Every leaf of nested data by its path. */
function leaves(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object') return [[path, value]];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    leaves(each, path === '' ? key : `${path}.${key}`),
  );
  return inner.length > 0 ? inner : [[path, 'empty']];
}

describe('mapped classes as SQLAlchemy sees them', () => {
  test.for(projects)('%s', (project) => {
    const known = new Map(leaves(factsOf(indexFolder(`${folder}/${project}`))));
    const expected = new Map(leaves(recorded(project).classes));
    const open = UNKNOWN[project] ?? [];
    expect([...known].filter(([, value]) => value === null).map(([path]) => path)).toEqual(
      expect.arrayContaining([...open]),
    );
    for (const path of open) {
      known.delete(path);
      expected.delete(path);
    }
    expect(Object.fromEntries([...known].toSorted())).toEqual(
      Object.fromEntries([...expected].toSorted()),
    );
  });

  test('every project has a recording and every recording a project', () => {
    const recordings = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(recordings.map((name) => name.replace('.json', '')).toSorted()).toEqual(projects);
    expect(projects.length).toBeGreaterThanOrEqual(25);
  });
});
