// Schemes of database URLs that changed their meaning or are gone.

/** What becomes of a URL. */
export interface SchemeChange {
  readonly scheme: string;
  /** The new scheme, `null` where a person has to decide. */
  readonly to: string | null;
  readonly reason: string;
  /** The new scheme means the same in every project. */
  readonly isSure: boolean;
}

const GONE =
  /^(firebird|sybase)(\+\w+)?$|^mysql\+(gaerdbms|oursql|zxjdbc)$|^postgresql\+(pygresql|pypostgresql|zxjdbc)$|^mssql\+(adodbapi|mxodbc|zxjdbc)$|^oracle\+zxjdbc$/;

/** What changes for a URL on a target, `null` if nothing does. */
export function schemeChange(url: string, target: '1.4' | '2.0' | '2.1'): SchemeChange | null {
  const scheme = /^([a-z]\w*(?:\+\w+)?):\/\//.exec(url)?.[1];
  if (scheme === undefined) return null;
  if (/^postgres(\+|$)/.test(scheme))
    return {
      scheme,
      to: scheme.replace('postgres', 'postgresql'),
      reason: 'the name `postgres` is gone since 1.4',
      isSure: true,
    };
  if (GONE.test(scheme))
    return {
      scheme,
      to: null,
      reason: 'the dialect is gone: install an external one, or choose another driver',
      isSure: false,
    };
  return target === '2.1' ? changeIn21(scheme, url) : null;
}

function changeIn21(scheme: string, url: string): SchemeChange | null {
  if (scheme === 'postgresql')
    return {
      scheme,
      to: 'postgresql+psycopg2',
      reason: '2.1 takes psycopg 3 by default: keep the URL if that is what is installed',
      isSure: false,
    };
  if (scheme === 'oracle')
    return {
      scheme,
      to: 'oracle+cx_oracle',
      reason: '2.1 takes oracledb by default: keep the URL if that is what is installed',
      isSure: false,
    };
  if (scheme.startsWith('sqlite') && /\bmode=memory\b/.test(url))
    return {
      scheme,
      to: null,
      reason: '2.1 chooses another pool for it: pass poolclass= (StaticPool to share one database)',
      isSure: false,
    };
  if (/^[^?]*\/[^/?"']*%[0-9a-f]{2}/i.test(url.replace(/^\w[\w+]*:\/\/[^/]*/, '')))
    return {
      scheme,
      to: null,
      reason: '2.1 decodes the name of the database: write it without percent signs',
      isSure: false,
    };
  return null;
}
