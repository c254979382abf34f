// Reads a Python expression from text into plain data: annotations, and the expressions that SQLAlchemy evaluates from strings. Knows no names and no scopes.

/** An expression, as far as declarations use them; everything else is `other`. */
export type Expression =
  /** A name or attribute chain: `User`, `User.id`. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly positional: readonly Expression[];
    }
  | {
      readonly kind: 'subscript';
      readonly value: Expression;
      readonly items: readonly Expression[];
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'attribute'; readonly value: Expression; readonly name: string }
  | { readonly kind: 'other' };

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

const OTHER: Expression = { kind: 'other' };

const TOKEN =
  /\s+|\\\r?\n|#[^\n]*|(?:[rRbBuU]{0,2})(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|==|!=|<=|>=|->|:=|\*\*|\/\/|[()[\]{}.,:|&~=+\-*/%<>@]/uy;

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['==', 4],
  ['!=', 4],
  ['<', 4],
  ['>', 4],
  ['<=', 4],
  ['>=', 4],
  ['|', 5],
  ['&', 7],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);

/** Reads the text of one expression; `other` if it is not one of the supported forms. A `lambda` stands for its body. */
export function readExpression(text: string): Expression {
  const tokens = tokenize(text);
  if (!tokens) return OTHER;
  const reader: Reader = { tokens, at: 0 };
  const expression = readSequence(reader, null);
  return expression && reader.at === tokens.length ? expression : OTHER;
}

/** A name that an expression takes from its surroundings, and where it stands in the text. */
export interface FreeName {
  readonly name: string;
  readonly start: number;
}

/** The names that the text of an expression takes from its surroundings, in order; `null` if it is not one of the supported forms, or binds names of its own. */
export function freeNames(text: string): readonly FreeName[] | null {
  const tokens = locate(text);
  if (!tokens || readExpression(text).kind === 'other') return null;
  if (tokens.some(({ token }) => token === 'lambda' || token === 'for' || token === ':='))
    return null;
  return tokens.flatMap(({ token, start }, index) => {
    const isMember = tokens[index - 1]?.token === '.';
    const isKeyword = tokens[index + 1]?.token === '=';
    const isName = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(token) && !WORDS.has(token);
    return isName && !isMember && !isKeyword ? [{ name: token, start }] : [];
  });
}

const WORDS: ReadonlySet<string> = new Set([
  'None',
  'True',
  'False',
  'and',
  'or',
  'not',
  'in',
  'is',
]);

function tokenize(text: string): readonly string[] | null {
  return locate(text)?.map(({ token }) => token) ?? null;
}

function locate(
  text: string,
): readonly { readonly token: string; readonly start: number }[] | null {
  const tokens: { token: string; start: number }[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) return null;
    if (!/^[\s#\\]/.test(match[0])) tokens.push({ token: match[0], start });
  }
  return tokens;
}

/** `a, b` without brackets is a list. */
function readSequence(reader: Reader, end: string | null): Expression | null {
  const items: Expression[] = [];
  let commas = 0;
  while (reader.at < reader.tokens.length && reader.tokens[reader.at] !== end) {
    const item = readBinary(reader, 0);
    if (!item) return null;
    items.push(item);
    if (reader.tokens[reader.at] !== ',') break;
    reader.at++;
    commas++;
  }
  const [only] = items;
  return commas === 0 && only ? only : { kind: 'list', items };
}

function readBinary(reader: Reader, minimum: number): Expression | null {
  let left = readUnary(reader);
  while (left) {
    const operator = reader.tokens[reader.at] ?? '';
    const precedence = PRECEDENCE.get(operator);
    if (precedence === undefined || precedence <= minimum) return left;
    reader.at++;
    const right = readBinary(reader, precedence);
    if (!right) return null;
    left = { kind: 'binary', operator, left, right };
  }
  return left;
}

function readUnary(reader: Reader): Expression | null {
  const token = reader.tokens[reader.at] ?? '';
  if (token === '~' || token === '-' || token === 'not') {
    reader.at++;
    return readUnary(reader) ? OTHER : null;
  }
  if (token === 'lambda') {
    while (reader.at < reader.tokens.length && reader.tokens[reader.at] !== ':') reader.at++;
    reader.at++;
    return readBinary(reader, 0);
  }
  return readPostfix(reader);
}

function readPostfix(reader: Reader): Expression | null {
  let value = readAtom(reader);
  while (value) {
    const token = reader.tokens[reader.at];
    if (token === '.') {
      const name = reader.tokens[reader.at + 1] ?? '';
      reader.at += 2;
      value =
        value.kind === 'name'
          ? { kind: 'name', name: `${value.name}.${name}` }
          : { kind: 'attribute', value, name };
    } else if (token === '(') value = readCall(reader, value);
    else if (token === '[') {
      const items = readBracket(reader, ']');
      value = items && { kind: 'subscript', value, items };
    } else return value;
  }
  return value;
}

function readCall(reader: Reader, callee: Expression): Expression | null {
  reader.at++;
  const positional: Expression[] = [];
  while (reader.at < reader.tokens.length && reader.tokens[reader.at] !== ')') {
    const keyword = reader.tokens[reader.at + 1] === '=';
    if (keyword) reader.at += 2;
    const value = readBinary(reader, 0);
    if (!value) return null;
    if (!keyword) positional.push(value);
    if (reader.tokens[reader.at] === ',') reader.at++;
    else if (reader.tokens[reader.at] !== ')') return null;
  }
  reader.at++;
  return { kind: 'call', callee, positional };
}

function readBracket(reader: Reader, end: string): readonly Expression[] | null {
  reader.at++;
  const inner = readSequence(reader, end);
  if (!inner || reader.tokens[reader.at] !== end) return null;
  const single = reader.tokens[reader.at - 1] !== ',' && inner.kind !== 'list';
  reader.at++;
  return single || inner.kind !== 'list' ? [inner] : inner.items;
}

function readAtom(reader: Reader): Expression | null {
  const token = reader.tokens[reader.at];
  if (token === undefined) return null;
  if (token === '[') {
    const items = readBracket(reader, ']');
    return items && { kind: 'list', items };
  }
  if (token === '(') {
    reader.at++;
    const inner = readSequence(reader, ')');
    if (!inner || reader.tokens[reader.at] !== ')') return null;
    reader.at++;
    return inner;
  }
  reader.at++;
  if (token === 'None') return { kind: 'none' };
  if (/["']$/.test(token)) return readString(reader, token);
  if (/^[\p{L}_]/u.test(token)) return { kind: 'name', name: token };
  return /^\d/.test(token) ? OTHER : null;
}

function readString(reader: Reader, first: string): Expression {
  let value = stringValue(first);
  for (let next = reader.tokens[reader.at]; next && /["']$/.test(next);) {
    value += stringValue(next);
    next = reader.tokens[++reader.at];
  }
  return { kind: 'string', value };
}

function stringValue(token: string): string {
  const body = token.replace(/^[rRbBuU]*/, '');
  const quote = /^("""|''')/.test(body) ? 3 : 1;
  return body.slice(quote, -quote);
}
