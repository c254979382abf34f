// Judges whether the receiver of `.query(…)` is a Session. It reads no chains.
import { dottedParts } from '../../python/calls.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';
import { mayBeOurs } from '../infer/conventions.ts';
import type { Settings } from '../settings.ts';
import type { Evidence, Inferred, Value } from '../values.ts';
import type { QueryBlockers } from './blockers.ts';
import { chainStart } from './chain.ts';
import { changesQueriesItself } from './custom-query.ts';
import type { Item } from './items.ts';
import type { Place } from '../place.ts';

/** What is known of a session. */
export interface SessionFact {
  readonly evidence: Evidence;
  readonly isAsync: boolean;
  /** The class of the project that it is an instance of. */
  readonly projectClass: string | null;
  readonly trail: readonly string[];
  /** Its queries have a class that changes what they do, or may have it. */
  readonly queryClass: QueryClassFact | null;
}

/** Where a Query class is given to a session. */
export interface QueryClassFact {
  readonly place: Place;
  /** Every session that the receiver can be has it. */
  readonly isCertain: boolean;
}

const SYNC: ReadonlySet<string> = new Set([
  'sqlalchemy.orm.Session',
  'sqlalchemy.orm.scoped_session',
  'flask_sqlalchemy.session.Session',
  'flask_sqlalchemy.SignallingSession',
  'sqlmodel.Session',
]);
const ASYNC: ReadonlySet<string> = new Set([
  'sqlalchemy.ext.asyncio.AsyncSession',
  'sqlalchemy.ext.asyncio.async_scoped_session',
  'sqlmodel.ext.asyncio.session.AsyncSession',
]);
const CONVENTIONAL = /^_*(get_|current_)?(db_?|sa_?|sql_?|scoped_?)?(session|sess|dbsession)s?_*$/i;

/** Classes whose instances say nothing of what they are. */
const UNTOLD = /(Mock|builtins\.object|\bAny)$/;

/** What is known of the receiver of `.query(…)`; `null` if it is something else, or nothing tells that it is a session. */
export function sessionFact(
  receiver: PyNode,
  items: readonly Item[],
  facts: Facts,
  settings: Settings,
  blockers: QueryBlockers,
): SessionFact | null {
  const known = receiverFact(receiver, items, facts, settings, blockers);
  return known && { ...known, queryClass: queryClassFact(facts.infer(receiver), facts, blockers) };
}

/** Which class the queries of a session have, where the project has one that changes queries. */
function queryClassFact(
  inferred: Inferred | null,
  facts: Facts,
  blockers: QueryBlockers,
): QueryClassFact | null {
  const [place] = blockers.queryClassUses;
  if (place === undefined) return null;
  const own = inferred ? queryClassOf(inferred.value) : null;
  if (own?.kind === 'class') {
    const definition = facts.symbols.definition(own.id);
    const node = definition?.binding.value;
    const { ofClass } = blockers.listeners;
    const changed =
      ofClass.get(own.id) ??
      (definition && node && changesQueriesItself(definition.module, node, facts.symbols, ofClass));
    return changed ? { place: changed, isCertain: true } : null;
  }
  if (own) return { place, isCertain: true };
  if (inferred?.evidence === 'proven' && inferred.trail.some((line) => MADE.test(line)))
    return null;
  return { place, isCertain: !blockers.hasUsualSessions };
}

/** A step of a trail that says where the session, or what makes it, is made. */
const MADE = /(^|\.)(Session|sessionmaker|SQLAlchemy)\(\) \(/;

/** The class of queries that a session, or what stands for it, was given. */
function queryClassOf(value: Value): Value | null {
  const session =
    value.kind === 'instance' && value.of.endsWith('scoped_session') ? value.element : value;
  return session?.kind === 'instance' ? session.element : null;
}

function receiverFact(
  receiver: PyNode,
  items: readonly Item[],
  facts: Facts,
  settings: Settings,
  blockers: QueryBlockers,
): SessionFact | null {
  const mapped = items.find((item) => selectsFromMapped(item, facts));
  const inferred = facts.infer(receiver);
  // A name alone says little; what is asked of it may say more.
  if (
    inferred &&
    (inferred.evidence === 'proven' || !mapped || !isSession(inferred.value, blockers))
  ) {
    const { value } = inferred;
    // `User.query()` calls a method of the class.
    if (value.kind === 'class') return null;
    const of = value.kind === 'instance' ? value.of : value.kind === 'library' ? value.name : null;
    if (of !== null && SYNC.has(of) && inferred.evidence === 'proven')
      return fact('proven', inferred.trail);
    if (of !== null && ASYNC.has(of))
      return { ...fact(inferred.evidence, inferred.trail), isAsync: true };
    if (of !== null && blockers.sessionClasses.has(of))
      return { ...fact(inferred.evidence, inferred.trail), projectClass: of };
    // A mock or an untyped object says nothing; any other value is not a session.
    if (of !== null && !SYNC.has(of) && !UNTOLD.test(of))
      return mapped && mayBeOurs(inferred)
        ? fact('likely', [`${receiver.text}: comes from outside of the project`])
        : null;
  }
  const name = dottedParts(receiver)?.at(-1) ?? '';
  if (inferred?.evidence === 'proven' && isMock(inferred.value))
    return mapped || CONVENTIONAL.test(name) ? fact('likely', inferred.trail) : null;
  if (settings.sessionNames.includes(receiver.text) || settings.sessionNames.includes(name))
    return fact('proven', [`${receiver.text}: named in session-names`]);
  if (mapped) {
    const count = items.length;
    const others = blockers.otherQueryMethods.filter(
      ({ least, most }) => least <= count && count <= most,
    );
    if (others.some(({ owner }) => isNamedFor(name, owner))) return null;
    const other = others[0]?.place ?? overriding(blockers);
    return other === undefined
      ? fact('proven', [
          `${receiver.text}: its query() is given \`${mapped.node.text}\`, which selects from a mapped class`,
        ])
      : fact('likely', [
          `${receiver.text}: its query() is given a mapped class, but ${other} defines what it calls too`,
        ]);
  }
  if (inferred) return fact('likely', inferred.trail);
  if (CONVENTIONAL.test(name)) return fact('likely', [`${receiver.text}: named like a session`]);
  const expression = items.find((item) => isBuiltBySqlalchemy(item, facts));
  return expression
    ? fact('likely', [`${receiver.text}: its query() is given \`${expression.node.text}\``])
    : null;
}

/** Whether the argument is made by a function of SQLAlchemy: `func.count(…)`. */
function isBuiltBySqlalchemy({ kind, node }: Item, facts: Facts): boolean {
  return (
    kind === 'columns' &&
    (facts.qualifiedName(chainStart(node)?.callee ?? node) ?? '').startsWith('sqlalchemy.')
  );
}

/** Whether the argument names a mapped class: `User`, `User.name`, `func.max(User.age)`, a subquery of users. */
function selectsFromMapped(item: Item, facts: Facts): boolean {
  const owner = item.kind === 'entity' ? item : item.kind === 'columns' ? item.owner : null;
  if (owner && (owner.model !== null || owner.among.length > 0)) return true;
  return descendants(item.node, 'identifier').some(
    (node) =>
      (facts.mappedClass(
        node.parent?.kind === 'attribute' && node.field === 'attribute' ? node.parent : node,
      )?.role ?? 'mixin') !== 'mixin',
  );
}

/** Whether a name says that it is an object of a class: `self.book`, `open_book` of Book or PriceBook. What is called a session is one. */
function isNamedFor(name: string, owner: string): boolean {
  const said = name.replaceAll('_', '').toLowerCase();
  const kind = owner.replaceAll('_', '').toLowerCase();
  if (said === '' || CONVENTIONAL.test(name)) return false;
  return said === kind || (said.length > 2 && (said.endsWith(kind) || kind.endsWith(said)));
}

function overriding({ sessionClasses }: QueryBlockers): Place | undefined {
  return [...sessionClasses.values()].find((place) => place !== null) ?? undefined;
}

function isMock(value: Value): boolean {
  return value.kind === 'instance' && value.of.endsWith('Mock');
}

function isSession(value: Value, blockers: QueryBlockers): boolean {
  return value.kind === 'instance' && SYNC.has(value.of) && !blockers.sessionClasses.has(value.of);
}

function fact(evidence: Evidence, trail: readonly string[]): SessionFact {
  return { evidence, isAsync: false, projectClass: null, trail, queryClass: null };
}
