// Compares layoutStatement with a formatter: pairs of folders hold the same Python files before and after formatting. Prints the share that agrees.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLaidOut, layoutStatement, logicalLine } from '../src/python/layout.ts';
import { createParser } from '../src/python/parse.ts';
import { descendants, walk, type PyNode } from '../src/python/tree.ts';

const [before, after, length, shown = '10'] = process.argv.slice(2);
if (!before || !after || !length)
  throw new Error('usage: layout-agreement <before> <after> <line length> [differences to show]');

const modules = new URL('../node_modules/', import.meta.url).pathname;
const parser = await createParser({
  runtime: join(modules, 'web-tree-sitter/web-tree-sitter.wasm'),
  grammar: join(modules, 'tree-sitter-python/tree-sitter-python.wasm'),
});

function statements(text: string): readonly PyNode[] {
  const found: PyNode[] = [];
  const tree = parser.parse(text);
  if (tree.problems.length > 0) return found;
  walk(tree.root, (node) => {
    if (/_statement$|^elif_clause$|_definition$|^decorator$/.test(node.kind)) found.push(node);
  });
  return found.filter((node) => node.kind !== 'decorated_definition');
}

function indentBefore(node: PyNode): string {
  return /[^\n]*$/.exec(node.source.slice(Math.max(0, node.start - 400), node.start))?.[0] ?? '';
}

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
}

let same = 0;
let refused = 0;
let different = 0;
let broken = 0;
let refusedBroken = 0;
let millis = 0;
const commented = { all: 0, refused: 0, different: 0, laidOut: 0 };
for (const name of readdirSync(before, { recursive: true, encoding: 'utf8' }).toSorted()) {
  if (!name.endsWith('.py')) continue;
  const from = statements(read(before, name));
  const to = statements(read(after, name));
  if (from.length !== to.length) continue;
  for (const [index, node] of from.entries()) {
    const target = to[index];
    const parts = target && logicalLine(target);
    if (!target || !parts) continue;
    const wanted = target.source.slice(target.start, parts.at(-1)?.end);
    const indent = indentBefore(node);
    const started = performance.now();
    const given = layoutStatement(node, { indent, lineLength: Number(length), newline: '\n' });
    millis += performance.now() - started;
    const multiline = wanted.includes('\n');
    const notes = parts.some((part) => descendants(part, 'comment').length > 0);
    if (notes && !/^(?:try|match)_/.test(node.kind)) {
      commented.all += 1;
      if (given === null) commented.refused += 1;
      else if (given !== wanted) commented.different += 1;
      const own = { indent: indentBefore(target), lineLength: Number(length), newline: '\n' };
      if (isLaidOut(target, own)) commented.laidOut += 1;
    }
    if (multiline) broken += 1;
    if (given === null) {
      refused += 1;
      if (multiline) refusedBroken += 1;
    } else if (given === wanted) same += 1;
    else {
      different += 1;
      if (different <= Number(shown))
        console.log(
          `--- ${name}:${node.source.slice(0, node.start).split('\n').length}\n${wanted}\n>>>\n${given}`,
        );
    }
  }
}
const decided = same + different;
console.log(`with comments inside: ${JSON.stringify(commented)}`);
console.log(
  `same ${same} different ${different} (${((100 * same) / decided).toFixed(3)}% of decided) refused ${refused}; ` +
    `multi-line ${broken}, of those refused ${refusedBroken}; ${millis.toFixed(0)} ms`,
);
