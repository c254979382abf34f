// Type hints of what holds the queries of a group: a Query becomes a Select. It knows no values.
import type { Edit } from '../../../edits/edit.ts';
import { descendants, type PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { NameUse, RuleContext } from '../../rule.ts';
import type { QueryGroup, Slot } from './group.ts';

/** The hints of a group, each with the edits that correct it. */
export interface Hints {
  readonly edits: readonly Edit[];
  readonly uses: readonly NameUse[];
}

const QUERIES: ReadonlySet<string> = new Set([
  'flask_sqlalchemy.BaseQuery',
  'flask_sqlalchemy.query.Query',
  'sqlalchemy.orm.Query',
  'sqlalchemy.orm.query.Query',
]);

/** Corrects the hints of everything that holds a query of the group. */
export function correctHints(
  group: QueryGroup,
  contextAt: (node: PyNode) => RuleContext | null,
): Hints {
  const hints = new Set<PyNode>();
  for (const slot of [
    ...group.edges.map(({ to }) => to),
    ...group.sources.flatMap(({ reads }) => reads),
  ])
    for (const hint of hintsOf(slot)) hints.add(hint);
  const edits: Edit[] = [];
  const uses: NameUse[] = [];
  for (const hint of hints) {
    const ctx = contextAt(hint);
    if (!ctx) continue;
    for (const node of queriesIn(hint, ctx.facts)) {
      const name =
        ctx.settings.targetVersion === '1.4' ? 'sqlalchemy.sql.Select' : 'sqlalchemy.Select';
      const use = ctx.use(name, node);
      const text =
        node.kind === 'string' ? inText(node.text, use.text, isQuery(node, ctx.facts)) : use.text;
      uses.push(use);
      edits.push(ctx.replace(node, text));
    }
  }
  return { edits, uses };
}

function hintsOf(slot: Slot): readonly PyNode[] {
  if ('table' in slot) return returnHint(slot);
  if (slot.kind === 'element-slot') return returnHint(slot.definition);
  if (slot.kind !== 'attribute-slot') return slot.annotation ? [slot.annotation] : [];
  return slot.classes.flatMap(({ scope }) =>
    (scope.bindings.get(slot.name) ?? []).flatMap((each) => each.annotation ?? []),
  );
}

function returnHint(definition: PyNode): readonly PyNode[] {
  const type = definition.kind === 'function_definition' ? definition.child('return_type') : null;
  return type?.named.slice(0, 1) ?? [];
}

/** The outermost parts of a hint that name a Query, with what they are subscripted by. */
function queriesIn(hint: PyNode, facts: Facts): readonly PyNode[] {
  const found = descendants(hint, 'identifier', 'attribute', 'string').flatMap((node) => {
    if (node.kind === 'string')
      return inText(node.text, '', isQuery(node, facts)) === node.text ? [] : [node];
    const isPart = node.parent?.kind === 'attribute';
    if (isPart || !QUERIES.has(facts.qualifiedName(node) ?? '')) return [];
    const { parent } = node;
    const isSubscripted =
      (parent?.kind === 'generic_type' && parent.named[0] === node) ||
      (parent?.kind === 'subscript' && node.field === 'value');
    return [isSubscripted && parent ? parent : node];
  });
  return found;
}

/** Whether a name in a hint that is a string stands for a Query. */
function isQuery(node: PyNode, { symbols, module }: Facts): (name: string) => boolean {
  return (name) => {
    const symbol = symbols.symbolNamed(module, name, node);
    return symbol?.kind === 'library' && QUERIES.has(symbol.name);
  };
}

/** The text of a hint with `name` for each Query, what it is subscripted by included. */
function inText(hint: string, name: string, isNamed: (name: string) => boolean): string {
  return hint.replaceAll(/(\w+(?:\.\w+)*)(\[[\w."' ,|[\]]*\])?/g, (_, base: string, index = '') =>
    isNamed(base) ? name : `${base}${inText(String(index), name, isNamed)}`,
  );
}
