// Tells what the value of an expression is built from: the making of a query, a name, the call of a function. It follows nothing further.
import { readMethodCall } from '../../../python/calls.ts';
import type { PyNode } from '../../../python/tree.ts';
import { LINKS } from '../links.ts';

/** What an expression's value starts from. */
export interface Origins {
  /** Expressions that give the value, or that the methods of Query are called on. */
  readonly starts: readonly PyNode[];
  /** The value may be None. */
  readonly none: boolean;
}

/** What the value of `node` starts from. */
export function originsOf(node: PyNode): Origins {
  switch (node.kind) {
    case 'none':
      return { starts: [], none: true };
    case 'parenthesized_expression':
      return node.named[0] ? originsOf(node.named[0]) : { starts: [node], none: false };
    case 'conditional_expression': {
      const [value, , otherwise] = node.named;
      return together([value, otherwise]);
    }
    case 'boolean_operator':
      return node.child('operator')?.text === 'or'
        ? together([node.child('left'), node.child('right')])
        : { starts: [node], none: false };
    case 'named_expression':
      return together([node.child('value')]);
    case 'call': {
      const method = readMethodCall(node);
      return method && LINKS.has(method.method.text)
        ? originsOf(method.receiver)
        : { starts: [node], none: false };
    }
    default:
      return { starts: [node], none: false };
  }
}

function together(nodes: readonly (PyNode | null | undefined)[]): Origins {
  const all = nodes.flatMap((each) => (each ? [originsOf(each)] : []));
  return { starts: all.flatMap((each) => each.starts), none: all.some((each) => each.none) };
}
