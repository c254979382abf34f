// What the benchmark asks the tool itself: the files of a run, those that pass the prefilter, and the texts that trigger rules.
import { findConfig } from '../src/cli/config.ts';
import { DEFAULT_EXCLUDE, discover } from '../src/engine/discover.ts';
import { findCandidates } from '../src/engine/prefilter.ts';
import { readSources } from '../src/engine/read.ts';
import { DEFAULT_SETTINGS } from '../src/project/settings.ts';
import { transforms } from '../src/transforms/index.ts';

/** The files of a run on a path, absolute root first. */
export async function filesOf(path: string, cwd: string) {
  const { root } = findConfig({ cwd, paths: [path] });
  const options = { root, exclude: DEFAULT_EXCLUDE, forceExclude: false, respectGitignore: true };
  const paths = await discover([path], cwd, options);
  const { texts } = await readSources(root, paths);
  const editable = new Set(paths);
  const candidates = findCandidates(texts, {
    settings: DEFAULT_SETTINGS,
    isEditable: (each) => editable.has(each),
  });
  const lines = [...texts.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  return { root, paths, lines, parsed: candidates.length };
}

/** The texts of which a file must contain one to be visited by a rule. */
export function triggers(): readonly string[] {
  return [...new Set(transforms.flatMap((transform) => transform.triggers))].toSorted();
}
