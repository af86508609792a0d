/**
 * Which red suites of a whole run are run again, alone, with the same seeds, and named in the output.
 *
 * Late: all its failures are conditions that came after their deadline, as on a machine that others share. Once more.
 *
 * Unstable: red in any other way. Twice more, and both must be green: what depends on the seed stays red. At most two
 * suites; and never a drill or one that proves "exactly once", because what is lost or told twice once in a hundred runs
 * is a defect. An unstable suite is a
 * defect too, of the suite or of the product, but not of the change that happened to meet it: it is mended by itself.
 */
import { readFileSync } from 'node:fs';

/** As thrown, not as quoted by a comparison that failed otherwise. */
const LATE = /^(?:\w*Error: )?(?:thrown: ")?(?:not within \d+ ms: |Exceeded timeout of [\d_]+ ms)/;
/** Drills, and the suites that prove "exactly once" without being one. */
const NEVER = /[\\/]test[\\/]drills[\\/]|[\\/](?:[\w.-]*race|crash|lost-jobs|outbox|numbers|idempotency)\.spec\.ts$/;
const MOST_UNSTABLE = 2;
const NONE = { late: [], unstable: [] };

/** The suites to run again, from jest's JSON report; none where one of them is beyond a second run, or nothing failed. */
export function suitesAgain(report) {
  const red = report.testResults.filter(({ status }) => status === 'failed');
  const late = red.filter(isLate);
  const unstable = red.filter((suite) => !isLate(suite));
  if (unstable.length > MOST_UNSTABLE || unstable.some(({ name }) => NEVER.test(name))) return NONE;
  return { late: late.map(({ name }) => name), unstable: unstable.map(({ name }) => name) };
}

function isLate({ assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  return failed.length > 0 && failed.every(({ failureMessages }) => failureMessages.every((text) => LATE.test(text)));
}

export function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}
