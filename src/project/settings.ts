// The settings that decide what a run rewrites and how the new code looks, with their defaults. Reading them from files is the command line's.

/** A version of SQLAlchemy that the output must run on. */
export type TargetVersion = '1.4' | '2.0' | '2.1';

/** The SQLAlchemy that a project asks for before it is migrated: `1.3` is anything older than 1.4. */
export type RunningVersion = '1.3' | '1.4' | '2.x';

/** Minor version of Python 3: `8` for 3.8. */
export type PythonMinor = number;

/** Settings of a run that rules and the engine see; see interface.md's config keys, here in camel case. */
export interface Settings {
  readonly targetVersion: TargetVersion;
  /** Null where the requirements admit several series, or say nothing. */
  readonly runsOn: RunningVersion | null;
  readonly pythonMinor: PythonMinor;
  /** Null when nothing says it: every file is then taken as it shows itself. */
  readonly lineLength: number | null;
  readonly unsafeFixes: boolean;
  readonly explicitTypes: boolean;
  /** Rule ids or prefixes; empty selects every default rule. */
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  readonly sessionNames: readonly string[];
  readonly sessionFactories: readonly string[];
  readonly engineNames: readonly string[];
  readonly baseClasses: readonly string[];
}

/** The settings for one file. */
export interface FileSettings extends Settings {
  readonly lineLength: number;
}

/** What holds when neither the command line nor a config file says otherwise. */
export const DEFAULT_SETTINGS: Settings = {
  targetVersion: '2.0',
  runsOn: null,
  pythonMinor: 8,
  lineLength: null,
  unsafeFixes: false,
  explicitTypes: false,
  select: [],
  ignore: [],
  sessionNames: [],
  sessionFactories: [],
  engineNames: [],
  baseClasses: [],
};
