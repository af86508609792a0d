/**
 * What is due: claimed by one drain only, and written all together. What cannot be written is tried again later and
 * later, then parked, so that it never stands in the way of others (docs/decisions/013-parked-alarms.md).
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { AppError } from '../errors.js';
import { APPEND } from './append.sql.js';
import { CASE_COLUMNS, caseRow } from './rows.js';
import type { CaseRow, CaseWrite } from './types.js';
import { wire } from './wire.js';

/** Between one try and the next, by the number of tries so far. After the fifth there is no next. */
const RETRY_SECONDS = [1, 5, 15, 60] as const;
export const MOST_TRIES = RETRY_SECONDS.length + 1;
/** A message of PostgreSQL may quote a whole value. */
const REASON_LENGTH = 300;
/** Data or integrity refused by PostgreSQL, or by a trigger: this case's own fault, and it will be so again. */
const REFUSED = /^(22|23|P0)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Due cases; others pass over them and take the next. */
const CLAIM_DUE = `
SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now, o.calendar_version AS "officeCalendar", f.tries
FROM case_desks d JOIN cases c ON c.office_id = d.office_id AND c.id = d.case_id JOIN offices o ON o.id = d.office_id
LEFT JOIN failed_alarms f ON f.office_id = d.office_id AND f.case_id = d.case_id AND f.alarm_at = d.next_alarm_at
WHERE d.next_alarm_at < (SELECT alur_now()) AND c.next_alarm_at IS NOT NULL
  AND (f.retry_at IS NULL OR f.retry_at <= (SELECT alur_now()))
ORDER BY d.next_alarm_at, d.case_id LIMIT $1 FOR NO KEY UPDATE OF c SKIP LOCKED`;

const FAILED = `
INSERT INTO failed_alarms (office_id, case_id, alarm_at, tries, reason, failed_at, retry_at)
SELECT d.office_id, d.case_id, d.next_alarm_at, i.tries, i.reason, clock.now,
  coalesce(clock.now + make_interval(secs => ($2::int[])[i.tries]), 'infinity')
FROM json_to_recordset($1::json) AS i(office_id uuid, case_id uuid, tries int, reason text)
JOIN case_desks d ON d.office_id = i.office_id AND d.case_id = i.case_id
CROSS JOIN (SELECT alur_now() AS now) clock
ON CONFLICT (case_id, office_id) DO UPDATE SET alarm_at = excluded.alarm_at, tries = excluded.tries,
  reason = excluded.reason, failed_at = excluded.failed_at, retry_at = excluded.retry_at`;

const HEALED = `
DELETE FROM failed_alarms WHERE case_id = ANY($1::uuid[])`;

export interface Failed {
  readonly officeId: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly tries: number;
  readonly reason: string;
}

export interface Drained<W> {
  readonly claimed: number;
  readonly fired: readonly W[];
  readonly failed: readonly Failed[];
}

type Run = Sql['run'];
/** A claimed case; `tries` have failed before, null where none has. */
export type Claimed = CaseRow & {
  readonly now: number;
  readonly tries: number | null;
  /** The version of the calendar the office goes by, at this very moment. */
  readonly officeCalendar: number;
};
type Fire<W> = (row: CaseRow, now: number, officeCalendar: number) => Promise<W | null>;
interface Prepared<W> {
  readonly row: Claimed;
  readonly write: W;
}

@Injectable()
export class DueStore {
  constructor(private readonly sql: Sql) {}

  /**
   * Claims up to `limit` due cases and writes what `fire` makes of each, in one transaction. What `fire` throws, and
   * what PostgreSQL refuses, is the failure of one case.
   */
  drain<W extends CaseWrite>(limit: number, fire: Fire<W>): Promise<Drained<W>> {
    return this.sql.transaction(async (run) => {
      const rows = await run<Claimed>('claim-due', CLAIM_DUE, [limit]);
      const { fired, failed } = await fireEach(run, rows, fire);
      if (failed.length > 0) await run('alarms-failed', FAILED, [failuresOf(failed), RETRY_SECONDS]);
      const healed = fired.filter(({ row }) => row.tries !== null).map(({ row }) => row.id);
      if (healed.length > 0) await run('alarms-healed', HEALED, [healed]);
      return { claimed: rows.length, fired: fired.map(({ write }) => write), failed };
    });
  }
}

/** Of claimed cases, within their transaction: what `fire` makes of each is written; what fails is the failure of one. */
export async function fireEach<W extends CaseWrite>(
  run: Run,
  rows: readonly Claimed[],
  fire: Fire<W>,
): Promise<{ fired: readonly Prepared<W>[]; failed: readonly Failed[] }> {
  const failed: Failed[] = [];
  const prepared: Prepared<W>[] = [];
  for (const row of rows) {
    const made = await attempt(() => fire(caseRow(row), Math.floor(row.now), row.officeCalendar));
    if ('refused' in made) failed.push(failureOf(row, made.refused));
    else if (made.done) prepared.push({ row, write: made.done });
  }
  return { fired: await writeAll(run, prepared, failed), failed };
}

/** All in one statement; where PostgreSQL refuses that, each half by itself, so that in the end only the refused ones are left out. */
async function writeAll<W extends CaseWrite>(
  run: Run,
  prepared: readonly Prepared<W>[],
  failed: Failed[],
): Promise<readonly Prepared<W>[]> {
  if (prepared.length === 0) return [];
  const together = await write(run, prepared);
  if ('done' in together) return together.done;
  const [first] = prepared;
  if (first && prepared.length === 1) {
    failed.push(failureOf(first.row, together.refused));
    return [];
  }
  const middle = Math.ceil(prepared.length / 2);
  const halves = [prepared.slice(0, middle), prepared.slice(middle)];
  const fired: Prepared<W>[] = [];
  for (const half of halves) fired.push(...(await writeAll(run, half, failed)));
  return fired;
}

async function write<W extends CaseWrite>(run: Run, some: readonly Prepared<W>[]): Promise<Attempt<Prepared<W>[]>> {
  await run(null, 'SAVEPOINT writing', []);
  const writes = some.map((one) => ({ write: one.write, opening: null, newcomers: [] }));
  const made = await attempt(async () => run<{ ord: number }>('append', APPEND, wire(writes)));
  await run(null, 'done' in made ? 'RELEASE SAVEPOINT writing' : 'ROLLBACK TO SAVEPOINT writing', []);
  if ('refused' in made) return made;
  const written = new Set(made.done.map(({ ord }) => ord));
  return { done: some.filter((_, ord) => written.has(ord)) };
}

type Attempt<T> = { readonly done: T } | { readonly refused: Error };

/** A database that is away is no case's fault: that ends the drain, and the next one tries all of them again. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof AppError) throw error;
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && SQLSTATE.test(code) && !REFUSED.test(code)) throw error;
    return { refused: error };
  }
}

function failureOf({ officeId, id, caseNo, tries }: Claimed, { message }: Error): Failed {
  return { officeId, caseId: id, caseNo, tries: (tries ?? 0) + 1, reason: message.slice(0, REASON_LENGTH) };
}

function failuresOf(failed: readonly Failed[]): string {
  return JSON.stringify(
    failed.map(({ officeId, caseId, tries, reason }) => ({ office_id: officeId, case_id: caseId, tries, reason })),
  );
}
