// Proves on real servers what SQLite cannot show: the fixtures of PostgreSQL and MySQL run on servers that are started for them. Without a server they are skipped, and the line says why.
import { writeSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';
import { readCases } from './fixtures/cases.ts';
import { oracleMode, prepareEnvironments, withDrivers } from './oracle/environments.ts';
import { observeFixtures, runnableCases } from './oracle/observe.ts';
import type { Server, ServerKind, Started } from './oracle/servers.ts';
import { SERVERS, startServer } from './oracle/servers.ts';
import type { Observed } from './oracle/suite.ts';
import { describeCases } from './oracle/suite.ts';
import { skipLine, summaryLine } from './oracle/summary.ts';
import { observeTarget14 } from './oracle/target14.ts';

const fixtures = readCases(undefined, process.env['FIXTURES_FILTER'] ?? '');
const preparation = await prepareEnvironments(oracleMode());

for (const kind of SERVERS) {
  const cases = runnableCases(fixtures, kind);
  if (cases.length === 0) continue;
  const server = await startIfPossible(kind);
  const title = 'missing' in server ? `${kind}: SKIPPED, because ${server.missing}` : kind;
  if ('missing' in server) writeSync(1, `${kind}: ${skipLine(server.missing, cases.length)}`);
  describe.skipIf('missing' in server)(title, () => {
    const seen: Observed = { programs: new Map(), on14: new Map() };
    beforeAll(async () => {
      if (preparation.kind !== 'ready' || 'missing' in server) return;
      const environments = await withDrivers(preparation.environments, server.variables);
      seen.programs = await observeFixtures(cases, environments);
      seen.on14 = await observeTarget14(cases, seen.programs, environments);
      writeSync(1, `${kind}: ${summaryLine([...seen.programs.values()], seen.on14.size)}`);
    }, 600_000);
    afterAll(() => stop(server), 60_000);
    describeCases(cases, seen);
  });
}

async function startIfPossible(kind: ServerKind): Promise<Started> {
  if (preparation.kind === 'skipped') return { kind, missing: preparation.reason };
  try {
    return await startServer(kind);
  } catch (error) {
    // What keeps a server from starting is a matter of the machine.
    return { kind, missing: `it does not start here: ${String(error).split('\n')[0] ?? ''}` };
  }
}

function stop(server: Started): Promise<void> | undefined {
  const running: Server | null = 'missing' in server ? null : server;
  return running?.stop();
}
