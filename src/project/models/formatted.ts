// Fills in formatted strings of declarations: `"%s.id" % name`, `"{}.id".format(name)`. Conversions and format specifications it does not know.
import type { PyNode } from '../../python/tree.ts';

/** The text of a constant expression, `null` if it has none. */
export type ReadText = (node: PyNode | null | undefined) => string | null;

/** What an operator or a call gives to the places of a format. */
interface Given {
  readonly positional: readonly PyNode[];
  readonly named: ReadonlyMap<string, PyNode>;
}

/** `"%s.%s" % (a, b)` and `"%(name)s.id" % {"name": a}`. */
export function percentFormatted(
  format: string,
  value: PyNode | null,
  read: ReadText,
): string | null {
  if (!value || format.replaceAll(/%s|%\(\w+\)s/g, '').includes('%')) return null;
  const given: Given =
    value.kind === 'dictionary'
      ? { positional: [], named: pairsOf(value, read) }
      : { positional: value.kind === 'tuple' ? value.named : [value], named: new Map() };
  return filled(format.split(/%(s|\(\w+\)s)/), given, read, (place) =>
    place === 's' ? '' : place.slice(1, -2),
  );
}

/** `"{}.{}".format(a, b)`, `"{0}.{name}".format(a, name=b)`. */
export function methodFormatted(
  format: string,
  values: readonly PyNode[],
  read: ReadText,
): string | null {
  if (/[{}]/.test(format.replaceAll(/\{\w*\}/g, ''))) return null;
  const given: Given = {
    positional: values.filter((each) => each.kind !== 'keyword_argument'),
    named: new Map(
      values.flatMap((each) => {
        const [name, value] = [each.child('name'), each.child('value')];
        return each.kind === 'keyword_argument' && name && value ? [[name.text, value]] : [];
      }),
    ),
  };
  return filled(format.split(/\{(\w*)\}/), given, read, (place) => place);
}

/** `parts` are texts and places by turns; a place without a name takes the next value. */
function filled(
  parts: readonly string[],
  { positional, named }: Given,
  read: ReadText,
  nameOf: (place: string) => string,
): string | null {
  const texts = parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const name = nameOf(part);
    const value = /^\d*$/.test(name)
      ? positional[name === '' ? (index - 1) / 2 : Number(name)]
      : named.get(name);
    return read(value);
  });
  return texts.every((text) => text !== null) ? texts.join('') : null;
}

function pairsOf(dictionary: PyNode, read: ReadText): ReadonlyMap<string, PyNode> {
  const found = new Map<string, PyNode>();
  for (const pair of dictionary.named) {
    const [name, value] = [read(pair.child('key')), pair.child('value')];
    if (name !== null && value) found.set(name, value);
  }
  return found;
}
