/**
 * Moves the open cases of an office over to its changed calendar, some at a time, one worker at a time. How far it has come
 * stands in the database, so another worker goes on where one has died.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { fireEach, type Claimed, type Failed } from './due.store.js';
import { CASE_COLUMNS } from './rows.js';
import type { CaseRow, CaseWrite } from './types.js';

/** The latest change of an office stands for all before it. */
const CHANGE = `
SELECT c.office_id AS "officeId", c.version, c.looked_upto AS "lookedUpto", c.cases_moved AS "casesMoved",
  v.created_at < alur_now() - make_interval(secs => $1) AS settled
FROM calendar_changes c JOIN calendars v ON v.office_id = c.office_id AND v.version = c.version
JOIN offices o ON o.id = c.office_id AND o.calendar_version = c.version
WHERE c.finished_at IS NULL ORDER BY c.office_id LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED`;

const CLAIM = `
SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now, $3::int AS "officeCalendar", NULL::int AS tries
FROM case_desks d JOIN cases c ON c.office_id = d.office_id AND c.id = d.case_id
WHERE d.office_id = $1 AND d.case_id > $2 AND NOT d.closed AND c.calendar_version < $3
ORDER BY d.case_id LIMIT $4 FOR NO KEY UPDATE OF c`;

const ADVANCE = `
UPDATE calendar_changes SET looked_upto = $3, cases_moved = cases_moved + $4 WHERE office_id = $1 AND version = $2`;

/** With those before it that it has overtaken. */
const FINISH = `
UPDATE calendar_changes SET finished_at = alur_now() WHERE office_id = $1 AND version <= $2 AND finished_at IS NULL`;

const FIRST = '00000000-0000-0000-0000-000000000000';
/** Processes may go by the calendar before for two seconds (office.store.ts), and a write of theirs may take a while. */
const SETTLED_SECONDS = 5;

interface Change {
  readonly officeId: string;
  readonly version: number;
  readonly lookedUpto: string;
  readonly settled: boolean;
}

export interface MovedSome<W> {
  readonly moved: readonly W[];
  readonly failed: readonly Failed[];
  /** True where it is worth while to go on at once. */
  readonly more: boolean;
}

@Injectable()
export class CalendarMoveStore {
  constructor(private readonly sql: Sql) {}

  /** Null where no change is under way, or another worker is at it. */
  moveSome<W extends CaseWrite>(
    limit: number,
    move: (row: CaseRow, now: number, calendarVersion: number) => Promise<W | null>,
  ): Promise<MovedSome<W> | null> {
    return this.sql.transaction(async (run) => {
      const [change] = await run<Change>('calendar-change', CHANGE, [SETTLED_SECONDS]);
      if (!change) return null;
      const { officeId, version, lookedUpto } = change;
      const rows = await run<Claimed>('claim-stale', CLAIM, [officeId, lookedUpto, version, limit]);
      const { fired, failed } = await fireEach(run, rows, move);
      const full = rows.length === limit;
      await run('calendar-advance', ADVANCE, [officeId, version, full ? rows.at(-1)?.id : FIRST, fired.length]);
      // Done when a look at all of them finds none that can be moved, and nobody can add any.
      const done = lookedUpto === FIRST && !full && fired.length === 0;
      if (done && change.settled) await run('calendar-finish', FINISH, [officeId, version]);
      return { moved: fired.map(({ write }) => write), failed, more: !done };
    });
  }
}
