/**
 * npm run parked: alarms that could not be fired, with the reason; a sweep tries each five times and then leaves it.
 *
 *   npm run parked -- --retry KIM-2026-000123     another try, once the reason is mended
 *   npm run parked -- --retry all
 *
 * Of DATABASE_URL, else of the embedded installation under DATA_DIR (not while Alur runs on it).
 * Exit code: 0 none is parked, or the tries are on their way; 1 some are parked, or nothing of that name failed; 2 it
 * could not be read.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.js';
import { ParkedAlarms, type FailedAlarm } from '../src/engine/parked.store.js';
import { withInstallation } from './installation.js';

const say = (line: string) => process.stdout.write(`parked: ${line}\n`);

function show({ officeCode, caseNo, tries, parked, dueSince, reason }: FailedAlarm): void {
  const state = parked ? 'PARKED' : 'to be tried again';
  say(`${state} ${officeCode} ${caseNo}, due since ${dueSince.toISOString()}, ${tries} tries: ${reason}`);
}

async function main(): Promise<void> {
  const { retry } = parseArgs({ options: { retry: { type: 'string' } } }).values;
  process.exitCode = await withInstallation(readConfig(), say, async (sql) => {
    const alarms = new ParkedAlarms(sql);
    if (retry !== undefined) {
      const count = await alarms.retry(retry === 'all' ? null : retry);
      const isNobody = count === 0 && retry !== 'all';
      say(
        isNobody
          ? `no alarm of "${retry}" has failed: name a case number of the list`
          : `${count} to be tried again by the next sweep`,
      );
      return isNobody ? 1 : 0;
    }
    const failed = await alarms.list();
    failed.forEach(show);
    const parked = failed.filter((one) => one.parked).length;
    say(`${parked} parked, ${failed.length - parked} to be tried again`);
    return parked === 0 ? 0 : 1;
  });
}

main().catch((error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  process.stderr.write(`parked: ${message || code || String(error)}\n`);
  process.exitCode = 2;
});
