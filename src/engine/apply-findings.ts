// Turns the accepted findings of a pass into new texts: edits, imports, layout. It judges nothing.
import { applyEdits, type EditGroup } from '../edits/apply.ts';
import type { Edit, Finding } from '../edits/edit.ts';
import type { Project } from '../project/project.ts';
import type { FileSettings } from '../project/settings.ts';
import { lineStart } from '../python/position.ts';
import { descendants, nodeAt, type PyNode, type PyTree } from '../python/tree.ts';
import { alignTexts } from './align.ts';
import type { LayoutOptions, Layers } from './layers.ts';
import { chain, offsetMap, type OffsetMap } from './offsets.ts';
import { realign } from './visual-indent.ts';

/** The new text of one file, with the way back to the old one. */
export interface Rewritten {
  readonly tree: PyTree;
  readonly map: OffsetMap;
}

/** What one application works on. */
export interface Application {
  readonly trees: ReadonlyMap<string, PyTree>;
  readonly project: Project;
  /** The settings for one file. */
  readonly settingsFor: (path: string) => FileSettings;
  readonly layers: Layers;
}

/** The files that the fixes of findings change, sorted. */
export function touchedPaths(findings: readonly Finding[]): readonly string[] {
  const paths = findings.flatMap(
    ({ fix }) =>
      fix?.edits.map((edit) => edit.path).concat(fix.imports.map((request) => request.path)) ?? [],
  );
  return [...new Set(paths)].toSorted();
}

/** Rewrites one file as the accepted findings say; throws what the layers below throw. */
export function rewriteFile(
  path: string,
  tree: PyTree,
  accepted: readonly Finding[],
  { project, settingsFor, layers }: Application,
): Rewritten {
  const newline = newlineOf(tree.text);
  const settings = settingsFor(path);
  const groups = groupsOf(path, accepted, newline);
  const requests = accepted
    .flatMap(({ fix }) => fix?.imports ?? [])
    .filter((request) => request.path === path);
  const edits = groups.flatMap((group) => group.edits);
  const imports = layers
    .planImports(project.factsFor(path), requests, settings, edits)
    .map((edit) => withNewline(edit, newline));
  const applied = step(tree, [...groups, { span: 0, edits: imports }], layers);
  if (applied.tree.problems.length > 0) return applied;
  return layOut(tree, edits, applied, settings, layers);
}

/** Applies groups of edits that do not collide, and parses the result. */
export function step(tree: PyTree, groups: readonly EditGroup[], layers: Layers): Rewritten {
  const text = applyEdits(tree.text, groups);
  return {
    tree: layers.parser.parse(text),
    map: offsetMap(groups.flatMap((group) => group.edits)),
  };
}

function groupsOf(path: string, accepted: readonly Finding[], newline: string): EditGroup[] {
  return accepted.flatMap(({ fix, start, end }) => {
    const edits = (fix?.edits ?? []).filter((edit) => edit.path === path);
    if (edits.length === 0) return [];
    return [{ span: end - start, edits: edits.map((edit) => withNewline(edit, newline)) }];
  });
}

/** The line end that a file uses; the first one decides. */
export function newlineOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

function withNewline(edit: Edit, newline: string): Edit {
  return newline === '\n' ? edit : { ...edit, text: edit.text.replaceAll(/\r?\n/g, newline) };
}

/** Lays the touched statements out anew where they were laid out by a formatter before. */
function layOut(
  before: PyTree,
  edits: readonly Edit[],
  applied: Rewritten,
  settings: FileSettings,
  layers: Layers,
): Rewritten {
  const newline = newlineOf(before.text);
  const wanted: Edit[] = [];
  const adding = edits.filter((edit) => ADDED_LINE.test(edit.text));
  for (const statement of new Set(edits.map((edit) => statementOf(before.root, edit)))) {
    // What lies between the statements of a block concerns none of them, nor the header above.
    if (!statement.parent || statement.kind === 'block') continue;
    const indent = indentOf(before.text, statement.start);
    const options = { indent, lineLength: settings.lineLength, newline };
    const path = edits[0]?.path ?? '';
    const start = applied.map.toNew(statement.start, 'start');
    const target = statementOf(applied.tree.root, { start, end: start });
    if (target.start !== start) continue;
    // A rewrite may have moved the statement into a block.
    const parts = layers.logicalLine(statement) ?? [];
    const joinsLines = continuations(parts) > 0;
    const moved = { ...options, indent: indentOf(applied.tree.text, start), joinsLines };
    const isFormatted = layers.isLaidOut(statement, options);
    const returned = returnedNow(statement, target);
    if (returned) {
      const inner = { ...moved, indent: indentOf(applied.tree.text, returned.start) };
      // Its further lines would stand further left than the first.
      if (
        isFormatted ||
        returned.text.includes('\n') ||
        longestLine(returned) > settings.lineLength
      )
        wanted.push(...layoutEdits(path, returned, inner, layers));
      continue;
    }
    const isLaidOut =
      (layers.isHanging(parts) && longestLine(target) > settings.lineLength) ||
      ((joinsLines || layers.isHanging(parts)) && !keepsLines(statement, target, layers)) ||
      isFormatted ||
      outgrew(statement, target, options);
    const aligned = realign(path, lineParts(statement, layers), applied.tree, applied.map);
    const laidOut =
      isLaidOut || movedTooFar(statement, target, aligned, options)
        ? layoutEdits(path, target, moved, layers)
        : [];
    for (const each of addedAfter(statement, target, indent, adding))
      if (isFormatted || longestLine(each) > settings.lineLength)
        wanted.push(...layoutEdits(path, each, moved, layers));
    wanted.push(...(laidOut.length > 0 || target.kind !== statement.kind ? laidOut : aligned));
  }
  if (wanted.length === 0) return applied;
  const result = step(applied.tree, [{ span: 0, edits: wanted }], layers);
  return { tree: result.tree, map: chain([applied.map, result.map]) };
}

/** A text that starts a new line with code; its indentation. */
const ADDED_LINE = /^\s*\n([ \t]*)\S/;

/** The statements that edits put on lines of their own behind a statement; those of its own block are indented more. */
function addedAfter(
  { end }: PyNode,
  target: PyNode,
  indent: string,
  edits: readonly Edit[],
): readonly PyNode[] {
  const count = edits.filter(
    (each) => each.start === end && ADDED_LINE.exec(each.text)?.[1] === indent,
  ).length;
  if (count === 0) return [];
  const later = (target.parent?.named ?? []).filter((each) => each.start >= target.end);
  return later.slice(0, count);
}

/** What a function returns that was a plain statement before. */
function returnedNow(before: PyNode, after: PyNode): PyNode | null {
  if (after.kind !== 'function_definition' || before.kind === after.kind) return null;
  return after.child('body')?.named[0] ?? null;
}

/** What makes one logical line of a statement; nothing where blocks are inside. */
function lineParts(statement: PyNode, layers: Layers): readonly PyNode[] {
  const parts = layers.logicalLine(statement) ?? [];
  return parts.every((part) => descendants(part, 'block').length === 0) ? parts : [];
}

/** How many lines end with a backslash. */
function continuations(parts: readonly PyNode[]): number {
  return parts.flatMap((part) => descendants(part, 'line_continuation')).length;
}

/** Whether the lines of a statement open and close brackets as before, or fewer of them: then they can stay as they are. */
function keepsLines(before: PyNode, after: PyNode, layers: Layers): boolean {
  const [parts, others] = [before, after].map((each) => layers.logicalLine(each) ?? []);
  const [one, other] = [bracketsByLine(before), bracketsByLine(after)];
  if (!parts || !others || one.length !== other.length) return false;
  if (!layers.isHanging(parts))
    return (
      continuations(parts) === continuations(others) &&
      one.every((count, index) => count === other[index])
    );
  const isLess = one.every((count, index) => {
    const now = other[index] ?? 0;
    return Math.sign(count) === Math.sign(now) && Math.abs(now) <= Math.abs(count);
  });
  return isLess && layers.isHanging(others);
}

/** How many more brackets each line of a statement opens than it closes, for lines where the two differ. */
function bracketsByLine({ source, start, end }: PyNode): readonly number[] {
  return source
    .slice(start, end)
    .split(/\r\n|\n|\r/)
    .map((line) => line.split(/[([{]/).length - line.split(/[)\]}]/).length)
    .filter((count) => count !== 0);
}

/** Whether a statement has a line that is too long, and had none before. */
function outgrew(before: PyNode, after: PyNode, { lineLength }: LayoutOptions): boolean {
  return !isMarked(after) && longestLine(after) > lineLength && longestLine(before) <= lineLength;
}

/** Whether moving the lines of a statement along with their brackets makes one too long, and longer than any was before. */
function movedTooFar(
  before: PyNode,
  after: PyNode,
  aligned: readonly Edit[],
  { lineLength }: LayoutOptions,
): boolean {
  const widths = aligned.map(({ end, text }) => {
    const rest = /^[^\r\n]*/.exec(after.source.slice(end, after.end))?.[0] ?? '';
    return text.length + rest.length;
  });
  const width = Math.max(0, ...widths);
  return width > lineLength && width > longestLine(before) && !isMarked(after);
}

/** A marker for another tool behind a statement speaks of the line that it stands on. */
function isMarked({ source, end }: PyNode): boolean {
  return /^[^\r\n]*#\s*(noqa|type:|pragma|pylint|pyright)/.test(source.slice(end));
}

function longestLine({ source, start, end }: PyNode): number {
  const lines = source.slice(lineStart(source, start), end).split(/\r\n|\n|\r/);
  return Math.max(...lines.map((text) => text.length));
}

function layoutEdits(
  path: string,
  statement: PyNode,
  options: LayoutOptions,
  layers: Layers,
): readonly Edit[] {
  const { start, source } = statement;
  const end = layers.logicalLine(statement)?.at(-1)?.end;
  const text = end === undefined ? null : layers.layoutStatement(statement, options);
  return text === null ? [] : alignTexts(path, start, source.slice(start, end), text);
}

function statementOf(root: PyNode, { start, end, attach }: Place): PyNode {
  const shift = start === end ? (attach === 'after' ? -1 : 1) : 0;
  let node = nodeAt(root, {
    start: Math.min(start, start + shift),
    end: Math.max(end, end + shift),
  });
  while (
    node.kind !== 'block' &&
    node.parent &&
    node.parent.kind !== 'block' &&
    node.parent.kind !== 'module'
  )
    node = node.parent;
  return node;
}

type Place = Pick<Edit, 'start' | 'end' | 'attach'>;

function indentOf(text: string, start: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, start), start))?.[0] ?? '';
}
