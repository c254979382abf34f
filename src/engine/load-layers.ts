// Binds the engine to the real layers below it. Nothing is computed here.
import { buildProject } from '../project/build.ts';
import { isImportedElsewhere } from '../project/exports.ts';
import { unusedImports } from '../project/import-cleanup.ts';
import { joinedImports } from '../project/import-merge.ts';
import { planImports } from '../project/import-plan.ts';
import { spellName } from '../project/project-names.ts';
import { createParser } from '../python/parse.ts';
import { isHanging } from '../python/layout/hanging.ts';
import { inferLineLength } from '../python/layout/infer-length.ts';
import { isLaidOut, layoutStatement, logicalLine } from '../python/layout.ts';
import type { Layers } from './layers.ts';
import { parserFiles } from './parser-files.ts';
import { transforms } from '../transforms/index.ts';

/** The layers as a run uses them. */
export async function loadLayers(): Promise<Layers> {
  const parser = await createParser(parserFiles());
  return {
    parser,
    transforms,
    buildProject,
    spellName,
    planImports: ({ module, modules }, requests, settings, touched) =>
      planImports(module, requests, settings, touched, modules.hasTopLevel),
    tidyImports(before, after, { lineLength }) {
      const unused = unusedImports(
        before.module,
        after.module,
        (module, name) => isImportedElsewhere(after.modules, module, name),
        lineLength,
      );
      return unused.length > 0 ? unused : joinedImports(before.module, after.module, lineLength);
    },
    logicalLine,
    inferLineLength,
    isLaidOut,
    isHanging,
    layoutStatement,
  };
}
