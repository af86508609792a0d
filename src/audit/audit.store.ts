/** What the audit report is made of, read within one long read. */
import { HISTORY_OF, type StoredEntry } from '../inspection/history.store.js';
import { localTime } from './local-time.js';
import type { Run } from '../ops/long-reads.js';
import type { AuditOffice, NoticeCount, Overdue, Period, RefusedAttempt } from './audit.types.js';

/** More make no report that anybody reads: a shorter period does. */
export const MOST_CASES = 2000;
const MOST_OVERDUE = 500;
const MOST_REFUSED = 500;

const OFFICE = `
SELECT o.id, o.code, o.name, c.data->>'zone' AS zone, alur_now() AS now
FROM offices o JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version WHERE o.id = $1`;

/** Cases in which anything happened in the period, with their whole histories. */
const CASES = `
SELECT c.id, c.case_no AS "caseNo", c.service, c.machine_version AS "machineVersion", c.machine_hash AS "machineHash",
  c.opened_at AS "openedAt", c.closed_at AS "closedAt", c.state, c.version, encode(c.last_hash, 'hex') AS "lastHash",
  coalesce((SELECT json_agg(e) FROM (${HISTORY_OF('c.office_id', 'c.id')}) e), '[]') AS stored
FROM (SELECT DISTINCT case_id FROM history WHERE office_id = $1 AND at >= $2 AND at < $3) t
JOIN cases c ON c.office_id = $1 AND c.id = t.case_id
ORDER BY c.opened_at, c.id LIMIT $4`;

const COUNT = `
SELECT count(DISTINCT case_id)::int AS cases FROM history WHERE office_id = $1 AND at >= $2 AND at < $3`;

/** Late at the moment the report is made, the longest first; a paused case is due at no time. */
const OVERDUE = `
SELECT c.case_no AS "caseNo", c.state, c.step_no AS "stepNo", c.due_at AS "dueAt", c.desk_role AS desk,
  (count(*) OVER ())::int AS total
FROM case_desks d JOIN cases c ON c.office_id = d.office_id AND c.id = d.case_id
WHERE d.office_id = $1 AND NOT d.closed AND d.due_at < (SELECT alur_now())
ORDER BY d.due_at LIMIT ${MOST_OVERDUE}`;

/** Newest first; an inspector of another office has no account here. */
const REFUSED = `
SELECT r.minute AS at, a.login AS actor, p.login AS client, c.case_no AS "caseNo", r.route, r.code, r.reasons, r.times,
  (count(*) OVER ())::int AS total
FROM refused_attempts r LEFT JOIN accounts a ON a.office_id = r.office_id AND a.id = r.account_id
LEFT JOIN accounts p ON p.office_id = r.office_id AND p.id = r.client_id
LEFT JOIN cases c ON c.office_id = r.office_id AND c.id = r.case_id
WHERE r.office_id = $1 AND r.minute >= date_trunc('minute', $2::timestamptz) AND r.minute < $3
ORDER BY r.minute DESC, r.account_id, r.route, r.case_id, r.code LIMIT ${MOST_REFUSED}`;

/** A notice may be delivered by several ways: each counts. */
const NOTICES = `
WITH told AS (
  SELECT n.kind, n.id, n.created_at, n.acknowledged_at FROM notices n
  WHERE n.office_id = $1 AND n.created_at >= $2 AND n.created_at < $3),
ways AS (
  SELECT t.kind, d.status, extract(epoch FROM d.finished_at - t.created_at) AS delay
  FROM told t JOIN deliveries d ON d.notice_id = t.id AND d.office_id = $1)
SELECT kind, count(*)::int AS notices, count(acknowledged_at)::int AS acknowledged,
  (SELECT count(*)::int FROM ways w WHERE w.kind = told.kind AND w.status = 'sent') AS sent,
  (SELECT count(*)::int FROM ways w WHERE w.kind = told.kind AND w.status = 'pending') AS waiting,
  (SELECT count(*)::int FROM ways w WHERE w.kind = told.kind AND w.status IN ('parked', 'refused')) AS "givenUp",
  (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY delay) FROM ways w
    WHERE w.kind = told.kind AND w.status = 'sent')::float8 AS "medianDelaySeconds",
  (SELECT max(delay) FROM ways w WHERE w.kind = told.kind AND w.status = 'sent')::float8 AS "longestDelaySeconds"
FROM told GROUP BY kind ORDER BY kind`;

export interface StoredCase {
  readonly id: string;
  readonly caseNo: string;
  readonly service: string;
  readonly machineVersion: number;
  readonly machineHash: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly state: string;
  readonly version: number;
  readonly lastHash: string;
  readonly stored: readonly StoredEntry[];
}

export async function officeNow(run: Run, officeId: string): Promise<AuditOffice> {
  const [office] = await run<AuditOffice>(null, OFFICE, [officeId]);
  if (!office) throw new Error('An office without a calendar.');
  return office;
}

export async function countCases(run: Run, officeId: string, { from, to }: Period): Promise<number> {
  const [row] = await run<{ cases: number }>(null, COUNT, [officeId, from, to]);
  return row?.cases ?? 0;
}

export function casesOf(run: Run, officeId: string, { from, to }: Period): Promise<StoredCase[]> {
  return run(null, CASES, [officeId, from, to, MOST_CASES]);
}

/** As many as are listed, and how many there are. */
export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

type Counted<Item> = Item & { readonly total: number };

export async function overdueNow(run: Run, { id, zone }: AuditOffice): Promise<Capped<Overdue>> {
  const rows = await run<Counted<Omit<Overdue, 'dueAt' | 'dueAtLocal'> & { dueAt: Date }>>(null, OVERDUE, [id]);
  return capped(rows, (row) => ({ ...row, dueAt: row.dueAt.toISOString(), dueAtLocal: localTime(row.dueAt, zone) }));
}

export async function refusedIn(
  run: Run,
  { id, zone }: AuditOffice,
  { from, to }: Period,
): Promise<Capped<RefusedAttempt>> {
  const rows = await run<Counted<Omit<RefusedAttempt, 'at' | 'atLocal'> & { at: Date }>>(null, REFUSED, [id, from, to]);
  return capped(rows, (row) => ({ ...row, at: row.at.toISOString(), atLocal: localTime(row.at, zone) }));
}

function capped<Row extends { readonly total: number }, Item>(
  rows: readonly Row[],
  shown: (row: Omit<Row, 'total'>) => Item,
): Capped<Item> {
  return { items: rows.map(({ total: _, ...row }) => shown(row)), total: rows[0]?.total ?? 0 };
}

export function noticesOf(run: Run, officeId: string, { from, to }: Period): Promise<NoticeCount[]> {
  return run(null, NOTICES, [officeId, from, to]);
}
