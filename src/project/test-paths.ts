// Tells files of tests by their path. It reads none of them.

const TESTS = /(^|\/)(tests?\/|test_[^/]*\.py$|conftest\.py$)|_tests?\.py$/;

/** Whether a file holds tests or what they are set up with. */
export function isTestPath(path: string): boolean {
  return TESTS.test(path);
}
