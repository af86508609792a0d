/** Open steps against armed alarms, page by page; what differs is mended from the case, which is the truth. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { CASE_COLUMNS, caseRow } from '../engine/rows.js';
import type { CaseRow } from '../engine/types.js';
import { BREACH_PERCENT } from './ladder.js';

/** Columns of a case's desk, each as the case has it. */
const COPIED = {
  opened_at: 'c.opened_at',
  state: 'c.state',
  step_no: 'c.step_no',
  desk_role: 'c.desk_role',
  desk_account: 'c.desk_account',
  due_at: 'c.due_at',
  breach_at: 'c.breach_at',
  next_alarm_at: 'c.next_alarm_at',
  fired_level: 'c.fired_level',
  closed: 'c.closed_at IS NOT NULL',
} as const;
const NAMES = Object.keys(COPIED);
const VALUES = Object.values(COPIED);

/** No calendar that is taken leaves the last rung further away (calendars.service.ts), with a day or two to spare. */
const LONGEST_WAIT = "interval '64 days'";

/** The rung ahead of a case, null where it is past the last one or its machine is not installed. */
const AHEAD = (rungs: string) => `
CROSS JOIN LATERAL (SELECT min(r.percent) AS next FROM ${rungs} r
  WHERE r.service = c.service AND r.version = c.machine_version AND r.percent > c.fired_level
    AND r.minutes <= c.budget_minutes) rung`;
const RUNGS = (json: string) =>
  `json_to_recordset(${json}::json) AS r(service text, version int, percent int, minutes int)`;

/**
 * What can be said of an alarm without the calendar: that there is one as long as a rung is ahead, that a warning comes
 * before the breach, the breach at its instant, and an escalation after it, but not in another year.
 */
const AMISS = `coalesce(CASE
  WHEN c.clock_started_at IS NULL OR c.closed_at IS NOT NULL OR rung.next IS NULL THEN c.next_alarm_at IS NOT NULL
  WHEN rung.next < ${BREACH_PERCENT} THEN c.next_alarm_at > c.breach_at
  WHEN rung.next = ${BREACH_PERCENT} THEN c.next_alarm_at <> c.breach_at
  ELSE c.next_alarm_at < c.breach_at
    OR c.next_alarm_at > greatest(c.breach_at, c.clock_started_at) + ${LONGEST_WAIT} END, true)`;
const ADRIFT = `(${NAMES.map((name) => `d.${name}`).join(', ')}) IS DISTINCT FROM (${VALUES.join(', ')})`;

/** Cases whose alarm may not be what it should, or whose desk says something else; in the order of the key. */
const PAGE = `
WITH page AS MATERIALIZED (
  SELECT * FROM cases c WHERE (c.office_id, c.id) > ($1, $2) ORDER BY c.office_id, c.id LIMIT $3
),
rungs AS MATERIALIZED (SELECT * FROM ${RUNGS('$4')})
SELECT (SELECT count(*)::int FROM page) AS looked,
  (SELECT json_build_array(office_id, id) FROM page ORDER BY office_id DESC, id DESC LIMIT 1) AS last,
  coalesce((SELECT json_agg(json_build_object('officeId', c.office_id, 'caseId', c.id) ORDER BY c.office_id, c.id)
    FROM page c LEFT JOIN case_desks d ON d.case_id = c.id AND d.office_id = c.office_id ${AHEAD('rungs')}
    WHERE ${AMISS} OR ${ADRIFT}), '[]') AS suspects`;

const LOCK = `
SELECT ${CASE_COLUMNS}, ${AMISS} AS amiss, d.case_id IS NULL OR ${ADRIFT} AS adrift
FROM cases c LEFT JOIN case_desks d ON d.case_id = c.id AND d.office_id = c.office_id
${AHEAD(`(SELECT * FROM ${RUNGS('$3')})`)}
WHERE c.office_id = $1 AND c.id = $2 FOR NO KEY UPDATE OF c`;

const ARM = `UPDATE cases SET next_alarm_at = to_timestamp($3::float8 / 1000.0) WHERE office_id = $1 AND id = $2`;

const COPY = `
INSERT INTO case_desks (office_id, case_id, ${NAMES.join(', ')})
SELECT c.office_id, c.id, ${VALUES.join(', ')} FROM cases c WHERE c.office_id = $1 AND c.id = $2
ON CONFLICT (case_id, office_id) DO UPDATE SET (${NAMES.join(', ')}) = ROW(${NAMES.map((name) => `excluded.${name}`).join(', ')})`;

export interface Suspect {
  readonly officeId: string;
  readonly caseId: string;
}

export interface TruthPage {
  readonly looked: number;
  /** Key of the last case looked at; null at the end. */
  readonly last: Place | null;
  readonly suspects: readonly Suspect[];
}

/** One rung of a machine's ladder, for steps of so many minutes or more. */
export interface Rung {
  readonly service: string;
  readonly version: number;
  readonly percent: number;
  readonly minutes: number;
}

/**
 * `unarmed`: an open step without its alarm; `stray`: an alarm without a running clock or a rung ahead; `moved`: an alarm at
 * another instant; `adrift`: a desk that says something else.
 */
export type Difference = 'unarmed' | 'stray' | 'moved' | 'adrift';

type Place = readonly [officeId: string, caseId: string];

export const FIRST = [
  '00000000-0000-0000-0000-000000000000',
  '00000000-0000-0000-0000-000000000000',
] as const satisfies Place;

@Injectable()
export class TruthStore {
  constructor(private readonly sql: Sql) {}

  async page([officeId, caseId]: Place, limit: number, rungs: readonly Rung[]): Promise<TruthPage> {
    const values = [officeId, caseId, limit, JSON.stringify(rungs)];
    const [page] = await this.sql.run<TruthPage>('truth-page', PAGE, values);
    return page ?? { looked: 0, last: null, suspects: [] };
  }

  /** Looks again under the case's lock, and mends what is still amiss. `alarmOf` reckons the alarm a case should have. */
  mend(
    { officeId, caseId }: Suspect,
    rungs: readonly Rung[],
    alarmOf: (row: CaseRow) => Promise<number | null>,
  ): Promise<Difference | null> {
    return this.sql.transaction(async (run) => {
      const values = [officeId, caseId, JSON.stringify(rungs)];
      const [found] = await run<CaseRow & { amiss: boolean; adrift: boolean }>('truth-lock', LOCK, values);
      if (!found) return null;
      const row = caseRow(found);
      const { nextAlarmAt: is } = row;
      const should = found.amiss ? await alarmOf(row) : is;
      if (should !== is) await run('truth-arm', ARM, [officeId, caseId, should]);
      if (should !== is || found.adrift) await run('truth-copy', COPY, [officeId, caseId]);
      if (should !== is) return should === null ? 'stray' : is === null ? 'unarmed' : 'moved';
      return found.adrift ? 'adrift' : null;
    });
  }
}
