// Follows what runs while a function of a test does: the tests that use it as a fixture or helper, and what they call. Where objects are not known, names decide.
import { keyword, readCall } from '../../python/calls.ts';
import { stringValue } from '../../python/strings.ts';
import { contains, descendants, enclosing, identifiers, type PyNode } from '../../python/tree.ts';
import type { Module, ModuleGraph } from '../modules.ts';
import type { Symbols } from '../symbols.ts';
import { isTestPath } from '../test-paths.ts';

/** A function of the project. */
export interface TestedFunction {
  readonly module: Module;
  readonly node: PyNode;
}

/** What stands for a function from pass to pass: its file and the names around it. */
export function functionKey(path: string, node: PyNode): string {
  const names: string[] = [];
  for (
    let each: PyNode | null = node;
    each;
    each = enclosing(each, 'function_definition', 'class_definition')
  )
    names.push(each.child('name')?.text ?? '');
  return `${path}:${names.join(' in ')}`;
}

const PER_CLASS = /^(async)?set_?up(_?class|_method|testdata)?$/i;
const PER_MODULE = /^set_?up_?(module|function)$/i;

/**
 * Tells what runs under a function of a test file: the function itself, all that use it there, and all that any of them calls.
 * What functions call is looked up once for all that ask.
 */
export function functionsUnder(
  graph: ModuleGraph,
  symbols: Symbols,
): (start: TestedFunction) => readonly TestedFunction[] {
  const all = graph.modules.flatMap(functionsOf);
  const ofTests = all.filter(({ module }) => isTestPath(module.path));
  const named = new Map<string, TestedFunction[]>();
  for (const each of all) {
    const list = named.get(nameOf(each));
    if (list) list.push(each);
    else named.set(nameOf(each), [each]);
  }
  const known = new Map<PyNode, readonly TestedFunction[]>();
  const called = (each: TestedFunction): readonly TestedFunction[] => {
    const found = known.get(each.node) ?? calledBy(each, symbols, named);
    known.set(each.node, found);
    return found;
  };
  return (start) => {
    const users = closure([outermost(start)], (each) => usersOf(each, ofTests));
    return closure(users, called);
  };
}

function functionsOf(module: Module): readonly TestedFunction[] {
  return descendants(module.tree.root, 'function_definition').map((node) => ({ module, node }));
}

function closure(
  starts: readonly TestedFunction[],
  next: (each: TestedFunction) => readonly TestedFunction[],
): readonly TestedFunction[] {
  const found = new Map<PyNode, TestedFunction>();
  const queue = [...starts];
  for (let each = queue.pop(); each; each = queue.pop()) {
    if (found.has(each.node)) continue;
    found.set(each.node, each);
    queue.push(...next(each));
  }
  return [...found.values()];
}

function outermost({ module, node }: TestedFunction): TestedFunction {
  const outer = enclosing(node, 'function_definition');
  return outer ? outermost({ module, node: outer }) : { module, node };
}

function nameOf({ node }: TestedFunction): string {
  return node.child('name')?.text ?? '';
}

function classOf({ node }: TestedFunction): PyNode | null {
  return enclosing(node, 'class_definition', 'function_definition');
}

/** The functions of tests that run with it. */
function usersOf(
  of: TestedFunction,
  ofTests: readonly TestedFunction[],
): readonly TestedFunction[] {
  const name = nameOf(of);
  const owner = classOf(of);
  if (owner?.kind === 'class_definition' && PER_CLASS.test(name)) {
    const classes = owner.child('name')?.text ?? '';
    return ofTests.filter((each) => {
      const its = classOf(each);
      return its === owner || (its !== null && extendsClass(its, classes));
    });
  }
  const fixture = fixtureOf(of);
  if (PER_MODULE.test(name)) return ofTests.filter(({ module }) => module === of.module);
  if (fixture?.isAutomatic)
    return ofTests.filter(({ module }) => isBelow(module.path, of.module.path));
  const wanted = fixture?.name ?? name;
  return ofTests.filter(
    (each) =>
      each.node !== of.node &&
      each.module.tree.text.includes(wanted) &&
      (identifiers(each.node, wanted).some((node) => contains(each.node, node)) ||
        isMarkedWith(each.node, wanted)),
  );
}

function extendsClass(node: PyNode, name: string): boolean {
  return (node.child('superclasses')?.named ?? []).some(
    (base) => (base.child('attribute') ?? base).text === name,
  );
}

/** What `@pytest.fixture` says of a function; `null` for other functions. */
function fixtureOf({
  node,
}: TestedFunction): { readonly name: string; readonly isAutomatic: boolean } | null {
  for (const decorator of decoratorsOf(node)) {
    const call = readCall(decorator);
    const callee = call?.callee ?? decorator;
    if ((callee.child('attribute') ?? callee).text !== 'fixture') continue;
    const given = call && stringValue(keyword(call, 'name'));
    return {
      name: given ?? node.child('name')?.text ?? '',
      isAutomatic: call !== null && keyword(call, 'autouse')?.kind === 'true',
    };
  }
  return null;
}

function decoratorsOf(node: PyNode): readonly PyNode[] {
  return node.parent?.kind === 'decorated_definition'
    ? node.parent.named.flatMap((each) => (each.kind === 'decorator' ? (each.named[0] ?? []) : []))
    : [];
}

/** `@pytest.mark.usefixtures("name")`, of the function or of its class. */
function isMarkedWith(node: PyNode, name: string): boolean {
  for (let each: PyNode | null = node; each; each = enclosing(each, 'class_definition'))
    for (const decorator of decoratorsOf(each))
      if (descendants(decorator, 'string').some((text) => stringValue(text) === name)) return true;
  return false;
}

/** A fixture of `conftest.py` holds for all tests of its folder, another for those of its file. */
function isBelow(path: string, fixturePath: string): boolean {
  if (!/(^|\/)conftest\.py$/.test(fixturePath)) return path === fixturePath;
  return path.startsWith(fixturePath.slice(0, -'conftest.py'.length));
}

function calledBy(
  of: TestedFunction,
  symbols: Symbols,
  named: ReadonlyMap<string, readonly TestedFunction[]>,
): readonly TestedFunction[] {
  return descendants(of.node, 'call').flatMap((each) => {
    const callee = each.child('function');
    if (!callee) return [];
    const symbol = symbols.symbolOf(of.module, callee);
    if (symbol?.kind === 'library') return [];
    const definition = symbol?.kind === 'definition' ? symbol.binding.value : null;
    if (symbol?.kind === 'definition' && definition?.kind === 'function_definition')
      return [{ module: symbol.module, node: definition }];
    if (symbol?.kind === 'definition' && definition?.kind === 'class_definition')
      return descendants(definition, 'function_definition').map((method) => ({
        module: symbol.module,
        node: method,
      }));
    return callee.kind === 'attribute' ? methodsCalled(callee, of, named) : [];
  });
}

/** Methods that objects of Python and SQLAlchemy have: their names tell nothing. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'add all append begin clear close commit copy count debug decode delete encode error execute exists extend filter filter_by first flush format get info ' +
    'insert isoformat items join keys limit log lower merge offset one options order_by pop query read refresh remove replace rollback run save scalar scalars ' +
    'setdefault sort split start startswith stop strip update upper values warning where write'
  ).split(' '),
);

/**
 * The methods that a call on an object may reach: those of the own class; what a test calls by that name, and what that passes the call on to under the
 * same name. Only tests call tests.
 */
function methodsCalled(
  callee: PyNode,
  of: TestedFunction,
  named: ReadonlyMap<string, readonly TestedFunction[]>,
): readonly TestedFunction[] {
  const name = callee.child('attribute')?.text ?? '';
  const isOfTest = isTestPath(of.module.path);
  const all = (named.get(name) ?? []).filter(({ module }) => isOfTest || !isTestPath(module.path));
  const isOwn = /^(self|cls)$/.test(callee.child('object')?.text ?? '');
  const own = isOwn ? all.filter((each) => classOf(each) === classOf(of)) : [];
  if (own.length > 0) return own;
  return (isOfTest && !COMMON.has(name)) || name === nameOf(of) ? all : [];
}
