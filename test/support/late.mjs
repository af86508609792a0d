/**
 * Late is not wrong: on a machine that others share, a condition may come after its deadline. A suite all of whose failures
 * are such is run once more, alone, and named in the output; a suite with any other failure is red at once, because what
 * is wrong once in a hundred runs (a notice told twice) is a defect.
 */
import { readFileSync } from 'node:fs';

const LATE = /not within \d+ ms: |Exceeded timeout of [\d_]+ ms/;

/** The suites to run again, from jest's JSON report; empty where anything else failed too, or nothing did. */
export function lateSuites(report) {
  const red = report.testResults.filter(({ status }) => status === 'failed');
  const isLate = ({ assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    return failed.length > 0 && failed.every(({ failureMessages }) => failureMessages.every((text) => LATE.test(text)));
  };
  return red.every(isLate) ? red.map(({ name }) => name) : [];
}

export function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}
