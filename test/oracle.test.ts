// Proves that fixtures behave as before: `before` and `after` are run under real SQLAlchemy versions and compared, and wrong rewrites must show.
import { writeSync } from 'node:fs';
import { beforeAll, describe } from 'vitest';
import { readCases } from './fixtures/cases.ts';
import { oracleMode, prepareEnvironments } from './oracle/environments.ts';
import { observeFixtures, runnableCases } from './oracle/observe.ts';
import type { Observed } from './oracle/suite.ts';
import { describeCases } from './oracle/suite.ts';
import { skipLine, summaryLine } from './oracle/summary.ts';
import { observeTarget14 } from './oracle/target14.ts';

const cases = runnableCases(readCases(undefined, process.env['FIXTURES_FILTER'] ?? ''));
const preparation = await prepareEnvironments(oracleMode());
if (preparation.kind === 'skipped') writeSync(1, skipLine(preparation.reason, cases.length));

describe.skipIf(preparation.kind === 'skipped')('oracle', () => {
  const seen: Observed = { programs: new Map(), on14: new Map() };

  beforeAll(async () => {
    if (preparation.kind !== 'ready') return;
    seen.programs = await observeFixtures(cases, preparation.environments);
    seen.on14 = await observeTarget14(cases, seen.programs, preparation.environments);
    writeSync(1, summaryLine([...seen.programs.values()], seen.on14.size));
  }, 1_200_000);

  describeCases(cases, seen);
});
