// Runs the rules over the parsed files of one pass and collects what they find. It resolves and applies nothing.
import type { Edit, Finding, ImportRequest } from '../edits/edit.ts';
import type { Project } from '../project/project.ts';
import { isRevision } from '../project/alembic.ts';
import type { Proposal, RuleContext, Transform, Visitor } from '../project/rule.ts';
import type { Settings } from '../project/settings.ts';
import { descendants, type PyNode, type PyTree } from '../python/tree.ts';
import type { Layers } from './layers.ts';
import { ruleFilter, ruleIds } from './select.ts';

/** A rule that threw at an offset of a file. */
export interface RuleCrash {
  readonly rule: string;
  readonly path: string;
  readonly start: number;
  readonly problem: string;
}

/** What the rules said in one pass: findings in the order of the registry, then of paths and offsets. */
export interface Visit {
  readonly findings: readonly Finding[];
  readonly crashes: readonly RuleCrash[];
}

/** Answers which transforms have a trigger in a file. Trees never change, so each text is searched once. */
export type TriggerScan = (tree: PyTree) => ReadonlySet<Transform>;

/** Creates the scan for the triggers of transforms. */
export function createTriggerScan(transforms: readonly Transform[]): TriggerScan {
  const known = new WeakMap<PyTree, ReadonlySet<Transform>>();
  const triggers = [...new Set(transforms.flatMap((each) => each.triggers))].map((trigger) => ({
    trigger,
    parts: wordsOf(trigger),
  }));
  const partsIn = createPartSearch([...new Set(triggers.flatMap(({ parts }) => parts))]);
  return (tree) => {
    const before = known.get(tree);
    if (before) return before;
    const text = joined(tree.text);
    const held = new Set(wordsOf(text).flatMap(partsIn));
    const present = new Set(
      triggers.flatMap(({ trigger, parts }) =>
        parts.every((part) => held.has(part)) && (parts[0] === trigger || text.includes(trigger))
          ? [trigger]
          : [],
      ),
    );
    const found = new Set(
      transforms.filter((each) => each.triggers.some((trigger) => present.has(trigger))),
    );
    known.set(tree, found);
    return found;
  };
}

/** Answers which of the given words are part of a word. Texts share most of their words, so each is searched once. */
function createPartSearch(parts: readonly string[]): (word: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  const holdsAny = new RegExp(parts.join('|'));
  return (word) => {
    const before = known.get(word);
    if (before) return before;
    const found = holdsAny.test(word) ? parts.filter((part) => word.includes(part)) : [];
    known.set(word, found);
    return found;
  };
}

/** The text with the members that a line break stands before, as in `query.\n all()`, as if they stood behind their dots. */
function joined(text: string): string {
  return BROKEN.test(text)
    ? text + [...text.matchAll(MEMBERS)].map(([, name]) => `.${name}`).join('\n')
    : text;
}

const BROKEN = /\.[ \t\\]*\r?\n/;
const MEMBERS = /\.[ \t\\]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(\w+\(?)/g;

/** The words of a text, each once. */
function wordsOf(text: string): readonly string[] {
  return [...new Set(text.match(/\w+/g))];
}

/** Visits the given files with every rule that is on and has a trigger in the file. */
export function visitFiles(
  trees: ReadonlyMap<string, PyTree>,
  paths: readonly string[],
  project: Project,
  settings: Settings,
  layers: Layers,
  triggered: TriggerScan,
): Visit {
  const isOn = ruleFilter(settings);
  const chosen = new Set(
    layers.transforms.filter((transform) =>
      ruleIds(transform).some((id) => isOn(id, transform.optIn ?? false)),
    ),
  );
  const byTransform = layers.transforms.map((): Finding[] => []);
  const crashes: RuleCrash[] = [];
  // Two rules of one pass must not claim one name of a file for different things.
  const requests = new Map<string, ImportRequest[]>();
  for (const path of paths) {
    const tree = trees.get(path);
    if (!tree) continue;
    const isHistory = isRevision(project.factsFor(path));
    const runs = layers.transforms.flatMap((transform, order) =>
      !(isHistory && transform.stillRuns === true) &&
      chosen.has(transform) &&
      triggered(tree).has(transform)
        ? [prepare(transform, order, path, { project, settings, layers, requests })]
        : [],
    );
    if (runs.length === 0) continue;
    visitFile(tree, runs);
    for (const { order, transform, collected, state } of runs)
      if (state.crash) crashes.push({ ...state.crash, path, rule: transform.id });
      else byTransform[order]?.push(...collected.filter(isSelected(transform, isOn)));
  }
  return { findings: byTransform.flat(), crashes };
}

interface Run {
  readonly transform: Transform;
  readonly order: number;
  readonly context: RuleContext;
  readonly collected: Finding[];
  readonly state: { crash: { readonly start: number; readonly problem: string } | null };
}

function isSelected(
  transform: Transform,
  isOn: (rule: string, optIn: boolean) => boolean,
): (finding: Finding) => boolean {
  return (finding) => isOn(finding.rule, transform.optIn ?? false);
}

function visitFile(tree: PyTree, runs: readonly Run[]): void {
  const visitors = new Map<string, [Run, Visitor][]>();
  for (const run of runs)
    for (const [kind, visitor] of Object.entries(run.transform.visit)) {
      const list = visitors.get(kind);
      if (list) list.push([run, visitor]);
      else visitors.set(kind, [[run, visitor]]);
    }
  for (const node of descendants(tree.root, ...visitors.keys()))
    for (const [run, visitor] of visitors.get(node.kind) ?? [])
      if (!run.state.crash) callVisitor(run, visitor, node);
}

function callVisitor(run: Run, visitor: Visitor, node: PyNode): void {
  try {
    visitor(node, run.context);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    run.state.crash = { start: node.start, problem };
  }
}

/** What all runs of one pass share. */
interface Pass {
  readonly project: Project;
  readonly settings: Settings;
  readonly layers: Layers;
  /** The imports that rules of the pass asked for so far, by file. */
  readonly requests: Map<string, ImportRequest[]>;
}

function prepare(transform: Transform, order: number, path: string, pass: Pass): Run {
  const collected: Finding[] = [];
  const context = createContext(transform, path, path, collected, pass);
  return { transform, order, context, collected, state: { crash: null } };
}

/** The context of a rule that visits `visited`, for edits of the file at `path`. */
function createContext(
  transform: Transform,
  visited: string,
  path: string,
  collected: Finding[],
  pass: Pass,
): RuleContext {
  const { settings, layers, project, requests } = pass;
  const facts = project.factsFor(path);
  const pending = requests.get(path) ?? [];
  requests.set(path, pending);
  const edit = (start: number, end: number, text: string): Edit => ({ path, start, end, text });
  return {
    path,
    source: facts.module.tree.text,
    settings,
    facts,
    fix: (proposal) => collected.push(fixOf(transform, visited, proposal)),
    manual({ at, message, reason, evidence = [], rule = transform.id, possible }) {
      assertDeclared(transform, rule);
      const { start, end } = at;
      const found = { rule, path: visited, start, end, message, reason, fix: null, evidence };
      collected.push(possible === true ? { ...found, possible } : found);
    },
    use(name, at, options = {}) {
      const target = settings.targetVersion;
      const use = layers.spellName(facts, name, at, pending, { ...options, target });
      if (use.request) pending.push(use.request);
      return use;
    },
    at: (other) => createContext(transform, visited, other, collected, pass),
    replace: ({ start, end }, text) => edit(start, end, text),
    before: ({ start }, text) => ({ ...edit(start, start, text), attach: 'before' }),
    after: ({ end }, text) => ({ ...edit(end, end, text), attach: 'after' }),
  };
}

function fixOf(transform: Transform, path: string, proposal: Proposal): Finding {
  const { at, message, safety, edits, reason = '', rule = transform.id, sites } = proposal;
  assertDeclared(transform, rule);
  const claim = transform.family?.find((each) => each.id === rule)?.fixes ?? transform.fixes;
  if (claim === 'none' || (claim === 'unsafe' && safety === 'safe'))
    throw new Error(`proposes a fix that is ${safety}, beyond its declared claim '${claim}'`);
  if (safety === 'unsafe' && reason === '') throw new Error('gives no reason for an unsafe fix');
  const imports: ImportRequest[] = (proposal.uses ?? []).flatMap(({ request }) =>
    request ? [request] : [],
  );
  return {
    rule,
    path,
    start: at.start,
    end: at.end,
    message,
    reason,
    evidence: proposal.evidence ?? [],
    ...(sites === undefined ? {} : { sites }),
    fix: { safety, edits, imports, droppedComments: proposal.droppedComments ?? [] },
  };
}

function assertDeclared(transform: Transform, rule: string): void {
  if (!ruleIds(transform).includes(rule))
    throw new Error(`reports as '${rule}', which it does not declare`);
}
