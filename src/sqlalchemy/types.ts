// SQL types as data: what Python type their values have. It reads no code: arguments are the caller's.

/** A Python type, spelled as an annotation would be with the module imported as such. */
export type ScalarType =
  | 'int'
  | 'str'
  | 'bool'
  | 'float'
  | 'bytes'
  | 'decimal.Decimal'
  | 'datetime.datetime'
  | 'datetime.date'
  | 'datetime.time'
  | 'datetime.timedelta'
  | 'uuid.UUID';

/** What values of an SQL type are in Python. */
export type PythonType =
  | { readonly kind: 'scalar'; readonly type: ScalarType }
  /** A keyword of the SQL type decides between two. */
  | {
      readonly kind: 'flag';
      readonly keyword: string;
      /** Position at which the flag may be given instead, `null` if it is keyword only. */
      readonly position: number | null;
      /** Value when it is not given, in 1.x and in 2.x. They differ for `as_uuid`: to keep 1.x code as it was, the flag must be said. */
      readonly defaults: { readonly '1.x': boolean; readonly '2.x': boolean };
      readonly on: ScalarType;
      readonly off: ScalarType;
    }
  /** The enum class that is the first argument; `str` if the arguments are strings. */
  | { readonly kind: 'enum' }
  /** A list of what the first argument (an SQL type) gives, nested `dimensions=` times. */
  | { readonly kind: 'list-of-argument' }
  /** A JSON document: any of dict, list, str, number, bool. */
  | { readonly kind: 'json' }
  | {
      readonly kind: 'dict';
      readonly key: ScalarType;
      readonly value: ScalarType;
      readonly optionalValue: boolean;
    }
  | { readonly kind: 'set'; readonly item: ScalarType }
  | { readonly kind: 'list'; readonly item: ScalarType }
  /** `sqlalchemy.dialects.postgresql.Range[T]`, of `multi` a sequence of them. */
  | { readonly kind: 'range'; readonly item: ScalarType; readonly multi: boolean }
  /** What the argument at this position (an SQL type) gives. */
  | { readonly kind: 'argument'; readonly position: number }
  /** A class to import. */
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'any' };

function scalars(type: ScalarType, module: string, names: string): [string, PythonType][] {
  return each({ kind: 'scalar', type }, module, names);
}

function each(python: PythonType, module: string, names: string): [string, PythonType][] {
  return names.split(' ').map((name) => [`${module}.${name}`, python]);
}

function flag(
  keyword: string,
  position: number | null,
  defaults: { readonly '1.x': boolean; readonly '2.x': boolean },
  on: ScalarType,
  off: ScalarType,
): PythonType {
  return { kind: 'flag', keyword, position, defaults, on, off };
}

const ALWAYS = { '1.x': true, '2.x': true } as const;
const NEVER = { '1.x': false, '2.x': false } as const;
const SINCE_2 = { '1.x': false, '2.x': true } as const;

const DECIMAL = flag('asdecimal', 3, ALWAYS, 'decimal.Decimal', 'float');
const FLOAT = flag('asdecimal', 1, NEVER, 'decimal.Decimal', 'float');
const MYSQL_DECIMAL = flag('asdecimal', 2, ALWAYS, 'decimal.Decimal', 'float');
const MYSQL_FLOAT = flag('asdecimal', 2, NEVER, 'decimal.Decimal', 'float');
const OLD_UUID = flag('as_uuid', 0, SINCE_2, 'uuid.UUID', 'str');
const NEW_UUID = flag('as_uuid', 0, ALWAYS, 'uuid.UUID', 'str');
const JSON: PythonType = { kind: 'json' };
const ANY: PythonType = { kind: 'any' };
const ENUM: PythonType = { kind: 'enum' };

const SA = 'sqlalchemy';
const PG = 'sqlalchemy.dialects.postgresql';
const MYSQL = 'sqlalchemy.dialects.mysql';
const MSSQL = 'sqlalchemy.dialects.mssql';
const ORACLE = 'sqlalchemy.dialects.oracle';
const SQLITE = 'sqlalchemy.dialects.sqlite';
const UTILS = 'sqlalchemy_utils';

const GENERIC: readonly [string, PythonType][] = [
  ...scalars('int', SA, 'BIGINT BigInteger INT INTEGER Integer SMALLINT SmallInteger'),
  ...scalars('str', SA, 'CHAR CLOB NCHAR NVARCHAR String TEXT Text Unicode UnicodeText VARCHAR'),
  ...scalars('bool', SA, 'BOOLEAN Boolean'),
  ...scalars('bool', 'sqlalchemy.types', 'MatchType'),
  ...scalars('datetime.datetime', SA, 'DATETIME DateTime TIMESTAMP'),
  ...scalars('datetime.date', SA, 'DATE Date'),
  ...scalars('datetime.time', SA, 'TIME Time'),
  ...scalars('datetime.timedelta', SA, 'Interval'),
  ...scalars('bytes', SA, 'BINARY BLOB Binary LargeBinary VARBINARY'),
  ...each(DECIMAL, SA, 'DECIMAL NUMERIC Numeric'),
  ...each(FLOAT, SA, 'FLOAT Float REAL'),
  ...each(FLOAT, SA, 'DOUBLE DOUBLE_PRECISION Double'),
  ...each(NEW_UUID, SA, 'UUID Uuid'),
  ...each(ENUM, SA, 'Enum'),
  ...each(JSON, SA, 'JSON'),
  ...each({ kind: 'list-of-argument' }, SA, 'ARRAY'),
  ...each(ANY, SA, 'PickleType TupleType'),
  // No NullType: SQLAlchemy takes it for a type that is still to come from the annotation.
  ...each(ANY, 'sqlalchemy.types', 'TypeEngine UserDefinedType'),
];

function ranges(item: ScalarType, names: string): [string, PythonType][] {
  return names.split(' ').flatMap((name): [string, PythonType][] => [
    [`${PG}.${name}RANGE`, { kind: 'range', item, multi: false }],
    [`${PG}.${name}MULTIRANGE`, { kind: 'range', item, multi: true }],
  ]);
}

const POSTGRESQL: readonly [string, PythonType][] = [
  ...scalars('int', PG, 'OID'),
  ...scalars('str', PG, 'CIDR CITEXT INET JSONPATH MACADDR MACADDR8 MONEY REGCLASS REGCONFIG'),
  ...scalars('str', PG, 'BIT TSQUERY TSVECTOR'),
  ...scalars('bytes', PG, 'BYTEA'),
  ...scalars('datetime.timedelta', PG, 'INTERVAL'),
  ...scalars('datetime.time', PG, 'TIME'),
  ...scalars('datetime.datetime', PG, 'TIMESTAMP'),
  ...each(FLOAT, PG, 'DOUBLE_PRECISION'),
  ...each(OLD_UUID, PG, 'PGUuid UUID'),
  ...each(ENUM, PG, 'ENUM'),
  ...each(JSON, PG, 'JSON JSONB'),
  ...each({ kind: 'dict', key: 'str', value: 'str', optionalValue: true }, PG, 'HSTORE'),
  ...each({ kind: 'list-of-argument' }, PG, 'ARRAY'),
  ...each({ kind: 'argument', position: 1 }, PG, 'DOMAIN'),
  ...ranges('int', 'INT4 INT8'),
  ...ranges('decimal.Decimal', 'NUM'),
  ...ranges('datetime.date', 'DATE'),
  ...ranges('datetime.datetime', 'TS TSTZ'),
];

const MYSQL_TYPES: readonly [string, PythonType][] = [
  ...scalars('int', MYSQL, 'BIGINT BIT INTEGER MEDIUMINT SMALLINT TINYINT YEAR'),
  ...scalars(
    'str',
    MYSQL,
    'CHAR INET4 INET6 LONGTEXT MEDIUMTEXT NCHAR NVARCHAR TEXT TINYTEXT VARCHAR',
  ),
  ...scalars('bytes', MYSQL, 'LONGBLOB MEDIUMBLOB TINYBLOB'),
  ...scalars('datetime.datetime', MYSQL, 'DATETIME TIMESTAMP'),
  ...scalars('datetime.time', MYSQL, 'TIME'),
  ...each(MYSQL_DECIMAL, MYSQL, 'DECIMAL DOUBLE NUMERIC REAL'),
  ...each(MYSQL_FLOAT, MYSQL, 'FLOAT'),
  ...each(ENUM, MYSQL, 'ENUM'),
  ...each(JSON, MYSQL, 'JSON'),
  ...each({ kind: 'set', item: 'str' }, MYSQL, 'SET'),
];

const OTHER_DIALECTS: readonly [string, PythonType][] = [
  ...scalars('int', MSSQL, 'TINYINT'),
  ...scalars('bool', MSSQL, 'BIT'),
  ...scalars('str', MSSQL, 'NTEXT NVARCHAR XML'),
  ...scalars('bytes', MSSQL, 'IMAGE ROWVERSION TIMESTAMP VARBINARY'),
  ...scalars('datetime.datetime', MSSQL, 'DATETIME2 DATETIMEOFFSET SMALLDATETIME'),
  ...scalars('datetime.date', MSSQL, 'DATE'),
  ...scalars('datetime.time', MSSQL, 'TIME'),
  ...scalars('decimal.Decimal', MSSQL, 'MONEY SMALLMONEY'),
  ...each(FLOAT, MSSQL, 'DOUBLE_PRECISION REAL'),
  ...each(OLD_UUID, MSSQL, 'UNIQUEIDENTIFIER'),
  ...each(JSON, MSSQL, 'JSON'),
  ...each(ANY, MSSQL, 'SQL_VARIANT'),
  ...scalars('str', ORACLE, 'LONG NCLOB NVARCHAR NVARCHAR2 ROWID VARCHAR2'),
  ...scalars('bytes', ORACLE, 'BFILE RAW'),
  ...scalars('float', ORACLE, 'BINARY_DOUBLE BINARY_FLOAT'),
  ...scalars('datetime.datetime', ORACLE, 'DATE TIMESTAMP'),
  ...scalars('datetime.timedelta', ORACLE, 'INTERVAL'),
  ...each(FLOAT, ORACLE, 'DOUBLE_PRECISION FLOAT'),
  ...each({ kind: 'list', item: 'float' }, ORACLE, 'VECTOR'),
  ...each(JSON, ORACLE, 'JSON'),
  ...scalars('datetime.date', SQLITE, 'DATE'),
  ...scalars('datetime.datetime', SQLITE, 'DATETIME'),
  ...scalars('datetime.time', SQLITE, 'TIME'),
  ...each(JSON, SQLITE, 'JSON JSONB'),
];

const THIRD_PARTY: readonly [string, PythonType][] = [
  ...scalars('str', UTILS, 'EmailType IPAddressType StringEncryptedType'),
  ...scalars('uuid.UUID', UTILS, 'UUIDType'),
  ...each(JSON, UTILS, 'JSONType'),
  ...each({ kind: 'class', name: 'sqlalchemy_utils.Country' }, UTILS, 'CountryType'),
  ...each({ kind: 'class', name: 'sqlalchemy_utils.Currency' }, UTILS, 'CurrencyType'),
  ...each({ kind: 'class', name: 'sqlalchemy_utils.Ltree' }, UTILS, 'LtreeType'),
  ...each({ kind: 'class', name: 'sqlalchemy_utils.Password' }, UTILS, 'PasswordType'),
  ...each({ kind: 'class', name: 'sqlalchemy_utils.PhoneNumber' }, UTILS, 'PhoneNumberType'),
  ...each({ kind: 'class', name: 'geoalchemy2.WKBElement' }, 'geoalchemy2', 'Geography Geometry'),
  ...each({ kind: 'class', name: 'geoalchemy2.RasterElement' }, 'geoalchemy2', 'Raster'),
];

const TYPES: ReadonlyMap<string, PythonType> = new Map([
  ...GENERIC,
  ...POSTGRESQL,
  ...MYSQL_TYPES,
  ...OTHER_DIALECTS,
  ...THIRD_PARTY,
]);

/** Types whose bare form the default type map gives back for the annotation, on 2.0 and 2.1 alike. */
const DROPPABLE: ReadonlySet<string> = new Set(
  'Boolean Date DateTime Integer LargeBinary Numeric String Time'
    .split(' ')
    .map((name) => `sqlalchemy.${name}`),
);

/** What values of a canonical SQL type are in Python; `null` if the type is not known. `oracle.NUMBER` is `oracleNumber`'s. */
export function pythonType(canonical: string): PythonType | null {
  return TYPES.get(canonical) ?? null;
}

/** Whether the type says nothing that the annotation does not say, if it stands without arguments. */
export function isImpliedByAnnotation(canonical: string): boolean {
  return DROPPABLE.has(canonical);
}

/** `oracle.NUMBER(precision, scale)`: an integer without scale, a Decimal with one, a float without either; `asdecimal` says otherwise. */
export function oracleNumber(
  precision: boolean,
  scale: number | null,
  asdecimal: boolean | null,
): ScalarType {
  if (asdecimal !== null) return asdecimal ? 'decimal.Decimal' : 'float';
  if (scale !== null && scale > 0) return 'decimal.Decimal';
  return precision ? 'int' : 'float';
}
