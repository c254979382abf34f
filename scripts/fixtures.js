// Rewrites fixtures/after and fixtures/expected of the fixtures whose name contains the first argument (all without one).
import { startVitest } from 'vitest/node';

const filter = process.argv[2] ?? '';
const vitest = await startVitest('test', [], {
  include: ['test/fixtures/update.ts'],
  env: { FIXTURES_FILTER: filter },
  hookTimeout: 600_000,
  reporters: ['verbose'],
  watch: false,
});
await vitest.close();
