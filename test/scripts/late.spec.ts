/** Which red suites npm test runs again: those that were late, and no others. */
import { lateSuites, readReport } from '../support/late.mjs';

const LATE = 'Error: not within 60000 ms: the breach\n    at eventually';
const SLOW = 'thrown: "Exceeded timeout of 120000 ms for a test."';
const WRONG = 'expect(received).toBe(expected)';

const suite = (name: string, ...messages: string[][]) => ({
  name,
  status: messages.length > 0 ? 'failed' : 'passed',
  assertionResults: [
    { status: 'passed', failureMessages: [] },
    ...messages.map((failureMessages) => ({ status: 'failed', failureMessages })),
  ],
});

it('runs again what was late', () => {
  expect(lateSuites({ testResults: [suite('a'), suite('b', [LATE]), suite('c', [SLOW], [LATE])] })).toEqual(['b', 'c']);
});

it('runs nothing again where anything was wrong, or a suite did not even start', () => {
  expect(lateSuites({ testResults: [suite('a', [LATE], [WRONG])] })).toEqual([]);
  expect(lateSuites({ testResults: [suite('a', [LATE]), suite('b', [WRONG])] })).toEqual([]);
  expect(lateSuites({ testResults: [suite('a', [LATE, WRONG])] })).toEqual([]);
  expect(lateSuites({ testResults: [{ name: 'a', status: 'failed', assertionResults: [] }] })).toEqual([]);
});

it('runs nothing again where all passed, or there is no report', () => {
  expect(lateSuites({ testResults: [suite('a')] })).toEqual([]);
  expect(lateSuites(readReport('/does/not/exist'))).toEqual([]);
});
