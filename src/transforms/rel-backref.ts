// Declares the relationship that `backref=` creates on the other class, in whatever file that is. Its annotation is another rule's.
import type { Edit, ImportRequest } from '../edits/edit.ts';
import { keyword, readCall } from '../python/calls.ts';
import { stringValue } from '../python/strings.ts';
import { descendants, enclosing, type PyNode } from '../python/tree.ts';
import { declaredCall, type DeclaredCall } from '../project/declared.ts';
import type { MappedClass, RelationshipAttribute } from '../project/models.ts';
import type { Module } from '../project/modules.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { short } from '../project/query/short.ts';
import { placeOf } from '../project/place.ts';
import { firstDefinition, secondDefinition } from '../project/symbols.ts';

const RELATIONSHIP = 'sqlalchemy.orm.relationship';

/** Arguments of the declared side that say nothing about the other one. */
const OWN_ARGUMENTS: ReadonlySet<string> = new Set(
  'active_history backref cascade collection_class doc info innerjoin join_depth lazy order_by passive_deletes single_parent uselist'.split(
    ' ',
  ),
);
/** Arguments that the created side takes over. */
const SHARED_ARGUMENTS: ReadonlySet<string> = new Set([
  'passive_updates',
  'post_update',
  'sync_backref',
  'viewonly',
]);

export default defineTransform({
  id: 'rel-backref',
  summary: 'Declare both sides of a relationship with `back_populates`',
  rationale:
    'What backref= creates, no reader and no type checker sees; back_populates= on both sides declares the same pair.',
  reference: 'https://docs.sqlalchemy.org/en/20/orm/backref.html',
  fixes: 'unsafe',
  stillRuns: true,
  rows: ['rel-backref'],
  triggers: ['backref'],
  example: {
    before: 'orders: Mapped[list["Order"]] = relationship(backref="user")\n',
    after: 'orders: Mapped[list["Order"]] = relationship(back_populates="user")\n',
  },
  visit: {
    assignment(node, context) {
      const declared = declaredCall(node, context.facts);
      if (declared?.callee !== RELATIONSHIP || declared.model.role !== 'mapped') return;
      const given = declared.call.keywords.find(({ name }) => name === 'backref');
      const relation = declared.model.own.find(({ name }) => name === declared.name.text);
      if (!given || relation?.kind !== 'relationship') return;
      const other = otherSide(declared, given.value, relation, context);
      if (typeof other === 'string')
        return context.manual({
          at: node,
          message: '`backref` creates a relationship that no class declares',
          reason: `${other}; declare the relationship there by hand, with \`back_populates\` on both sides`,
        });
      context.fix({
        at: node,
        message: '`backref` creates a relationship that no class declares',
        safety: 'unsafe',
        reason: `\`${other.name}\` then exists as soon as its class is imported, not only once the mappers are configured`,
        edits: [
          context.replace(given.node, `back_populates=${quoted(other.name, declared)}`),
          other.edit,
        ],
        uses: [{ text: other.callee, request: other.request }],
      });
    },
  },
});

interface OtherSide {
  readonly name: string;
  readonly edit: Edit;
  readonly callee: string;
  readonly request: ImportRequest | null;
}

function otherSide(
  declared: DeclaredCall,
  value: PyNode,
  relation: RelationshipAttribute,
  context: RuleContext,
): OtherSide | string {
  const { facts } = context;
  const target = facts.models.classes.get(relation.target ?? '');
  if (!target) return 'the class on the other side is not seen';
  const twice = [declared.model, target].find(({ id }) =>
    facts.models.classes.has(secondDefinition(firstDefinition(id))),
  );
  if (twice)
    return `\`${twice.name}\` is defined more than once, and only the running program knows which one is mapped`;
  const created = readBackref(value, declared, target, context);
  if (!created)
    return `what \`${short(value)}\` gives the other side, may mean something else there`;
  const taken = takenName(declared.model, target, created.name, context);
  if (taken !== null) return taken;
  const module = facts.modules.byPath(target.location.path);
  const classNode = module && classNodeOf(target, module);
  if (!module || !classNode) return `the class statement of \`${target.name}\` is not seen`;
  const shared = sharedArguments(declared, relation, target);
  if (typeof shared === 'string') return shared;
  const callee = calleeIn(module, classNode, declared, context);
  if (!callee)
    return `\`relationship\` is another name where \`${target.name}\` stands (${placeOf(module, classNode)})`;
  const items = [
    quoted(declared.model.name, declared),
    `back_populates=${quoted(declared.name.text, declared)}`,
    // What backref() is given itself counts.
    ...shared.filter((each) => !created.arguments.some((own) => nameOf(own) === nameOf(each))),
    ...created.arguments,
  ];
  const place = lastAttribute(classNode);
  const indent = place && lineIndent(place);
  if (!place || indent === null)
    return `\`${target.name}\` has no attribute on a line of its own that the new one could follow (${placeOf(module, classNode)})`;
  const text = `\n${indent}${created.name} = ${callee.text}(${items.join(', ')})`;
  const end = lineEnd(place);
  const edit: Edit = { path: module.path, start: end, end, text, attach: 'after' };
  return { name: created.name, edit, callee: callee.text, request: callee.request };
}

function nameOf(argument: string): string {
  return argument.slice(0, argument.indexOf('=')).trim();
}

/** `"user"`, or `backref("user", lazy="joined")` whose arguments mean the same in the other class. */
function readBackref(
  value: PyNode,
  declared: DeclaredCall,
  target: MappedClass,
  context: RuleContext,
): { readonly name: string; readonly arguments: readonly string[] } | null {
  const plain = stringValue(value);
  if (plain !== null) return { name: plain, arguments: [] };
  const call = readCall(value);
  if (!call || context.facts.qualifiedName(call.callee) !== 'sqlalchemy.orm.backref') return null;
  const [first, ...more] = call.positional;
  const name = first && stringValue(first);
  if (!name || more.length > 0 || call.doubleStarred || value.text.includes('#')) return null;
  const isMovable = call.keywords.every(
    (each) =>
      meansTheSame(each.value, declared, target, context) &&
      (!JOINING.test(each.name) || target.id === declared.model.id || stringValue(each.value)),
  );
  return isMovable ? { name, arguments: call.keywords.map(({ node }) => node.text) } : null;
}

const JOINING = /^(?:primaryjoin|secondaryjoin|foreign_keys|remote_side|secondary)$/;

/** Whether an expression of the class body says the same in the body of the other class: it is that class, or all names are builtins or, in this file, imported. */
function meansTheSame(
  node: PyNode,
  { model }: DeclaredCall,
  target: MappedClass,
  { facts }: RuleContext,
): boolean {
  if (target.id === model.id) return true;
  const isHere = target.location.path === facts.module.path;
  return descendants(node, 'identifier')
    .filter((each) => each.parent?.kind !== 'attribute' || each.field === 'object')
    .every(({ text }) => {
      if (text === 'set' || text === 'list') return true;
      const symbol = isHere ? facts.symbols.symbolNamed(facts.module, text, node) : null;
      return symbol?.kind === 'library' && !target.attributes.has(text);
    });
}

/** Why the other class cannot have the attribute, or a string not name the declaring class; `null` if nothing stands against it. */
function takenName(
  model: MappedClass,
  target: MappedClass,
  name: string,
  { facts }: RuleContext,
): string | null {
  const { models } = facts;
  const known = target.attributes.get(name);
  const heirs = [...models.classes.values()].filter(({ mro }) => mro.includes(target.id));
  const heir = heirs.find(({ own }) => own.some((each) => each.name === name));
  if (target.role !== 'mapped') return `what \`${target.name}\` inherits is not known`;
  if (target.base !== model.base)
    return `\`${target.name}\` has another declarative base than \`${model.name}\``;
  if (known?.kind !== 'relationship' || !known.fromBackref)
    return `\`${target.name}.${name}\` is something else already`;
  if (heir)
    return `\`${heir.name}\`, which extends \`${target.name}\`, has a \`${name}\` of its own`;
  // Each declarative base has names of its own.
  if (models.named(model.name).filter(({ base }) => base === model.base).length !== 1)
    return `several classes are called \`${model.name}\``;
  return target.id.includes('<locals>') ? `\`${target.name}\` is defined in a function` : null;
}

/** What both sides need: the secondary table, foreign keys, flags. A text says why it cannot be turned round. */
function sharedArguments(
  declared: DeclaredCall,
  relation: RelationshipAttribute,
  target: MappedClass,
): readonly string[] | string {
  const { call, model } = declared;
  if (call.starred || call.doubleStarred || call.positional.length > 1)
    return 'its arguments are not all written out';
  const shared: string[] = [];
  for (const { name, value, node } of call.keywords) {
    if (OWN_ARGUMENTS.has(name) || name === 'argument') continue;
    if (SHARED_ARGUMENTS.has(name)) shared.push(node.text);
    else if (name === 'secondary' && relation.secondary !== null)
      shared.push(`secondary=${quoted(relation.secondary, declared)}`);
    else if (name === 'foreign_keys') {
      const keys = foreignKeys(value, model);
      if (keys === null) return 'its `foreign_keys` cannot be written as a string';
      shared.push(`foreign_keys=${quoted(keys, declared)}`);
    } else if (JOINS.has(name)) {
      const joined = reversedJoin(name, value, relation, model, target);
      if (joined === null) return `\`${name}=\` has to be turned round for the other side`;
      shared.push(`${joined}=${value.text}`);
    } else if (name !== 'remote_side' || target.id !== model.id)
      return `\`${name}=\` has to be turned round for the other side`;
  }
  return shared.toSorted((a, b) => Number(isSecond(a)) - Number(isSecond(b)));
}

function isSecond(argument: string): boolean {
  return argument.startsWith('secondaryjoin=');
}

/** The conditions by their name on the other side, where those of a secondary table are swapped. */
const JOINS: ReadonlyMap<string, string> = new Map([
  ['primaryjoin', 'secondaryjoin'],
  ['secondaryjoin', 'primaryjoin'],
]);

/** The argument under which the other side has the same condition; `null` where it is another condition there, or cannot be read there. */
function reversedJoin(
  name: string,
  value: PyNode,
  { secondary }: RelationshipAttribute,
  model: MappedClass,
  target: MappedClass,
): string | null {
  const isText = stringValue(value) !== null;
  if (/\bremote\b/.test(value.text) || value.text.includes('#')) return null;
  if (secondary !== null)
    return target.id === model.id || isText ? (JOINS.get(name) ?? null) : null;
  // Where one class extends the other, a condition without sides would mean itself.
  const isRelated = target.mro.includes(model.id) || model.mro.includes(target.id);
  return name === 'primaryjoin' && isText && !isRelated ? name : null;
}

/** Columns of the declaring class by their full names, for a string that the registry reads. */
function foreignKeys(value: PyNode, model: MappedClass): string | null {
  const text = stringValue(value);
  if (text !== null) return text.includes('"') ? null : text;
  const items = value.kind === 'list' || value.kind === 'tuple' ? value.named : [value];
  const names = items.map(({ kind, text: name }) =>
    kind === 'identifier' && model.attributes.get(name)?.kind === 'column'
      ? `${model.name}.${name}`
      : null,
  );
  if (names.some((each) => each === null)) return null;
  return names.length === 1 ? (names[0] ?? null) : `[${names.join(', ')}]`;
}

/** How relationship() is spelled in the other file: as here, or by a name that is imported there. */
function calleeIn(
  module: Module,
  classNode: PyNode,
  { call }: DeclaredCall,
  { facts }: RuleContext,
): { readonly text: string; readonly request: ImportRequest | null } | null {
  for (const text of [call.callee.text, 'relationship']) {
    const symbol = facts.symbols.symbolNamed(module, text, classNode);
    if (symbol?.kind === 'library' && symbol.name === RELATIONSHIP) return { text, request: null };
  }
  if (module.path === facts.module.path || module.binding.isBound('relationship', classNode))
    return null;
  return {
    text: 'relationship',
    request: {
      path: module.path,
      module: 'sqlalchemy.orm',
      name: 'relationship',
      alias: null,
      neededAt: classNode.start,
    },
  };
}

function classNodeOf({ location }: MappedClass, module: Module): PyNode | null {
  return (
    descendants(module.tree.root, 'class_definition').find(
      ({ start, end }) => location.start <= start && end <= location.end,
    ) ?? null
  );
}

/** The last assignment of the class body, or the string that documents it: the new one follows it. */
function lastAttribute(classNode: PyNode): PyNode | null {
  const statements = classNode.child('body')?.named ?? [];
  const index = statements.findLastIndex(
    (each) => each.kind === 'expression_statement' && each.named[0]?.kind === 'assignment',
  );
  const last = statements[index];
  const next = statements[index + 1];
  if (!last || enclosing(last, 'class_definition') !== classNode) return null;
  return next?.named[0]?.kind === 'string' ? next : last;
}

/** The indentation of a statement that is alone on its lines; `null` if something but a comment follows it. */
function lineIndent(statement: PyNode): string | null {
  const { source, start, end } = statement;
  const indent = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  const rest = source.slice(end, lineEnd(statement));
  return indent.trim() === '' && /^\s*(#|$)/.test(rest) ? indent : null;
}

/** The end of the last line of a statement. */
function lineEnd({ source, end }: PyNode): number {
  const rest = /^[^\r\n]*/.exec(source.slice(end))?.[0] ?? '';
  return rest.includes('#') ? end + rest.length : end;
}

/** A string in the quotes that the call has already. */
function quoted(text: string, { call }: DeclaredCall): string {
  const literal = keyword(call, 'backref')?.text ?? '';
  const isSingle = literal.includes("'") && !literal.includes('"') && !text.includes("'");
  const quote = isSingle ? "'" : '"';
  return `${quote}${text}${quote}`;
}
