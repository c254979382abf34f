// Small rules and a project of names for tests of the engine, which must not depend on what the real rules do.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadLayers } from '../../src/engine/load-layers.ts';
import { migrateTexts, type MigrateOptions } from '../../src/engine/migrate.ts';
import type { Migration } from '../../src/engine/report.ts';
import { defineTransform, type Transform } from '../../src/project/rule.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/project/settings.ts';

const real = await loadLayers();

/** A rule that renames the identifier `from` to `to`. */
export function renaming(from: string, to: string, more: Partial<Transform> = {}): Transform {
  return rule(`rename-${from}`, {
    triggers: [from],
    visit: {
      identifier(node, context) {
        if (node.text !== from) return;
        const message = `${from} is old`;
        context.fix({ at: node, message, safety: 'safe', edits: [context.replace(node, to)] });
      },
    },
    ...more,
  });
}

/** A rule with everything that the tests do not care about. */
export function rule(id: string, more: Partial<Transform>): Transform {
  return defineTransform({
    id,
    summary: `Summary of ${id}`,
    rationale: `Rationale of ${id}`,
    reference: `https://example.org/${id}`,
    fixes: 'safe',
    rows: [],
    triggers: [''],
    example: { before: 'before\n', after: 'after\n' },
    visit: {},
    ...more,
  });
}

/** Migrates with the given rules. */
export function migrate(
  files: Readonly<Record<string, string>>,
  transforms: readonly Transform[],
  settings: Partial<Settings> = {},
  more: Partial<Omit<MigrateOptions, 'layers' | 'settings'>> = {},
): Migration {
  return migrateTexts(new Map(Object.entries(files)), {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    layers: { ...real, transforms },
    isEditable: () => true,
    ...more,
  });
}

/** Writes files into a new temporary folder; the caller removes it. */
export async function temporaryFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'sqla-migrate-')));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
