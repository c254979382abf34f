// Quotes a whole annotation that has a quoted name inside: SQLAlchemy 2.x evaluates the inner name while it maps the class. Other annotations are none of its business.
import { stringValue } from '../../python/strings.ts';
import { descendants, type PyNode } from '../../python/tree.ts';
import type { Facts } from '../facts.ts';

/** The annotation as one string, or `null` where every quoted name inside is known above `classNode`, or it holds other strings. */
export function quotedWhole(annotation: PyNode, classNode: PyNode, facts: Facts): string | null {
  if (annotation.kind === 'string') return null;
  const strings = descendants(annotation, 'string');
  const names = strings.map(stringValue);
  const isNames = names.every((name) => name !== null && /^[A-Za-z_][\w.]*$/.test(name));
  const isOther = /\b(?:Literal|Annotated)\b/.test(annotation.text);
  if (!isNames || isOther || !names.some((name) => name && isLate(name, classNode, facts)))
    return null;
  const quote = strings[0]?.text.at(-1) ?? '"';
  let text = '';
  let position = annotation.start;
  for (const [index, { start, end }] of strings.entries()) {
    text += annotation.source.slice(position, start) + (names[index] ?? '');
    position = end;
  }
  text += annotation.source.slice(position, annotation.end);
  return /[\r\n#]/.test(text) ? null : `${quote}${text}${quote}`;
}

/** Whether a name has no value yet when the class is made. */
function isLate(name: string, classNode: PyNode, { binding, symbols, module }: Facts): boolean {
  const head = name.split('.')[0] ?? '';
  const found = binding.scopeOf(classNode).bindings.get(head);
  if (found) return found.every((each) => each.typeChecking || each.node.start > classNode.start);
  return symbols.symbolNamed(module, head, classNode) === null;
}
