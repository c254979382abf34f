// Writes what a conformance run found for people: sites rewritten and left, and each test that fails now with its cause.
import { readFileSync } from 'node:fs';

const TARGET = 80;
const subjects = JSON.parse(readFileSync(new URL('subjects.json', import.meta.url), 'utf8'));

/** The report, and whether nothing in it has to be looked at. */
export function report({ sites, findings, before, after, failed, missing, again }) {
  const rewritten = sites.before - sites.after;
  const share = (100 * rewritten) / sites.before;
  const { labels, silent, known, wrong } = judge(failed, again);
  const unnamed = missing.filter((test) => !known.some((each) => each.test === test));
  const isComplete = share >= TARGET && wrong.length === 0 && unnamed.length === 0;
  const lines = [
    `${sites.before} sites of \`.query(\`: ${rewritten} rewritten (${share.toFixed(1)}%, target ${TARGET}%), ${sites.after} left`,
    '',
    'Left, by reason:',
    ...reasonsOf(findings),
    '',
    `${passed(before)} tests passed before, ${passed(after)} pass now.`,
    '',
    `${labels.length} tests compare SQL text that differs in labels only:`,
    ...labels.flatMap(({ test }) => [test, ...textsOf(again.texts.get(test))]),
    '',
    `${silent.length} tests expect a method of Query that is gone to warn of its deprecation, and pass otherwise:`,
    ...silent.flatMap(({ test }) => [test, ...textsOf(again.texts.get(test))]),
    '',
    `${known.length} tests have Query itself as their subject (conformance/subjects.json):`,
    ...known.flatMap(({ test, reason }) => [test, `    ${reason}`]),
    '',
    `${wrong.length} other tests fail now:`,
    ...wrong.flatMap(({ test, cause }) => [
      test,
      ...cause.split('\n').map((line) => `    ${line.slice(0, 300)}`),
    ]),
    ...(unnamed.length > 0 ? ['', `${unnamed.length} tests were not run:`, ...unnamed] : []),
    '',
  ];
  return { text: lines.join('\n'), isComplete };
}

/** Tells the tests that fail now apart by what they fail for. */
function judge(failed, again) {
  const labels = [];
  const silent = [];
  const known = [];
  const wrong = [];
  for (const each of failed) {
    const reason = subjects[each.test.replace(/\[.*/s, '')];
    const isWarning = again.texts.get(each.test)?.some(({ warning }) => warning !== undefined);
    if (again.outcomes.get(each.test)?.outcome === 'passed')
      (isWarning ? silent : labels).push(each);
    else if (reason === undefined)
      wrong.push({ ...each, cause: again.outcomes.get(each.test)?.cause || each.cause });
    else known.push({ ...each, reason });
  }
  return { labels, silent, known, wrong };
}

function textsOf(texts = []) {
  return texts.flatMap(({ expected, actual, warning }) =>
    warning === undefined
      ? [
          `    expected ${expected.replaceAll(/\s+/g, ' ')}`,
          `    is now   ${actual.replaceAll(/\s+/g, ' ')}`,
        ]
      : [`    expected the warning ${warning}`],
  );
}

/** What stands against the sites left: reasons without the names in them. */
function reasonsOf(findings) {
  const counts = new Map();
  for (const { rule, status, reason, path, range } of findings) {
    if (status === 'applied' || !rule.startsWith('query-')) continue;
    const key = reason.replaceAll(/`[^`]*`/g, '`…`').replaceAll(/\(\S+:\d+\)/g, '(…)');
    const found = counts.get(key) ?? { count: 0, place: `${path}:${range.start.line}` };
    counts.set(key, { ...found, count: found.count + 1 });
  }
  return [...counts]
    .toSorted(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
    .map(([reason, { count, place }]) => `${String(count).padStart(5)}  ${reason} (${place})`);
}

function passed(outcomes) {
  return [...outcomes.values()].filter(({ outcome }) => outcome === 'passed').length;
}
