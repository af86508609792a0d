/** The columns of a case, once as SQL and once as they come back. Instants travel as epoch milliseconds. */
import type { CaseRow } from './types.js';

/** `date_part` and not `extract`: the same in double precision instead of numeric, and several times as fast. */
const ms = (column: string, name: string) => `date_part('epoch', c.${column}) * 1000 AS "${name}"`;

/** Select list for a case aliased `c`. */
export const CASE_COLUMNS = `
  c.office_id AS "officeId", c.id, c.case_no AS "caseNo", c.service, c.machine_version AS "machineVersion",
  c.machine_hash AS "machineHash", c.version, c.step_seq AS "stepSeq", c.visit, c.snapshot, c.state,
  c.step_no AS "stepNo", c.desk_role AS "deskRole", c.desk_account AS "deskAccount",
  encode(c.last_hash, 'hex') AS "lastHash", ${ms('last_at', 'lastAt')}, ${ms('opened_at', 'openedAt')},
  ${ms('closed_at', 'closedAt')}, c.calendar_version AS "calendarVersion", ${ms('visit_started_at', 'visitStartedAt')},
  c.budget_minutes AS "budgetMinutes", c.used_ms::float8 AS "usedMs", ${ms('clock_started_at', 'clockStartedAt')},
  ${ms('due_at', 'dueAt')}, ${ms('breach_at', 'breachAt')}, ${ms('next_alarm_at', 'nextAlarmAt')},
  c.fired_level AS "firedLevel"`;

/** Milliseconds are what we store; the float on the way may carry a sliver more or less. */
export function caseRow(row: CaseRow): CaseRow {
  const whole = (value: number | null) => (value === null ? null : Math.round(value));
  return {
    ...row,
    lastAt: Math.round(row.lastAt),
    openedAt: Math.round(row.openedAt),
    closedAt: whole(row.closedAt),
    visitStartedAt: Math.round(row.visitStartedAt),
    clockStartedAt: whole(row.clockStartedAt),
    dueAt: whole(row.dueAt),
    breachAt: whole(row.breachAt),
    nextAlarmAt: whole(row.nextAlarmAt),
  };
}
