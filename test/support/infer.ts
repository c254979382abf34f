// Infers the last expression of small projects, and says what it is in one line.
import { describeInferred, inferLast, type Files, type ProjectOptions } from './project.ts';

const MODELS =
  'from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n' +
  'class User(Base):\n    __tablename__ = "u"\nclass Order(Base):\n    __tablename__ = "o"\n';
const ORM = 'from sqlalchemy.orm import Session, sessionmaker, scoped_session, Query, aliased\n';
const CORE = 'from sqlalchemy import create_engine, select, func, text, Table, MetaData\n';
const ASYNC =
  'from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine, AsyncConnection, AsyncEngine, async_scoped_session\n';
const HEAD = MODELS + ORM + CORE + ASYNC;

/** Infers the last expression of one file that starts with the usual imports and two models. */
export function inMain(code: string, options?: ProjectOptions): string {
  return describeInferred(inferLast({ 'main.py': HEAD + code }, options));
}

/** Infers the last expression of a file of its own, without any header. */
export function alone(code: string, options?: ProjectOptions): string {
  return describeInferred(inferLast({ 'main.py': code }, options));
}

/** Infers the last expression of one file of a project. */
export function inProject(files: Files, main = 'main.py'): string {
  return describeInferred(inferLast(files, {}, main));
}
