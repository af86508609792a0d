/**
 * From the outbox to deliveries, in one transaction: a notice counts as relayed together with its rows or not at all. Taken
 * by status and SKIP LOCKED, never by "later than the last one seen": transactions commit out of order.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '../../db/sql.js';
import type { OutboxNotice, Plan, PlannedDigest } from './plan.js';

export interface OutboxEndpoint {
  readonly officeId: string;
  readonly id: string;
}

/** A delivery that was made, for the wake-up call. */
export interface Made {
  readonly id: string;
  readonly lane: string;
  readonly at: number;
}

const TAKE = `
SELECT n.office_id AS "officeId", n.id, n.kind, n.recipient_id AS "recipientId", o.calendar_version AS "calendarVersion",
  CASE WHEN a.email IS NOT NULL AND a.disabled_at IS NULL AND coalesce(p.email, true) THEN json_build_object(
    'warningsInHours', coalesce(p.email_warnings_in_hours, false), 'digest', coalesce(p.email_digest, 'off')) END AS email
FROM notices n JOIN offices o ON o.id = n.office_id
LEFT JOIN accounts a ON a.office_id = n.office_id AND a.id = n.recipient_id
LEFT JOIN notice_preferences p ON p.office_id = n.office_id AND p.account_id = n.recipient_id
WHERE NOT n.relayed ORDER BY n.created_at LIMIT $1 FOR UPDATE OF n SKIP LOCKED`;

const ENDPOINTS = `
SELECT office_id AS "officeId", id FROM webhook_endpoints
WHERE office_id = ANY($1::uuid[]) AND disabled_at IS NULL AND deleted_at IS NULL ORDER BY id`;

/** Whole milliseconds, as cursors have them. */
const NOW = 'SELECT floor(extract(epoch from alur_now()) * 1000)::float8 AS now';

/** One row for each notice, channel and endpoint, however often a notice is relayed. */
const MAKE = `
INSERT INTO deliveries (office_id, id, channel, endpoint_id, notice_id, lane, created_at, due_at, next_attempt_at)
SELECT d."officeId", gen_random_uuid(), d.channel, d."endpointId", d."noticeId", d.lane,
  to_timestamp($2 / 1000.0), to_timestamp(d.at / 1000.0), to_timestamp(d.at / 1000.0)
FROM json_to_recordset($1::json) AS d(
  "officeId" uuid, channel text, "endpointId" uuid, "noticeId" uuid, lane uuid, at float8)
ON CONFLICT DO NOTHING
RETURNING id, lane, (extract(epoch from next_attempt_at) * 1000)::float8 AS at`;

/**
 * The day's one mail, made by its first notice. The row is locked until the commit, and one whose sending has begun does
 * not come back: its notice goes into the next day's.
 */
const DIGEST = `
INSERT INTO deliveries AS d (office_id, id, channel, endpoint_id, digest_on, lane, created_at, due_at, next_attempt_at)
VALUES ($1, gen_random_uuid(), 'email', $2, $3::date, $4, to_timestamp($5 / 1000.0), to_timestamp($6 / 1000.0), to_timestamp($6 / 1000.0))
ON CONFLICT (endpoint_id, digest_on, office_id) WHERE digest_on IS NOT NULL
DO UPDATE SET created_at = d.created_at WHERE d.attempts = 0 AND d.status = 'pending'
RETURNING id, lane, (extract(epoch from next_attempt_at) * 1000)::float8 AS at`;

const COLLECT = `
INSERT INTO digest_notices (office_id, notice_id, delivery_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

const RELAYED = `
UPDATE notices n SET relayed = true FROM json_to_recordset($1::json) AS t("officeId" uuid, id uuid)
WHERE n.office_id = t."officeId" AND n.id = t.id`;

type Run = Sql['run'];

@Injectable()
export class RelayStore {
  constructor(private readonly sql: Sql) {}

  /** Relays up to `limit` notices by what `plan` says of them; how many, and the deliveries that came of it. */
  relay(
    limit: number,
    lane: string,
    plan: (notices: OutboxNotice[], endpoints: OutboxEndpoint[], now: number) => Promise<Plan[]>,
    laterDigest: (digest: PlannedDigest) => Promise<PlannedDigest>,
  ): Promise<{ taken: number; made: Made[] }> {
    return this.sql.transaction(async (run) => {
      const notices = await run<OutboxNotice>('outbox-take', TAKE, [limit]);
      if (notices.length === 0) return { taken: 0, made: [] };
      const [clock] = await run<{ now: number }>('outbox-now', NOW, []);
      const now = clock?.now ?? 0;
      const offices = [...new Set(notices.map(({ officeId }) => officeId))];
      const endpoints = await run<OutboxEndpoint>('outbox-endpoints', ENDPOINTS, [offices]);
      const plans = await plan(notices, endpoints, now);
      const deliveries = plans.flatMap((one) => one.deliveries);
      const made =
        deliveries.length === 0 ? [] : await run<Made>('outbox-make', MAKE, [JSON.stringify(deliveries), now]);
      for (const digest of plans.flatMap((one) => one.digests)) {
        made.push(await collect(run, lane, digest, now, laterDigest));
      }
      await run('outbox-relayed', RELAYED, [JSON.stringify(notices.map(({ officeId, id }) => ({ officeId, id })))]);
      return { taken: notices.length, made };
    });
  }
}

async function collect(
  run: Run,
  lane: string,
  digest: PlannedDigest,
  now: number,
  later: (digest: PlannedDigest) => Promise<PlannedDigest>,
): Promise<Made> {
  const { officeId, endpointId, noticeId, on, at } = digest;
  const [found] = await run<Made>('outbox-digest', DIGEST, [officeId, endpointId, on, lane, now, at]);
  if (!found) return collect(run, lane, await later(digest), now, later);
  await run('outbox-collect', COLLECT, [officeId, noticeId, found.id]);
  return found;
}
