/**
 * npm run replay: runs the history of every stored case again through its machine and compares the result with the
 * case as stored. Of DATABASE_URL, else of the embedded installation under DATA_DIR (not while Alur runs on it).
 * Exit code: 0 all agree, 1 something differs, 2 it could not be checked.
 */
import { Registry } from '../machines/registry.js';
import { readConfig } from '../src/config.js';
import type { Sql } from '../src/db/sql.js';
import { replayAll } from '../src/engine/replay-all.js';
import { withInstallation } from './installation.js';

/** Cases between two lines of progress. */
const EVERY = 1000;

const say = (line: string) => process.stdout.write(`replay: ${line}\n`);

function replayDatabase(sql: Sql) {
  return replayAll(sql, new Registry(), {
    differs: (caseNo, caseId, why) => say(`DIFFERS ${caseNo} (${caseId}): ${why}`),
    progress: ({ cases, events }) => {
      if (cases % EVERY === 0) say(`${cases} cases, ${events} events so far`);
    },
  });
}

async function main(): Promise<void> {
  const { cases, events, differences } = await withInstallation(readConfig(), say, replayDatabase);
  say(`${cases} cases, ${events} events, ${differences} difference${differences === 1 ? '' : 's'}`);
  process.exitCode = differences === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  process.stderr.write(`replay: ${message || code || String(error)}\n`);
  process.exitCode = 2;
});
