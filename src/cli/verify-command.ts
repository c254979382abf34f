// The command `verify`: describes the models of a revision and of the work tree with the project's own Python, compares and prints.
import { UserError } from '../engine/problem.ts';
import { colorsFor } from './color.ts';
import { compareDescriptions } from './verify-compare.ts';
import { checkout } from './verify-git.ts';
import type { VerifyOptions } from './verify-options.ts';
import {
  defaultPython,
  describeModels,
  type Description,
  type Question,
  type Refusal,
} from './verify-python.ts';
import { renderComparison } from './verify-render.ts';

const UNMAPPED = /MappedAnnotationError|__allow_unmapped__/;

/** Compares; answers whether both sides are identical. */
export async function verifyCommand(options: VerifyOptions): Promise<boolean> {
  const cwd = process.cwd();
  const question = questionOf(options);
  const names = { before: options.before, after: 'the work tree' };
  const { before, after } = await describeBoth(cwd, question, options, names);
  const differences = compareDescriptions(before, after);
  const compared = { before, after, names, dialects: question.dialects };
  if (options.json) {
    const report = {
      identical: differences.length === 0,
      sqlalchemy: { before: before.sqlalchemy, after: after.sqlalchemy },
      differences,
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const colors = colorsFor(options.color, process.stdout);
    process.stdout.write(`${renderComparison(compared, differences, colors)}\n`);
  }
  return differences.length === 0;
}

function questionOf(options: VerifyOptions): Question {
  const { metadata = [], dialect } = options;
  if (metadata.length === 0)
    throw new UserError(
      'say which models to compare: --metadata app.models:Base (module, colon, the name of a declarative base, a MetaData or a Flask-SQLAlchemy object there)',
    );
  const wrong = metadata.find((each) => !/^[^:]+:[^:]+$/.test(each));
  if (wrong !== undefined)
    throw new UserError(`--metadata ${wrong}: write module:attribute, like app.models:Base`);
  return {
    paths: options.path ?? ['.', 'src'],
    imports: options.import ?? [],
    metadata,
    dialects: dialect,
  };
}

async function describeBoth(
  cwd: string,
  question: Question,
  options: VerifyOptions,
  names: { readonly before: string; readonly after: string },
): Promise<{ readonly before: Description; readonly after: Description }> {
  const python = options.python ?? defaultPython(cwd);
  const { path, remove } = await checkout(cwd, options.before, options.copy ?? []);
  try {
    const [before, after] = await Promise.all([
      describeModels(options.pythonBefore ?? python, path, question),
      describeModels(options.pythonAfter ?? python, cwd, question),
    ]);
    return {
      before: described(before, names.before, path, true),
      after: described(after, names.after, path, false),
    };
  } finally {
    await remove();
  }
}

/** The description of a side; throws what people can do about a refusal. */
function described(
  answer: Description | Refusal,
  name: string,
  temporary: string,
  isBefore: boolean,
): Description {
  if (!('refusal' in answer)) {
    if (Object.keys(answer.tables).length === 0)
      throw new UserError(
        `${name} declares no tables there: name the modules of the models with --import`,
      );
    return answer;
  }
  const { kind, message } = answer.refusal;
  const text = message.replaceAll(`${temporary}/`, '');
  throw new UserError(`${name}: ${text}${adviceOn(kind, text, isBefore)}`);
}

function adviceOn(kind: Refusal['refusal']['kind'], text: string, isBefore: boolean): string {
  const [python, side] = isBefore ? ['--python-before', 'before'] : ['--python-after', 'after'];
  if (kind === 'sqlalchemy') return `\nName the project's Python with --python or ${python}.`;
  if (kind === 'place')
    return "\nName the folder of the project's modules with --path, so that they are not taken from what is installed.";
  if (kind === 'attribute') return '';
  if (UNMAPPED.test(text) && isBefore)
    return `\nSQLAlchemy 2.0 refuses models with annotations that are not Mapped[…]. Name a Python with SQLAlchemy 1.4 with ${python}, or commit \`__allow_unmapped__ = True\` on the base first.`;
  const missing = isBefore ? ' A file that git does not track is copied with --copy.' : '';
  return `\nIf the state ${side} needs another SQLAlchemy or other packages, name a Python that has them with ${python}.${missing}`;
}
