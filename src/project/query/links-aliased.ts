// join(aliased=True): whether the alias that it makes changes anything, and what to write where it does. It makes no edits.
import { readMethodCall, type MethodCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { MappedClass } from '../models.ts';
import { relationshipOf } from './entity.ts';
import { mentionsIn } from './mentions.ts';
import type { Draft } from './statement.ts';

/** Links after the join in which naming the class and naming its alias come to the same. */
const FOLLOWING = /^(distinct|filter|filter_by|limit|offset|order_by|slice|where)$/;
/** Links before it that bring nothing else into the query. */
const BEFORE = /^(distinct|filter|filter_by|order_by|where)$/;
/** Methods that say something of a column alone. */
const OF_COLUMNS =
  /^(and_|asc|between|contains|desc|endswith|ilike|in_|is_|is_not|isnot|like|not_|not_in|notin_|or_|startswith)$/;

/** Whether the classes that are joined stand nowhere else in the query, so that an alias of them is as good as they are. */
export function needsNoAlias(link: MethodCall, draft: Draft): boolean {
  const { head, links, terminal } = draft.chain;
  const at = links.indexOf(link);
  const isWhole = head.kind !== 'flow' && terminal !== null;
  const isAlone =
    links.slice(0, at).every((each) => BEFORE.test(each.method.text) && isPlain(each)) &&
    links.slice(at + 1).every((each) => FOLLOWING.test(each.method.text) && isPlain(each));
  if (!isWhole || !isAlone || draft.joined || draft.reframed) return false;
  const targets = targetsOf(link, draft);
  if (!targets || draft.items.length !== 1) return false;
  const { classes } = draft.ctx.facts.models;
  const [before, after] = [links.slice(0, at), links.slice(at + 1)].map((some) =>
    mentionsIn(
      some.flatMap((each) => each.list.named),
      draft.ctx.facts,
    ),
  );
  const isHidden = links.some((each) => each !== link && holdsQuery(each, draft));
  if (!before || before.opaque || after?.opaque || isHidden) return false;
  const present = [...new Set([...draft.from, ...before.keys])].map(
    (key) => classes.get(key) ?? null,
  );
  const known = present.flatMap((each) => each ?? []);
  const all = [...known, ...targets];
  return (
    known.length === present.length &&
    all.every((each, index) =>
      all.slice(index + 1).every((other) => !sharesTable(each, other, classes)),
    )
  );
}

/** What to write instead. */
export function aliasAdvice(name: string, link: MethodCall, draft: Draft): string {
  const [first] = link.positional;
  const target = targetsOf(link, draft)?.at(-1)?.name ?? 'Target';
  const step = stringValue(first ?? null);
  const path = step === null ? first?.text : `${draft.root?.model?.name ?? 'Source'}.${step}`;
  return `\`${name}=True\` adapts what follows to an anonymous alias; write \`alias = aliased(${target})\` before it, \`.join(${path ?? 'Source.relationship'}.of_type(alias))\`, and name \`alias\` for \`${target}\` in what follows`;
}

/** The classes along a path of relationships. */
function targetsOf(link: MethodCall, draft: Draft): readonly MappedClass[] | null {
  const { facts } = draft.ctx;
  const { classes } = facts.models;
  const found: MappedClass[] = [];
  let left = draft.root?.model ?? null;
  for (const step of link.positional) {
    const name = stringValue(step);
    const relation =
      name === null ? relationshipOf(step, facts)?.relation : left?.attributes.get(name);
    const target =
      relation?.kind === 'relationship' && relation.target !== null
        ? classes.get(relation.target)
        : undefined;
    if (!target) return null;
    found.push(target);
    left = target;
  }
  return found.length > 0 ? found : null;
}

/** Whether arguments compare columns, and hold no queries of their own. */
function isPlain({ list }: MethodCall): boolean {
  return list.named.every((node) =>
    descendants(node, 'call', 'lambda').every((each) => isOfColumns(each)),
  );
}

function isOfColumns(node: PyNode): boolean {
  const callee = node.child('function');
  const name = readMethodCall(node)?.method.text ?? callee?.text ?? '';
  return OF_COLUMNS.test(name);
}

/** Whether a variable holds a query or statement, whose tables would have become those of the alias. */
function holdsQuery({ list }: MethodCall, { ctx }: Draft): boolean {
  return list.named
    .flatMap((node) => descendants(node, 'identifier'))
    .some((each) => {
      const value = ctx.facts.infer(each)?.value;
      return value?.kind === 'instance' && value.of.startsWith('sqlalchemy.');
    });
}

function sharesTable(a: MappedClass, b: MappedClass, classes: Classes): boolean {
  const isShared = a.mro.some((id) => classes.get(id)?.role === 'mapped' && b.mro.includes(id));
  return isShared || a.tableName === null || a.tableName === b.tableName;
}

type Classes = Draft['ctx']['facts']['models']['classes'];
