// Decides how a library name is spelled at a place of a file, and which import that needs. It edits nothing: see import-plan.ts.
import type { Binding, Lookup, Scope } from '../binder/scope.ts';
import type { ImportRequest } from '../edits/edit.ts';
import { contains, enclosing, identifiers, type PyNode } from '../python/tree.ts';
import { canonicalName, homeIn, type Home, isKnownName } from '../sqlalchemy/names.ts';
import { headImports } from './import-statements.ts';
import type { Module } from './modules.ts';
import type { NameUse } from './rule.ts';
import type { TargetVersion } from './settings.ts';

/** How a name will be used. */
export interface UseOptions {
  readonly target: TargetVersion;
  /** Only annotations need it, and none that SQLAlchemy evaluates: it may stand under `if TYPE_CHECKING:`. */
  readonly typing?: boolean;
}

/** A place that needs a name. */
interface Site {
  readonly module: Module;
  readonly canonical: string;
  readonly home: Home;
  readonly at: PyNode;
  readonly typing: boolean;
  readonly pending: readonly ImportRequest[];
}

/**
 * The spelling of `canonical` (`sqlalchemy.select`, `typing.Optional`, `builtins.list`, or a module such as `datetime`) at the node `at`: a visible
 * binding of it, a member of a module that the file imports under a name, or the plain name with a request. A request of `pending` counts as done.
 */
export function useName(
  module: Module,
  canonical: string,
  at: PyNode,
  pending: readonly ImportRequest[],
  options: UseOptions,
): NameUse {
  const name = canonicalName(canonical);
  const site: Site = {
    module,
    canonical: name,
    home: homeIn(name, options.target) ?? split(name),
    at,
    typing: options.typing === true,
    pending,
  };
  if (site.home.module === 'builtins') return useBuiltin(site);
  if (site.home.module === '') return useModule(site, name);
  const existing = boundName(site);
  if (existing !== null) return { text: existing, request: null };
  const member = moduleMember(site);
  if (member !== null && (!hasFromImport(site) || isReadAs(site, member)))
    return { text: member, request: null };
  if (isFree(site, site.home.name, site.home))
    return requested(site, site.home.name, site.home.module, site.home.name, null);
  return member === null ? useAlias(site) : { text: member, request: null };
}

function split(dotted: string): Home {
  const dot = dotted.lastIndexOf('.');
  return { module: dotted.slice(0, Math.max(dot, 0)), name: dotted.slice(dot + 1) };
}

/** A builtin by its plain name, or through the module where the file binds that name to something else. */
function useBuiltin(site: Site): NameUse {
  const { name } = site.home;
  if (lookupAt(site, name) === null) return { text: name, request: null };
  const { text, request } = useModule(site, 'builtins');
  return { text: `${text}.${name}`, request };
}

function useModule(site: Site, module: string): NameUse {
  const bound = moduleBinding(site, module);
  if (bound !== null) return { text: bound, request: null };
  const alias = freeAlias(site, [module, `${module}_module`], { module, name: '' });
  return requested(site, alias, module, null, alias === module ? null : alias);
}

function useAlias(site: Site): NameUse {
  const { module, name } = site.home;
  if (module === 'sqlalchemy') {
    const alias = freeAlias(site, ['sa', 'sqlalchemy'], { module, name: '' });
    return requested(site, `${alias}.${name}`, module, null, alias === module ? null : alias);
  }
  const prefix = module.split('.').at(-1) ?? module;
  if (!module.startsWith('sqlalchemy.') && !module.includes('.')) {
    const { text, request } = useModule(site, module);
    return { text: `${text}.${name}`, request };
  }
  const alias = freeAlias(site, [`${prefix}_${name}`, `sa_${prefix}_${name}`], site.home);
  return requested(site, alias, module, name, alias);
}

function requested(
  site: Site,
  text: string,
  module: string,
  name: string | null,
  alias: string | null,
): NameUse {
  const runsAtImport = !site.typing && !isDeferred(site);
  return {
    text,
    request: {
      path: site.module.path,
      module,
      name,
      alias,
      ...(site.typing ? { typing: true } : {}),
      ...(runsAtImport ? { neededAt: site.at.start } : {}),
    },
  };
}

function freeAlias(site: Site, candidates: readonly string[], means: Home): string {
  const last = candidates.at(-1) ?? means.name;
  for (let suffix = ''; ; suffix += '_') {
    const names = suffix === '' ? candidates : [last + suffix];
    const free = names.find((name) => isFree(site, name, means));
    if (free !== undefined) return free;
  }
}

/** A name that is bound to exactly what is wanted, wherever the place could read it. */
function boundName(site: Site): string | null {
  const names = site.module.binding.imports
    .filter((binding) => importedName(binding) === site.canonical)
    .map((binding) => binding.name);
  return names.find((name) => isVisible(site, name, site.canonical)) ?? null;
}

function importedName(binding: Binding): string | null {
  const { imported } = binding;
  if (!imported || imported.level > 0 || imported.name === null) return null;
  return canonicalName(`${imported.module}.${imported.name}`);
}

/** What a name means at the place. A class body is read as a whole: `date: Mapped[date] = …` binds the name before its annotation is evaluated. */
function lookupAt({ module, at }: Site, name: string): Lookup | null {
  const scope = module.binding.scopeOf(at);
  const own = scope.kind === 'class' ? scope.bindings.get(name) : undefined;
  return own ? { scope, bindings: own } : module.binding.lookup(name, at);
}

/** Whether `name`, read at the place, is sure to be what an import of `full` (member or module) bound. */
function isVisible(site: Site, name: string, full: string): boolean {
  const lookup = lookupAt(site, name);
  if (!lookup) return false;
  return (
    lookup.bindings.every((binding) => means(binding, full)) &&
    lookup.bindings.some((binding) => reaches(site, binding, lookup.scope))
  );
}

function means(binding: Binding, full: string): boolean {
  return (
    binding.kind === 'import' && (importedName(binding) === full || moduleOf(binding) === full)
  );
}

/** The module that a binding stands for; of `import a.b` the package `a`. */
function moduleOf(binding: Binding): string | null {
  const { imported } = binding;
  if (!imported || imported.level > 0) return null;
  return imported.name === null ? imported.module : `${imported.module}.${imported.name}`;
}

function reaches(site: Site, binding: Binding, scope: Scope): boolean {
  if (binding.typeChecking && !site.typing) return false;
  return (
    isSureAt(binding, scope, site.at) &&
    ((scope.kind === 'module' && isDeferred(site)) || binding.statement.end <= site.at.start)
  );
}

/** Whether a name that is found in a function, or in one around it, is surely bound there before the place is reached. */
export function isBoundBefore({ scope, bindings }: Lookup, at: PyNode): boolean {
  return (
    scope.kind !== 'function' ||
    bindings.some(
      (each) =>
        each.kind === 'parameter' || (isSureAt(each, scope, at) && each.statement.end <= at.start),
    )
  );
}

/** Whether a binding stands under no condition under which the place does not stand. */
function isSureAt({ statement, typeChecking }: Binding, scope: Scope, at: PyNode): boolean {
  const guard = enclosing(
    statement,
    'if_statement',
    'for_statement',
    'while_statement',
    'with_statement',
    'match_statement',
  );
  const conditional = guard !== null && contains(scope.node, guard) && !typeChecking;
  return !conditional || contains(guard, at);
}

/** Whether the place is evaluated only when a function is called. */
function isDeferred({ module, at }: Site): boolean {
  for (let scope: Scope | null = module.binding.scopeOf(at); scope; scope = scope.parent)
    if (scope.kind === 'function' || scope.kind === 'lambda') return true;
  return false;
}

/** `sa.select` or `orm.Mapped`, where the file imports the right module under a name. */
function moduleMember(site: Site): string | null {
  const { module, name } = site.home;
  const bound = moduleBinding(site, module);
  return bound === null ? null : `${bound}.${name}`;
}

function moduleBinding(site: Site, module: string): string | null {
  for (const binding of site.module.binding.imports)
    if (moduleOf(binding) === module && isVisible(site, binding.name, module)) return binding.name;
  // `import sqlalchemy.orm` binds the package and loads the submodule.
  const loaded = headImports(site.module.tree).some(
    ({ kind, items }) =>
      kind === 'import' && items.some((item) => item.alias === null && item.name === module),
  );
  const head = module.split('.')[0] ?? module;
  if (loaded && isVisible(site, head, head)) return module;
  // Importing the package loads it, and code that names the package reads it through there.
  const outer = module === 'sqlalchemy.exc' ? moduleBinding(site, 'sqlalchemy') : null;
  return outer === null ? null : `${outer}.exc`;
}

/** Whether the file imports names (not modules) from the home of the wanted one, and reads one: what a rewrite left unread says nothing of the style. */
function hasFromImport(site: Site): boolean {
  const { binding } = site.module;
  return headImports(site.module.tree).some(
    ({ kind, module, items }) =>
      kind === 'from' &&
      module === site.home.module &&
      items.some(
        (item) =>
          !LOWER_MODULES.has(`${module}.${item.name}`) &&
          binding.references(binding.module, item.alias ?? item.name).length > 0,
      ),
  );
}

/** Whether the file reads the name as `sa.select` already, whatever else it imports by name. */
function isReadAs({ module }: Site, member: string): boolean {
  return new RegExp(`(?<![\\w.])${member.replaceAll('.', '\\.')}\\b`).test(module.tree.text);
}

const LOWER_MODULES: ReadonlySet<string> = new Set(
  'dialects engine event exc ext orm pool schema sql types util'
    .split(' ')
    .map((name) => `sqlalchemy.${name}`),
);

/** Whether an import can bind `name` to `wanted` for the whole module without changing what any code reads, and the place would read it. */
function isFree(site: Site, name: string, wanted: Home): boolean {
  const { binding } = site.module;
  const full =
    wanted.name === '' ? wanted.module : canonicalName(`${wanted.module}.${wanted.name}`);
  const same = (each: Binding): boolean => means(each, full);
  const top = binding.module.bindings.get(name) ?? [];
  if (!top.every(same)) return false;
  const lookup = lookupAt(site, name);
  // A function that binds the name itself reads nothing else by it, not even before it does.
  if (lookup && lookup.scope !== binding.module)
    if (lookup.scope.kind === 'function' || !lookup.bindings.every(same)) return false;
  if (top.length === 0 && (hidesByStar(site, name, full) || !freeReadsAgree(site, name, full)))
    return false;
  return site.pending.every(
    (request) =>
      boundBy(request) !== name ||
      (request.module === wanted.module && (request.name ?? '') === wanted.name),
  );
}

function boundBy(request: ImportRequest): string {
  return request.alias ?? request.name ?? request.module.split('.')[0] ?? request.module;
}

/** Whether `from sqlalchemy import *` binds the name to something else: which import comes last decides, and that is not sure. */
function hidesByStar({ module }: Site, name: string, full: string): boolean {
  return module.binding.starImports.some((star) => {
    const canonical = star.level === 0 ? canonicalName(`${star.module}.${name}`) : null;
    return canonical !== null && canonical !== full && isKnownName(canonical);
  });
}

/** Reads of a name that nothing in the file binds are builtins, or come from a star import: they must mean the same already. */
function freeReadsAgree({ module }: Site, name: string, full: string): boolean {
  const { binding } = module;
  const starred = binding.starImports.some(
    (star) => star.level === 0 && canonicalName(`${star.module}.${name}`) === full,
  );
  return (
    starred ||
    identifiers(module.tree.root, name).every(
      (node) => !isRead(node) || binding.lookup(name, node) !== null,
    )
  );
}

function isRead(node: PyNode): boolean {
  const { parent, field } = node;
  if (parent?.kind === 'attribute') return field !== 'attribute';
  if (parent?.kind === 'keyword_argument') return field !== 'name';
  return !enclosing(node, 'import_statement', 'import_from_statement', 'future_import_statement');
}
