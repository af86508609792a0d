/**
 * Tells the inspectorate what does not agree: by its endpoints, by mail, and by the bell where there is still a case to ring it
 * for. A finding is told once while it stands, and again when it has changed or comes back.
 */
import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { Sql } from '../db/sql.js';
import type { Finding } from './found.js';
import { ENDPOINTS, INSPECTORS, MAILBOXES } from './outbox.sql.js';

export type Source = 'self-check' | 'signer';

/** Two processes that find the same tell it once; any constant of our own does. */
const LOCK = 427_534_2022;

/** What belongs to no office, or to one that is not there, is every office's business. */
const FOUND = `
SELECT o.id AS office_id, f."caseId" AS case_id, f.finding, f.differences
FROM json_to_recordset($2::json) AS f("officeId" uuid, "caseId" uuid, finding bytea, differences int)
JOIN offices o ON o.id = f."officeId" OR NOT EXISTS (SELECT 1 FROM offices x WHERE x.id = f."officeId")`;

const ABOUT_THE_SAME = 'f.office_id = a.office_id AND f.case_id IS NOT DISTINCT FROM a.case_id';

/** What stands no more, or otherwise. `$3`: everything was looked at, so what was not found is over. */
const END = `
WITH found AS (${FOUND})
UPDATE integrity_alarms a SET ended_at = (SELECT alur_now())
WHERE a.source = $1 AND a.ended_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM found f WHERE ${ABOUT_THE_SAME} AND f.finding = a.finding)
  AND ($3::boolean OR EXISTS (SELECT 1 FROM found f WHERE ${ABOUT_THE_SAME}))`;

/**
 * Whoever inspects several offices has one mail about the log, not one for each. The bell rings for each alarm anew: its
 * number stands where notices have the visit. Its rows are born relayed, for they have left by this statement already.
 */
const TELL = `
WITH found AS (${FOUND}),
inspectors AS (${INSPECTORS}),
added AS (
  INSERT INTO integrity_alarms (office_id, id, case_id, source, finding, differences, created_at)
  SELECT f.office_id, gen_random_uuid(), f.case_id, $1, f.finding, f.differences, date_trunc('milliseconds', alur_now())
  FROM found f WHERE NOT EXISTS (SELECT 1 FROM integrity_alarms a
    WHERE a.source = $1 AND a.ended_at IS NULL AND ${ABOUT_THE_SAME} AND f.finding = a.finding)
  RETURNING office_id, id, case_id, created_at AS at),
receivers AS (
  SELECT a.office_id, a.id, e.channel, e.endpoint_id, e.lane, a.at
  FROM added a JOIN (${ENDPOINTS}) e ON e.office_id = a.office_id
  UNION ALL
  (SELECT DISTINCT ON (m.endpoint_id, a.case_id) a.office_id, a.id, m.channel, m.endpoint_id, m.lane, a.at
  FROM added a JOIN inspectors i ON i.office_id = a.office_id JOIN (${MAILBOXES}) m ON m.endpoint_id = i.account_id
  WHERE $3::boolean ORDER BY m.endpoint_id, a.case_id, a.office_id = m.office_id DESC)),
sent AS (
  INSERT INTO deliveries (office_id, id, channel, endpoint_id, lane, alarm_id, created_at, due_at, next_attempt_at)
  SELECT office_id, gen_random_uuid(), channel, endpoint_id, lane, id, at, at, at FROM receivers),
rung AS (
  INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at, relayed)
  SELECT c.office_id, gen_random_uuid(), c.id, 1 + (SELECT count(*)::int FROM integrity_alarms p
      WHERE p.office_id = c.office_id AND p.case_id = c.id), 'INTEGRITY', 0, i.account_id, $4, $5, a.at, true
  FROM added a JOIN cases c ON c.office_id = a.office_id AND c.id = a.case_id JOIN inspectors i ON i.office_id = a.office_id
  ON CONFLICT DO NOTHING)
SELECT count(*)::int AS n FROM added`;

const BELL = [
  'Riwayat berkas ini tidak lagi cocok dengan log. Periksa dan simpan ekspornya.',
  'The history of this case no longer agrees with the log. Check it and keep its export.',
] as const;

@Injectable()
export class AlarmStore {
  constructor(
    private readonly sql: Sql,
    private readonly config: AppConfig,
  ) {}

  /** `complete`: everything was looked at. How many alarms are new. */
  tell(source: Source, findings: readonly Finding[], complete: boolean): Promise<number> {
    const found = JSON.stringify(
      findings.map(({ officeId, caseId, why, differences }) => ({
        officeId,
        caseId,
        finding: `\\x${hash('sha256', why, 'hex')}`,
        differences,
      })),
    );
    return this.sql.transaction(async (run) => {
      await run('alarm-lock', 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await run('alarm-end', END, [source, found, complete]);
      const [told] = await run<{ n: number }>('alarm-tell', TELL, [source, found, this.config.mail !== null, ...BELL]);
      return told?.n ?? 0;
    });
  }
}
