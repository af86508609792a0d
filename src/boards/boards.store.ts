/** What a board counts, from the desks and from history itself: there is no copy that could differ. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { aroundBrokenTexts, type EntryExpression } from './broken-texts.js';
import { PAUSES } from './board.js';
import type { BoardCounts, DeskCount, OfficerCount } from './boards.types.js';

const LIMIT_SECONDS = 15;

/** Read before anything is counted, so that no figure is older than it says. */
const DAY = `
SELECT now.at AS "asOf", date_trunc('day', now.at AT TIME ZONE zone.name) AT TIME ZONE zone.name AS today
FROM (SELECT alur_now() AS at) now, (SELECT c.data->>'zone' AS name FROM offices o
  JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version WHERE o.id = $1) zone`;

/** One pass over the office's open cases; what comes back is a few rows, however many they are. */
const DESKS = `
WITH open AS (
  SELECT step_no, desk_role, desk_account, state = ANY($2) AS paused, count(*)::int AS open,
    count(*) FILTER (WHERE breach_at < $3)::int AS late,
    count(*) FILTER (WHERE due_at >= $3 AND due_at < $3::timestamptz + interval '1 hour')::int AS soon
  FROM case_desks WHERE office_id = $1 AND NOT closed GROUP BY 1, 2, 3, 4)
SELECT o.step_no AS "stepNo", o.desk_role AS role, a.login, a.name, o.paused, o.open, o.late, o.soon AS "dueWithinHour"
FROM open o LEFT JOIN accounts a ON a.office_id = $1 AND a.id = o.desk_account`;

const officers = (entry: EntryExpression) => `
WITH done AS (
  SELECT h.actor_id, ${entry}->'visit'->>'verdict' AS verdict FROM history h
  WHERE h.office_id = $1 AND h.actor_id IS NOT NULL AND h.at >= $2)
SELECT a.login, a.name, count(*)::int AS finished, (count(*) FILTER (WHERE verdict = 'ON_TIME'))::int AS "onTime"
FROM done JOIN accounts a ON a.office_id = $1 AND a.id = done.actor_id WHERE verdict IS NOT NULL GROUP BY 1, 2 ORDER BY 1`;

@Injectable()
export class BoardsStore {
  constructor(private readonly sql: Sql) {}

  counts(officeId: string): Promise<BoardCounts> {
    return aroundBrokenTexts('h.entry::json', (entry) =>
      this.sql.reading(LIMIT_SECONDS, [], async (run) => {
        const [day] = await run<{ asOf: Date; today: Date }>(null, DAY, [officeId]);
        if (!day) throw new Error('An office without a calendar.');
        const desks = await run<DeskCount>(null, DESKS, [officeId, PAUSES, day.asOf]);
        const done = await run<OfficerCount>(null, officers(entry), [officeId, day.today]);
        return { asOf: day.asOf, desks, officers: done };
      }),
    );
  }
}
