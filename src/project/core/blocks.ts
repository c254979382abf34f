// Moves statements of a file into a new block: indentation and fresh names. It knows no SQLAlchemy.
import type { Edit } from '../../edits/edit.ts';
import { columnOf, startsLine } from '../../python/displays.ts';
import { contains, type PyNode, type Span } from '../../python/tree.ts';
import type { RuleContext } from '../rule.ts';

/** The white space before a statement on its line. */
export function indentOf(statement: PyNode): string {
  const column = columnOf(statement);
  return statement.source.slice(statement.start - column, statement.start);
}

/** One level of indentation, as the code around a statement has it. */
export function indentUnit(statement: PyNode): string {
  const indent = indentOf(statement);
  if (indent.includes('\t')) return '\t';
  const outer = statement.parent?.kind === 'block' ? statement.parent.parent : null;
  const unit = outer && startsLine(outer) ? indent.length - columnOf(outer) : 4;
  return ' '.repeat(unit > 0 ? unit : 4);
}

/**
 * Writes `text` before a statement, on its line. The edit covers the white space of the line, so that it collides with every other edit that
 * moves the line: of two nested blocks, one is written in each pass.
 */
export function openEdit(statement: PyNode, text: string, context: RuleContext): Edit {
  const indent = indentOf(statement);
  if (indent === '') return context.before(statement, text);
  return context.replace(
    { start: statement.start - indent.length, end: statement.start },
    indent + text,
  );
}

/** Indents every line of the span but the first; the lines inside of strings stay. */
export function indentEdits(
  span: Span,
  unit: string,
  statements: readonly PyNode[],
  context: RuleContext,
): readonly Edit[] {
  const strings = statements.flatMap(multilineStrings);
  const edits: Edit[] = [];
  const text = context.source.slice(span.start, span.end);
  for (const match of text.matchAll(/\n([^\S\n]*)(?=[^\s])/g)) {
    const start = span.start + match.index + 1;
    const isInString = strings.some((each) => each.start < start && start < each.end);
    if (isInString) continue;
    const indent = match[1] ?? '';
    edits.push(
      indent === ''
        ? context.before({ start, end: start }, unit)
        : context.replace({ start, end: start + indent.length }, indent + unit),
    );
  }
  return edits;
}

function multilineStrings(node: PyNode): readonly PyNode[] {
  if (node.kind === 'string') return node.text.includes('\n') ? [node] : [];
  return node.children.flatMap(multilineStrings);
}

/** The statement of a block that holds the node; `null` if the block does not hold it. */
export function statementIn(block: PyNode, node: PyNode): PyNode | null {
  return block.named.find((statement) => contains(statement, node)) ?? null;
}

/** Whether a statement has its lines for itself. */
export function ownsLines(statement: PyNode): boolean {
  if (!startsLine(statement)) return false;
  const rest = /^[^\n]*/.exec(statement.source.slice(statement.end))?.[0].trim() ?? '';
  return rest === '' || rest.startsWith('#');
}
