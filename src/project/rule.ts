// The shape of a rule and what it may ask and answer. The engine implements the context; rules are declared in src/transforms.
import type { Edit, ImportRequest, Safety } from '../edits/edit.ts';
import type { PyNode, Span } from '../python/tree.ts';
import type { ConfigFile } from './dependencies/config-file.ts';
import type { Facts } from './facts.ts';
import type { Settings, TargetVersion } from './settings.ts';

/** What a rule proposes for one place. */
export interface Proposal {
  /** The legacy construct: where the finding points, and the span by which nested fixes are ordered. */
  readonly at: Span;
  /** One line: what is old here. */
  readonly message: string;
  /** `safe` only when every fact is proven. */
  readonly safety: Safety;
  /** Why it is not safe; required for unsafe fixes. */
  readonly reason?: string;
  readonly edits: readonly Edit[];
  /** Names the new code uses, as `RuleContext.use` gave them. */
  readonly uses?: readonly NameUse[];
  readonly droppedComments?: readonly string[];
  readonly evidence?: readonly string[];
  /** The rule this finding belongs to, for families that declare several ids; default: the transform's own id. */
  readonly rule?: string;
  /** How many legacy sites the rewrite takes together; 1 by default. */
  readonly sites?: number;
}

/** A finding for a person. */
export interface ManualProposal {
  readonly at: Span;
  readonly message: string;
  /** What blocks the rewrite and what to write instead. */
  readonly reason: string;
  readonly evidence?: readonly string[];
  readonly rule?: string;
  /** It may well be no mistake: listed apart, and never counted as work that is left. */
  readonly possible?: boolean;
}

/** How to spell a name at a place, and the import that the spelling needs (`null` if it is already there). */
export interface NameUse {
  readonly text: string;
  readonly request: ImportRequest | null;
}

/** What a rule sees while it visits one file. */
export interface RuleContext {
  readonly path: string;
  readonly source: string;
  readonly settings: Settings;
  readonly facts: Facts;
  /** Proposes a rewrite. */
  fix(proposal: Proposal): void;
  /** Reports a place that needs a person. */
  manual(proposal: ManualProposal): void;
  /**
   * The spelling of a library name (`sqlalchemy.select`) at a place of this file: the existing binding if one is visible, `sa.select` if the file
   * imports the package under a name, else the plain name with an import request, under an alias when the plain name would shadow or be shadowed.
   */
  use(qualifiedName: string, at: PyNode, options?: { readonly typing?: boolean }): NameUse;
  /** The same rule, as it sees another file of the project: what it proposes there belongs to one fix with the edits here. */
  at(path: string): RuleContext;
  /** Replaces a node or span of this file. */
  replace(span: Span, text: string): Edit;
  /** Inserts an opening text at the start of a span. */
  before(span: Span, text: string): Edit;
  /** Inserts a closing text at the end of a span. */
  after(span: Span, text: string): Edit;
}

/** What a rule sees of a file that is no Python: requirements and settings of tools. */
export interface ConfigContext {
  readonly settings: Settings;
  /** Whether the project uses `sqlalchemy.ext.asyncio`. */
  readonly usesAsyncio: boolean;
  /** Proposes a rewrite. */
  fix(proposal: Proposal): void;
  /** Reports a place that needs a person. */
  manual(proposal: ManualProposal): void;
  /** Replaces a span of this file. */
  replace(span: Span, text: string): Edit;
}

/** Called for each file of requirements or settings. */
export type ConfigVisitor = (file: ConfigFile, context: ConfigContext) => void;

/** Called for each node of a kind, in source order. */
export type Visitor = (node: PyNode, context: RuleContext) => void;

/** What a rule does, shown on a few lines. */
export interface RuleExample {
  readonly before: string;
  readonly after: string;
  /** The name of the file, where it is no Python. */
  readonly file?: string;
  /** The target that it is shown for, where that is not the default. */
  readonly targetVersion?: TargetVersion;
}

/** One rule, or one family of rules that share a rewrite. */
export interface Transform {
  /** Named after the legacy thing: `query-get`. */
  readonly id: string;
  /** Rules of a family, beside or instead of `id`. */
  readonly family?: readonly RuleDescription[];
  readonly summary: string;
  readonly rationale: string;
  /** The section of SQLAlchemy's documentation. */
  readonly reference: string;
  /** The strongest claim that its fixes may make. */
  readonly fixes: Safety | 'none';
  /** Catalog rows that it covers. */
  readonly rows: readonly string[];
  /** Texts of which a file must contain at least one to be visited. */
  readonly triggers: readonly string[];
  readonly example: RuleExample;
  /** What the documentation says beyond the rationale. */
  readonly explanation?: Explanation;
  /** Off unless selected by name. */
  readonly optIn?: boolean;
  /** The legacy form still runs on 2.x: files that are history (Alembic revisions) keep it. */
  readonly stillRuns?: boolean;
  readonly visit: Readonly<Record<string, Visitor>>;
  /** What it does with files of requirements and settings. */
  readonly config?: ConfigVisitor;
}

/** A member of a family. */
export interface RuleDescription {
  readonly id: string;
  readonly summary: string;
  readonly rows: readonly string[];
  /** Its own example, where that of the transform does not show it. */
  readonly example?: RuleExample;
  readonly rationale?: string;
  readonly reference?: string;
  /** The strongest claim that its own fixes may make, where that is less than the family's. */
  readonly fixes?: Safety | 'none';
  readonly explanation?: Explanation;
}

/** The longer text of a rule's page. */
export interface Explanation {
  /** What happens at run time, and when. */
  readonly failure: string;
  /** What Python or the database prints: the text that people search for. */
  readonly traceback?: string;
  /** The ways out, the best one first. */
  readonly remedy: string;
}

/** Declares a transform; checks at compile time that its shape is complete. */
export function defineTransform(transform: Transform): Transform {
  return transform;
}
