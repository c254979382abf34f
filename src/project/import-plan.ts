// Turns import requests into edits of a module's import statements. It does not choose names: see imports.ts.
import type { Edit, ImportRequest } from '../edits/edit.ts';
import type { Span } from '../python/tree.ts';
import { extendImport } from './import-extend.ts';
import {
  blockImports,
  extendGuard,
  newGuard,
  typeCheckingName,
  typingGuard,
} from './import-guard.ts';
import {
  keyOfWanted,
  placeStatement,
  SECTIONS,
  sectionsIn,
  type NewStatement,
} from './import-place.ts';
import {
  extendable,
  headImports,
  isSingleLineStyle,
  orderOf,
  type ImportStatement,
  type Sections,
} from './import-statements.ts';
import { newlineOf, statementText, type WantedImport } from './import-text.ts';
import type { Module } from './modules.ts';
import type { FileSettings } from './settings.ts';

/**
 * The edits that make a module import what is requested: names join an existing unguarded `from` statement of the same module in its own layout and order,
 * new statements take the place that isort gives them. What the module already imports is not imported again.
 * Statements that other edits change (`touched`) are left alone: nothing joins them, and they do not count as importing anything.
 * `isOwn` knows the top-level packages of the project.
 */
export function planImports(
  module: Module,
  requests: readonly ImportRequest[],
  settings: Pick<FileSettings, 'lineLength'>,
  touched: readonly Span[] = [],
  isOwn: (topLevel: string) => boolean = () => false,
): readonly Edit[] {
  const own = requests.filter((request) => request.path === module.path);
  const runtime = own.filter((request) => request.typing !== true);
  const typing = own.filter(
    (request) => request.typing === true && !runtime.some((other) => sameImport(request, other)),
  );
  const { lineLength } = settings;
  const guard = typingGuard(module);
  const head = untouched(headImports(module.tree), touched);
  const guarded = guard ? untouched(blockImports(guard), touched) : [];
  const typingWanted = wanted(typing, [...head, ...guarded]);
  const flag = typingWanted.length > 0 && !guard ? typeCheckingName(module, head) : null;
  const needed = flag?.request ? [...runtime, flag.request] : runtime;
  const edits: Edit[] = [];
  const fresh: NewStatement[] = [];
  const single = isSingleLineStyle(head);
  const sections = sectionsIn(module, head, isOwn);
  for (const want of wanted(needed, head).flatMap((each) => (single ? onePerName(each) : [each]))) {
    const statements = head.filter(({ node }) => node.end <= want.neededAt);
    const target = single ? null : extendable(statements, want);
    if (target) edits.push(...extendImport(module.path, target, want.names, lineLength));
    else fresh.push(newStatement(module, want, statements, sections, lineLength));
  }
  if (guard) edits.push(...extendGuard(module, guard, guarded, typingWanted, lineLength));
  else if (flag) fresh.push(newGuard(module, flag.text, head, typingWanted, sections, lineLength));
  return [...edits, ...insertions(module, fresh)].toSorted(
    (a, b) => a.start - b.start || a.end - b.end,
  );
}

function untouched(
  statements: readonly ImportStatement[],
  touched: readonly Span[],
): readonly ImportStatement[] {
  return statements.filter(
    ({ node }) => !touched.some((span) => span.start < node.end && node.start < span.end),
  );
}

function onePerName(want: WantedImport): readonly WantedImport[] {
  return want.names.length === 0 ? [want] : want.names.map((name) => ({ ...want, names: [name] }));
}

function sameImport(a: ImportRequest, b: ImportRequest): boolean {
  return a.module === b.module && a.name === b.name && a.alias === b.alias;
}

function itemText(request: ImportRequest): string {
  const { name, alias } = request;
  return alias === null || alias === name ? `${name}` : `${name} as ${alias}`;
}

/** Requests by statement, sorted, without what `existing` statements import already (before the place that needs it). */
function wanted(
  requests: readonly ImportRequest[],
  existing: readonly ImportStatement[],
): readonly WantedImport[] {
  const groups = new Map<string, WantedImport>();
  for (const request of requests) {
    const neededAt = request.neededAt ?? Infinity;
    if (existing.some((each) => each.node.end <= neededAt && imports(each, request))) continue;
    const { module, name, alias } = request;
    const key = name === null ? `import ${module} as ${alias}` : module;
    const group = groups.get(key);
    const names = name === null ? [] : [...(group?.names ?? []), itemText(request)];
    groups.set(key, {
      module,
      alias: name === null ? alias : null,
      names: [...new Set(names)],
      neededAt: Math.min(neededAt, group?.neededAt ?? Infinity),
    });
  }
  const order = orderOf([]);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ ...group, names: order ? group.names.toSorted(order) : group.names }));
}

function imports(statement: ImportStatement, request: ImportRequest): boolean {
  if (request.name === null)
    return (
      statement.kind === 'import' &&
      statement.items.some((item) => item.name === request.module && item.alias === request.alias)
    );
  const alias = request.alias === request.name ? null : request.alias;
  return (
    statement.kind === 'from' &&
    statement.module === request.module &&
    statement.items.some(
      (item) =>
        item.name === request.name && (item.alias === item.name ? null : item.alias) === alias,
    )
  );
}

function newStatement(
  module: Module,
  want: WantedImport,
  statements: readonly ImportStatement[],
  sectionOf: Sections,
  lineLength: number,
): NewStatement {
  const text = statementText(want, '', lineLength, newlineOf(module.tree.text));
  const section = SECTIONS.indexOf(sectionOf(want.module));
  return {
    place: placeStatement(module, want, statements, sectionOf),
    text,
    section,
    key: keyOfWanted(want),
  };
}

/** One edit a place: new statements that come together are ordered and separated as isort has them. */
function insertions({ path, tree }: Module, fresh: readonly NewStatement[]): readonly Edit[] {
  const newline = newlineOf(tree.text);
  const groups = new Map<number, NewStatement[]>();
  for (const each of fresh) {
    const { offset } = each.place;
    groups.set(offset, [...(groups.get(offset) ?? []), each]);
  }
  return [...groups].map(([offset, group]) => {
    const order = group[0]?.place.order;
    const sorted = group.toSorted((a, b) => a.section - b.section || (order?.(a.key, b.key) ?? 0));
    const lines = sorted.map((each, index) => {
      const previous = sorted[index - 1];
      if (!previous) return each.place.before + each.text;
      return (previous.section === each.section ? newline : newline + newline) + each.text;
    });
    const text = lines.join('') + (sorted.at(-1)?.place.after ?? '');
    return { path, start: offset, end: offset, text, attach: 'before' };
  });
}
