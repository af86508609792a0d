/** Which red suites npm test runs again: those that were late, at most two that were red otherwise, never a drill. */
import { readReport, suitesAgain } from '../support/second-run.mjs';

const LATE = 'Error: not within 60000 ms: the breach\n    at eventually';
const SLOW = 'thrown: "Exceeded timeout of 120000 ms for a test."';
const WRONG = 'expect(received).toBe(expected)';
const NONE = { late: [], unstable: [] };

const suite = (name: string, ...messages: string[][]) => ({
  name,
  status: messages.length > 0 ? 'failed' : 'passed',
  assertionResults: [
    { status: 'passed', failureMessages: [] },
    ...messages.map((failureMessages) => ({ status: 'failed', failureMessages })),
  ],
});
const again = (...testResults: ReturnType<typeof suite>[]) => suitesAgain({ testResults });

it('runs again what was late, however much', () => {
  expect(again(suite('a'), suite('b', [LATE]), suite('c', [SLOW], [LATE]), suite('d', [LATE]))).toEqual({
    late: ['b', 'c', 'd'],
    unstable: [],
  });
});

it('runs again two that were red otherwise, told apart from the late', () => {
  expect(again(suite('a', [LATE], [WRONG]), suite('b', [LATE]), suite('c', [LATE, WRONG]))).toEqual({
    late: ['b'],
    unstable: ['a', 'c'],
  });
  expect(suitesAgain({ testResults: [{ name: 'a', status: 'failed', assertionResults: [] }] })).toEqual({
    late: [],
    unstable: ['a'],
  });
});

it('runs nothing again where three were red, or a drill lost something', () => {
  expect(again(suite('a', [WRONG]), suite('b', [WRONG]), suite('c', [WRONG]), suite('d', [LATE]))).toEqual(NONE);
  expect(again(suite('/x/test/drills/kills.spec.ts', [WRONG]), suite('b', [LATE]))).toEqual(NONE);
  expect(again(suite('/x/test/drills/kills.spec.ts', [LATE])).late).toHaveLength(1);
  expect(again(suite('/x/test/engine/race.spec.ts', [WRONG]))).toEqual(NONE);
  expect(again(suite('/x/test/notices/delivery/crash.spec.ts', [WRONG]))).toEqual(NONE);
});

it('takes no comparison that quotes a lateness for one', () => {
  const quoted = `Error: ${WRONG}\n+   "${LATE}"`;
  expect(again(suite('/x/test/drills/hostile.spec.ts', [quoted]))).toEqual(NONE);
  expect(again(suite('a', [quoted]))).toEqual({ late: [], unstable: ['a'] });
});

it('runs nothing again where all passed, or there is no report', () => {
  expect(again(suite('a'))).toEqual(NONE);
  expect(suitesAgain(readReport('/does/not/exist'))).toEqual(NONE);
});
