// Bytes of a Python file to text and back, by Python's rules: BOM, encoding cookie, strict. It reads no files.

/** How a file's text stands in its bytes. */
export interface Encoding {
  /** `utf-8`, or the name in the encoding cookie. */
  readonly name: string;
  readonly bom: boolean;
  /** The file's lines end with a lone CR; the text has LF instead. */
  readonly carriageReturns: boolean;
}

/** A decoded file, or why it cannot be decoded. */
export type Decoded =
  | { readonly text: string; readonly encoding: Encoding; readonly problem: null }
  | { readonly problem: string; readonly line: number | null };

const BOM = [0xef, 0xbb, 0xbf];
const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(?:#.*)?$/;

/** Decodes the bytes of a Python file. */
export async function decode(bytes: Uint8Array): Promise<Decoded> {
  if (bytes.includes(0)) return { problem: 'binary file', line: null };
  const bom = BOM.every((byte, index) => bytes[index] === byte);
  const body = bom ? bytes.subarray(BOM.length) : bytes;
  const cookie = cookieOf(body);
  const name = cookie?.name ?? 'utf-8';
  if (bom && !isUtf8(name))
    return { problem: `starts with a UTF-8 mark but declares the encoding ${name}`, line: 1 };
  const text = isUtf8(name) ? decodeUtf8(body) : await decodeAs(name, body);
  if (typeof text !== 'string') return { ...text, line: text.line ?? cookie?.line ?? null };
  const carriageReturns = text.includes('\r') && !text.includes('\n');
  return {
    text: carriageReturns ? text.replaceAll('\r', '\n') : text,
    encoding: { name, bom, carriageReturns },
    problem: null,
  };
}

/** Encodes a text as its file was; throws when the encoding has no form for a character. */
export async function encode(text: string, encoding: Encoding): Promise<Uint8Array> {
  const lines = encoding.carriageReturns ? text.replaceAll('\n', '\r') : text;
  const body = isUtf8(encoding.name)
    ? Buffer.from(lines, 'utf8')
    : await encodeAs(encoding.name, lines);
  return encoding.bom ? Buffer.concat([Buffer.from(BOM), body]) : body;
}

interface Failure {
  readonly problem: string;
  readonly line: number | null;
}

function cookieOf(body: Uint8Array): { readonly name: string; readonly line: number } | null {
  const head = Buffer.from(body.subarray(0, 1000))
    .toString('latin1')
    .split(/\r\n|\r|\n/, 2);
  const [first = '', second = ''] = head;
  const inFirst = COOKIE.exec(first)?.[1];
  if (inFirst) return { name: inFirst.toLowerCase(), line: 1 };
  const inSecond = BLANK.test(first) ? COOKIE.exec(second)?.[1] : undefined;
  return inSecond ? { name: inSecond.toLowerCase(), line: 2 } : null;
}

function isUtf8(name: string): boolean {
  return /^utf[-_]?8(?:[-_](?:sig|unix|dos|mac))?$/.test(name);
}

function decodeUtf8(body: Uint8Array): string | Failure {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    const valid = Buffer.from(body).toString('utf8').split('\uFFFD', 1)[0] ?? '';
    return { problem: 'is not valid UTF-8', line: valid.split(/\r\n|\r|\n/).length };
  }
}

async function decodeAs(name: string, body: Uint8Array): Promise<string | Failure> {
  const { default: iconv } = await import('iconv-lite');
  const isKnown: boolean = iconv.encodingExists(name);
  if (!isKnown) return { problem: `declares the unknown encoding ${name}`, line: null };
  const text = iconv.decode(Buffer.from(body), name, { stripBOM: false });
  // A lossy decoding shows when it does not lead back to the same bytes.
  const back = iconv.encode(text, name);
  if (!back.equals(body)) return { problem: `is not valid ${name}`, line: null };
  return text;
}

async function encodeAs(name: string, text: string): Promise<Buffer> {
  const { default: iconv } = await import('iconv-lite');
  const bytes = iconv.encode(text, name);
  if (iconv.decode(bytes, name, { stripBOM: false }) !== text)
    throw new Error(`the new text has a character that ${name} cannot express`);
  return bytes;
}
