/**
 * The row is the truth about a delivery. A try is claimed by moving `next_attempt_at` to the end of its lease: a worker that
 * dies leaves a row that is due again then. The number of the try fences off whoever comes back after its lease.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '../../db/sql.js';
import type { Claimed } from './outcome.js';

/** Longer than any try may take, mail included. */
const LEASE_SECONDS = 60;

/** Lanes with something due, by one index probe each. */
const DUE_LANES = `
WITH RECURSIVE lanes AS (
  (SELECT lane FROM deliveries WHERE status = 'pending' ORDER BY lane LIMIT 1)
  UNION ALL
  SELECT (SELECT d.lane FROM deliveries d WHERE d.status = 'pending' AND d.lane > l.lane ORDER BY d.lane LIMIT 1)
  FROM lanes l WHERE l.lane IS NOT NULL
)
SELECT l.lane FROM lanes l WHERE l.lane IS NOT NULL AND EXISTS (
  SELECT 1 FROM deliveries d
  WHERE d.lane = l.lane AND d.status = 'pending' AND d.next_attempt_at <= (SELECT alur_now()))`;

/** About nothing. */
const IS_TEST = 'num_nonnulls(d.notice_id, d.digest_on, d.checkpoint_size, d.alarm_id) = 0';

/** A receiver that asked for quiet has it. */
const CLAIM = `
WITH due AS MATERIALIZED (
  SELECT d.office_id, d.id FROM deliveries d
  WHERE d.lane = $1 AND d.status = 'pending' AND d.next_attempt_at <= (SELECT alur_now())
    AND NOT EXISTS (SELECT 1 FROM webhook_endpoints e
      WHERE e.office_id = d.office_id AND e.id = d.lane AND e.held_until > (SELECT alur_now()))
  ORDER BY d.next_attempt_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED
)
UPDATE deliveries d
SET attempts = d.attempts + 1, next_attempt_at = (SELECT alur_now()) + interval '${LEASE_SECONDS} seconds'
FROM due WHERE d.office_id = due.office_id AND d.id = due.id
RETURNING d.office_id AS "officeId", d.id, d.channel, d.endpoint_id AS "endpointId", d.lane, d.attempts,
  ${IS_TEST} AS "isTest"`;

/** What has long arrived, or never will; what is parked waits for a person. Notices stay, and are not relayed again. */
const FORGET = `
WITH old AS MATERIALIZED (
  SELECT d.office_id, d.id FROM offices o CROSS JOIN (VALUES ('sent'), ('refused')) AS s (status) CROSS JOIN LATERAL (
    SELECT office_id, id FROM deliveries
    WHERE office_id = o.id AND status = s.status AND created_at < (SELECT alur_now()) - make_interval(days => $1)
    ORDER BY created_at DESC LIMIT $2 FOR UPDATE SKIP LOCKED) AS d),
digests AS (DELETE FROM digest_notices n USING old WHERE n.office_id = old.office_id AND n.delivery_id = old.id)
DELETE FROM deliveries d USING old WHERE d.office_id = old.office_id AND d.id = old.id RETURNING d.id`;

/** It has arrived: that is true whoever else may be trying. */
const SENT = `
UPDATE deliveries SET status = 'sent', next_attempt_at = NULL, finished_at = alur_now(), last_result = $3
WHERE office_id = $1 AND id = $2 AND status <> 'sent'`;

const AGAIN = `
UPDATE deliveries SET next_attempt_at = (SELECT alur_now()) + make_interval(secs => $5 / 1000.0), last_result = $4
WHERE office_id = $1 AND id = $2 AND attempts = $3 AND status = 'pending'
RETURNING (extract(epoch from next_attempt_at) * 1000)::float8 AS at`;

const HOLD = `
UPDATE webhook_endpoints SET held_until = greatest(held_until, (SELECT alur_now()) + make_interval(secs => $3 / 1000.0))
WHERE office_id = $1 AND id = $2`;

/**
 * No further try: the admins of the office hear of it in-app, once until they have acknowledged it (notices_ops). Told
 * about the case of the notice (of the first, in a digest); a notice needs a case, so what is about none (a checkpoint, an
 * alarm of the log) is told about the office's newest. A test is told by its own answer.
 */
const STOP = `
WITH stopped AS (
  UPDATE deliveries SET status = $4, next_attempt_at = NULL, finished_at = alur_now(), last_result = $5
  WHERE office_id = $1 AND id = $2 AND attempts = $3 AND status = 'pending'
  RETURNING office_id, id, notice_id, num_nonnulls(checkpoint_size, alarm_id) > 0 AS of_log
),
about AS (
  SELECT n.office_id, n.case_id, n.visit FROM stopped s JOIN notices n ON n.office_id = s.office_id
    AND n.id = coalesce(s.notice_id, (SELECT m.notice_id FROM digest_notices m
      WHERE m.office_id = s.office_id AND m.delivery_id = s.id ORDER BY m.notice_id LIMIT 1))
  UNION ALL
  SELECT newest.* FROM stopped s CROSS JOIN LATERAL (
    SELECT c.office_id, c.id, c.visit FROM case_register r JOIN cases c ON c.office_id = r.office_id AND c.id = r.case_id
    WHERE r.office_id = s.office_id ORDER BY r.opened_at DESC, r.case_id DESC LIMIT 1) newest
  WHERE s.of_log
)
INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at, relayed)
SELECT about.office_id, gen_random_uuid(), about.case_id, about.visit, $6, 0, admins.account_id, $7, $8, alur_now(), true
FROM about, LATERAL (
  SELECT DISTINCT g.account_id FROM role_grants g JOIN accounts a ON a.office_id = g.office_id AND a.id = g.account_id
  WHERE g.office_id = about.office_id AND g.role = 'admin' AND a.disabled_at IS NULL
    AND g.valid_from <= alur_now() AND alur_now() < g.valid_until) AS admins
ON CONFLICT DO NOTHING`;

const DISABLE_GONE = `
UPDATE webhook_endpoints SET disabled_at = alur_now(), disabled_because = 'GONE'
WHERE office_id = $1 AND id = $2 AND disabled_at IS NULL AND deleted_at IS NULL`;

const BACKLOG = `
SELECT count(*) FILTER (WHERE status = 'parked' AND NOT (${IS_TEST}))::int AS parked,
  coalesce(extract(epoch from (SELECT alur_now()) - min(due_at) FILTER (WHERE status = 'pending')), 0)::float8 AS age
FROM deliveries d WHERE status IN ('pending', 'parked')`;

export interface OpsNotice {
  readonly kind: string;
  readonly id: string;
  readonly en: string;
}

@Injectable()
export class DeliveryStore {
  constructor(private readonly sql: Sql) {}

  async dueLanes(): Promise<string[]> {
    return (await this.sql.run<{ lane: string }>('delivery-lanes', DUE_LANES, [])).map(({ lane }) => lane);
  }

  claim(lane: string, limit: number): Promise<Claimed[]> {
    return this.sql.run('delivery-claim', CLAIM, [lane, limit]);
  }

  async sent({ officeId, id }: Claimed, code: string): Promise<void> {
    await this.sql.run('delivery-sent', SENT, [officeId, id, code]);
  }

  /** When it is tried again; null where somebody else has taken it over meanwhile. */
  async again({ officeId, id, attempts }: Claimed, code: string, pauseMs: number): Promise<number | null> {
    const [row] = await this.sql.run<{ at: number }>('delivery-again', AGAIN, [officeId, id, attempts, code, pauseMs]);
    return row?.at ?? null;
  }

  async hold({ officeId, endpointId }: Claimed, forMs: number): Promise<void> {
    await this.sql.run('delivery-hold', HOLD, [officeId, endpointId, forMs]);
  }

  async stop(
    { officeId, id, attempts }: Claimed,
    status: 'parked' | 'refused',
    code: string,
    { kind, ...text }: OpsNotice,
  ): Promise<void> {
    await this.sql.run('delivery-stop', STOP, [officeId, id, attempts, status, code, kind, text.id, text.en]);
  }

  async disableGone({ officeId, endpointId }: Claimed): Promise<void> {
    await this.sql.run('delivery-gone', DISABLE_GONE, [officeId, endpointId]);
  }

  /** How many of those over for `days` days were deleted; for each office and kind of end `limit` at most. */
  async forget(days: number, limit: number): Promise<number> {
    return (await this.sql.run('delivery-forget', FORGET, [days, limit])).length;
  }

  async backlog(): Promise<{ parked: number; age: number }> {
    const [row] = await this.sql.run<{ parked: number; age: number }>(null, BACKLOG, []);
    return { parked: row?.parked ?? 0, age: Math.max(0, row?.age ?? 0) };
  }
}
