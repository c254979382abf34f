// The methods that Flask-SQLAlchemy's Query adds (get_or_404(), paginate()) as the functions of the `SQLAlchemy()` object. Other terminals are not its business.
import type { Edit } from '../../edits/edit.ts';
import { keyword, type MethodCall } from '../../python/calls.ts';
import type { RuleContext } from '../rule.ts';
import {
  afterStatement,
  closeEntity,
  removeInner,
  replaceTerminal,
  together,
  type Ending,
} from './rewrite.ts';
import type { QuerySite } from './site.ts';
import type { Statement } from './statement.ts';

/** `.get_or_404(key)`, `.first_or_404()`, `.one_or_404()`, `.paginate()`. */
export function executeHelper(
  statement: Statement,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  if (site.use.kind !== 'terminal') return 'it is not executed here';
  const { call } = site.use;
  const name = call.method.text;
  if (!site.extension)
    return `\`${name}()\` is not seen to be Flask-SQLAlchemy's, and a statement has no such method; execute a \`select()\` and pass its result on`;
  if (ctx.settings.targetVersion === '1.4')
    return `\`db.${name}()\` needs Flask-SQLAlchemy 3, which needs SQLAlchemy 2.0`;
  if (statement.shape !== 'entity')
    return `\`db.${name}()\` gives the first column of each row only; execute the \`select()\` with \`db.session.execute()\` and call \`abort(404)\` where there is no row`;
  if (call.starred || call.doubleStarred) return 'its arguments are not known';
  switch (name) {
    case 'get_or_404':
      return lookUp(statement, call, site, ctx);
    case 'paginate':
      return execute(PAGINATE, '', call, site, ctx);
    case 'first_or_404':
      return execute(DESCRIPTION, statement.fromStatement ? '' : '.limit(1)', call, site, ctx);
    default:
      return statement.unique
        ? 'rows of one object can repeat, which `db.one_or_404()` takes for several objects'
        : execute(DESCRIPTION, '', call, site, ctx);
  }
}

/** The parameters, in the order in which Flask-SQLAlchemy 2 took them. */
const PAGINATE: readonly string[] = ['page', 'per_page', 'error_out', 'max_per_page'];
const DESCRIPTION: readonly string[] = ['description'];
const LOOK_UP: readonly string[] = ['ident', 'description'];

function execute(
  parameters: readonly string[],
  link: string,
  call: MethodCall,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const named = byName(parameters, 0, call, ctx);
  if (typeof named === 'string') return named;

  const opening = openStatement(call, site, ctx);
  if (call.list.named.length === 0)
    return together(opening, replaceTerminal(`${link})`, call, site, ctx));
  const isTight = /^\s/.test(call.list.text.slice(1));
  return together(
    opening,
    afterStatement(link, site, ctx),
    ctx.replace({ start: call.receiver.end, end: call.list.start + 1 }, isTight ? ',' : ', '),
    named,
  );
}

/** Puts `db.helper(select(` before the entity, `db.helper(` before a statement that is there already. */
function openStatement(call: MethodCall, site: QuerySite, ctx: RuleContext): Ending {
  const { chain } = site;
  const opening = `${call.method.text}(${leadingBreak(call)}`;
  if (chain.head.kind === 'flow') return openHelper(opening, site, ctx);
  const select = ctx.use('sqlalchemy.select', chain.head.node);
  return together(
    openHelper(`${opening}${select.text}`, site, ctx),
    closeEntity(chain.head, ctx),
    removeInner(chain.inner, chain, ctx),
    { edits: [], uses: [select] },
  );
}

/** The line break and indent before the first argument, which the statement then has too. */
function leadingBreak({ list }: MethodCall): string {
  const [first] = list.named;
  const gap = first ? list.source.slice(list.start + 1, first.start) : '';
  return /^[ \t]*(\r?\n[ \t]*)$/.exec(gap)?.[1] ?? '';
}

/** Puts names before the positional arguments from one on, which the functions take by name only. */
function byName(
  parameters: readonly string[],
  from: number,
  call: MethodCall,
  ctx: RuleContext,
): readonly Edit[] | string {
  if (call.positional.length > parameters.length) return 'its arguments are not known';
  return call.positional.flatMap((each, index) =>
    index < from ? [] : [ctx.before(each, `${parameters[index] ?? ''}=`)],
  );
}

/** `db.get_or_404(User, key)`. */
function lookUp(
  { items }: Statement,
  call: MethodCall,
  site: QuerySite,
  ctx: RuleContext,
): Ending | string {
  const [link] = site.chain.links;
  if (link)
    return `\`db.get_or_404()\` has nothing for \`.${link.method.text}()\`; use \`db.first_or_404()\` with a \`select()\` that compares the key`;
  const [entity] = items;
  const [first] = call.list.named;
  const key = call.positional[0] ?? keyword(call, 'ident');
  if (entity?.kind !== 'entity' || entity.isAlias) return '`get_or_404()` needs a mapped class';
  if (!first || !key || first.start > key.start) return 'what it looks up is not known';
  if (call.receiver.kind === 'parenthesized_expression')
    return 'its parts cannot be moved into one call';
  if (call.list.children.some((each) => each.kind === 'comment' && each.end <= key.start))
    return 'a comment stands inside of it';
  const named = byName(LOOK_UP, 1, call, ctx);
  if (typeof named === 'string') return named;
  return together(
    openHelper(call.method.text, site, ctx),
    ctx.replace({ start: entity.node.end, end: key.start }, ', '),
    named,
  );
}

/** Puts `db.helper(` before the entity. */
function openHelper(text: string, { chain, extension }: QuerySite, ctx: RuleContext): Ending {
  const { head } = chain;
  const called = `${extension?.text ?? ''}.${text}`;
  if (head.kind === 'flow')
    return {
      edits: [ctx.before({ start: head.start, end: head.node.end }, called)],
      uses: extension ? [extension] : [],
    };
  return {
    edits: [
      head.kind === 'property'
        ? ctx.before(head.entity.node, `${called}(`)
        : ctx.replace({ start: head.start, end: head.name.end }, called),
    ],
    uses: extension ? [extension] : [],
  };
}
