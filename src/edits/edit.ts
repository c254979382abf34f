// What a rewrite consists of: edits, fixes and findings as plain data. Offsets only; it knows neither Python nor SQLAlchemy.

/**
 * One change of one file. Offsets are UTF-16 code units of the text that the current pass read.
 *
 * An insertion (`start === end`) says to which neighbour it belongs: `before` an opening at `start` (of two at the same offset
 * the outer construct's comes first), `after` a closing at `end` (the inner construct's comes first).
 */
export interface Edit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly attach?: 'before' | 'after';
}

/** A name that the rewritten code of a file needs: `from module import name as alias`, or `import module as alias` without `name`. */
export interface ImportRequest {
  readonly path: string;
  readonly module: string;
  readonly name: string | null;
  readonly alias: string | null;
  /** Only annotations need it: it goes under `if TYPE_CHECKING:`. */
  readonly typing?: boolean;
  /** The code that needs it runs when the module is imported: the import must stand before this offset. */
  readonly neededAt?: number;
}

/** How sure the tool is that a fix keeps behaviour. */
export type Safety = 'safe' | 'unsafe';

/** A rewrite that is applied as a whole or not at all. It may touch several files. */
export interface Fix {
  readonly safety: Safety;
  readonly edits: readonly Edit[];
  readonly imports: readonly ImportRequest[];
  /** Texts of bare marker comments (`# noqa`, `# type: ignore`) that vanish with a line that the fix removes. */
  readonly droppedComments: readonly string[];
}

/** What a rule says about one place, with the fix where there is one. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** One line: what is old here. */
  readonly message: string;
  /** Why it was rewritten only as unsafe, or why a person must look. Empty for a safe fix. */
  readonly reason: string;
  /** `null`: a person must look. */
  readonly fix: Fix | null;
  /** It may well be no mistake. */
  readonly possible?: boolean;
  /** What the decision rests on, for `--explain-evidence`: one line each. */
  readonly evidence: readonly string[];
  /** How many legacy sites the fix takes together; 1 by default. */
  readonly sites?: number;
}
