// Prints the closing line of the checks from vitest's JSON result. A test file that could not be loaded counts as one failed test.
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, testResults } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
);
const unloaded = testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
).length;
process.stdout.write(`${numPassedTests} passed, ${numFailedTests + unloaded} failed\n`);
