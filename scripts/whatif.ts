/**
 * npm run whatif -- --minutes headDisposition=10 [--minutes …] [--calendar FILE] [--holiday 2026-12-28=Label …]
 *   [--office CODE] [--from DATE] [--to DATE] [--json]
 *
 * Measures kept history by other standard minutes, another calendar or more holidays, and says which breaches there would
 * have been, and which not. Behaviour is assumed unchanged. Of DATABASE_URL, else of the embedded installation under
 * DATA_DIR (not while Alur runs on it). Reads only. Exit code: 0, or 2 where it could not be done.
 */
import { Registry } from '../machines/registry.js';
import { CaseHistories } from '../src/cases/case-history.store.js';
import { timesOf } from '../src/cases/case-clock.js';
import { WhatIf, type WhatIfReport } from '../src/cases/what-if.js';
import { ConfigError, readConfig } from '../src/config.js';
import type { Sql } from '../src/db/sql.js';
import { OfficeStore } from '../src/engine/office.store.js';
import { withInstallation } from './installation.js';
import { json, table } from './whatif-table.js';
import { readWish, type Wish } from './whatif-wish.js';

/** Cases in memory at once, and between two lines of progress. */
const PAGE = 200;
const EVERY = 1000;

/** Progress goes beside the report, which may go down a pipe. */
const say = (line: string) => process.stderr.write(`whatif: ${line}\n`);

async function measure(sql: Sql, registry: Registry, wish: Wish): Promise<WhatIfReport> {
  const histories = new CaseHistories(sql);
  const offices = new OfficeStore(sql);
  const officeId = await officeOf(histories, wish);
  const whatIf = new WhatIf(registry, wish.change);
  let cases = 0;
  for await (const history of histories.all(officeId, PAGE)) {
    whatIf.count(history, await timesOf(history, (version) => offices.workingTime(history.officeId, version)));
    cases += 1;
    if (cases % EVERY === 0) say(`${cases} cases so far`);
  }
  return whatIf.report();
}

/** Null for all offices. One calendar for offices of several zones and hours would measure nothing. */
async function officeOf(histories: CaseHistories, { office, change }: Wish): Promise<string | null> {
  const offices = await histories.offices();
  const codes = offices.map(({ code }) => code).join(', ');
  if (office === null) {
    if (change.calendar && offices.length > 1) throw new ConfigError(`--calendar needs --office: one of ${codes}.`);
    return null;
  }
  const found = offices.find(({ code }) => code === office);
  if (!found) throw new ConfigError(`There is no office ${office}; there is: ${codes}.`);
  return found.id;
}

async function main(): Promise<void> {
  const registry = new Registry();
  const wish = readWish(registry);
  const report = await withInstallation(readConfig(), say, (sql) => measure(sql, registry, wish));
  const { minutes, ...change } = wish.change;
  const asked = { office: wish.office, ...change, minutes: Object.fromEntries(minutes) };
  const text = wish.json ? json(asked, report) : table(report);
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  process.stderr.write(`whatif: ${message || code || String(error)}\n`);
  process.exitCode = 2;
});
