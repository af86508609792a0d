/** Deliveries of one office as its admins see them, and the way back for those that were given up. */
import { Injectable } from '@nestjs/common';
import { isoOf } from '../../db/iso.js';
import { Sql } from '../../db/sql.js';

export const STATUSES = ['pending', 'sent', 'parked', 'refused'] as const;
export type Status = (typeof STATUSES)[number];

export interface ListedDelivery {
  readonly id: string;
  readonly channel: 'email' | 'webhook';
  /** The webhook's label; null for mail, whose address is nobody else's business. */
  readonly endpoint: { readonly id: string; readonly label: string | null };
  readonly noticeId: string | null;
  readonly checkpointSize: number | null;
  readonly alarmId: string | null;
  readonly status: Status;
  readonly attempts: number;
  readonly lastResult: string | null;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly finishedAt: string | null;
}

export interface Before {
  readonly at: number;
  readonly id: string;
}

export interface Woken {
  readonly id: string;
  readonly lane: string;
}

const COLUMNS = `
  d.id, d.channel, json_build_object('id', d.endpoint_id, 'label', (SELECT e.label FROM webhook_endpoints e
    WHERE e.office_id = d.office_id AND e.id = d.endpoint_id)) AS endpoint, d.notice_id AS "noticeId",
  d.checkpoint_size::float8 AS "checkpointSize", d.alarm_id AS "alarmId", d.status,
  d.attempts, d.last_result AS "lastResult", ${isoOf('d.created_at')} AS "createdAt",
  ${isoOf('d.next_attempt_at')} AS "nextAttemptAt", ${isoOf('d.finished_at')} AS "finishedAt"`;

const LIST = `
SELECT ${COLUMNS} FROM deliveries d
WHERE d.office_id = $1 AND d.status = $2
  AND ($3::float8 IS NULL OR (d.created_at, d.id) < (to_timestamp($3 / 1000.0), $4::uuid))
ORDER BY d.created_at DESC, d.id DESC LIMIT $5`;

const ONE = `SELECT ${COLUMNS} FROM deliveries d WHERE d.office_id = $1 AND d.id = $2`;

const AFRESH = `
status = 'pending', attempts = 0, next_attempt_at = alur_now(), due_at = alur_now(), finished_at = NULL`;

const RETRY = `
UPDATE deliveries SET ${AFRESH} WHERE office_id = $1 AND id = $2 AND status IN ('parked', 'refused') RETURNING id, lane`;

/**
 * What is over since `$2` is not taken again: a retry that fails at once would come round for ever. A test message says
 * nothing to anybody, and nobody is at a deleted endpoint.
 */
const RETRY_SOME = `
WITH batch AS MATERIALIZED (
  SELECT d.office_id, d.id FROM deliveries d
  WHERE d.office_id = $1 AND d.status IN ('parked', 'refused') AND d.finished_at <= $2
    AND (d.notice_id IS NOT NULL OR d.digest_on IS NOT NULL)
    AND (d.channel <> 'webhook' OR EXISTS (SELECT 1 FROM webhook_endpoints e
      WHERE e.office_id = d.office_id AND e.id = d.endpoint_id AND e.deleted_at IS NULL))
  LIMIT $3 FOR UPDATE OF d SKIP LOCKED)
UPDATE deliveries d SET ${AFRESH} FROM batch b WHERE d.office_id = b.office_id AND d.id = b.id RETURNING d.id, d.lane`;

const NOW = 'SELECT alur_now()::text AS now';

const THESE = `
SELECT ${COLUMNS} FROM deliveries d WHERE d.office_id = $1 AND d.id = ANY($2::uuid[]) ORDER BY d.created_at DESC, d.id DESC`;

@Injectable()
export class DeliveryListStore {
  constructor(private readonly sql: Sql) {}

  list(officeId: string, status: Status, before: Before | null, limit: number): Promise<ListedDelivery[]> {
    const values = [officeId, status, before?.at ?? null, before?.id ?? null, limit];
    return this.sql.run('deliveries', LIST, values);
  }

  async one(officeId: string, id: string): Promise<ListedDelivery | null> {
    const [row] = await this.sql.run<ListedDelivery>('delivery', ONE, [officeId, id]);
    return row ?? null;
  }

  /** With the same message id as before: a receiver that has it after all knows it again. */
  retry(officeId: string, id: string): Promise<Woken[]> {
    return this.sql.run('delivery-retry', RETRY, [officeId, id]);
  }

  /** The instant up to which one retry of all goes. */
  async now(): Promise<string> {
    const [row] = await this.sql.run<{ now: string }>('delivery-now', NOW, []);
    return row?.now ?? '';
  }

  /** Of those over by `until`, so many at most. */
  retrySome(officeId: string, until: string, limit: number): Promise<Woken[]> {
    return this.sql.run('delivery-retry-some', RETRY_SOME, [officeId, until, limit]);
  }

  these(officeId: string, ids: readonly string[]): Promise<ListedDelivery[]> {
    return this.sql.run('deliveries-these', THESE, [officeId, ids]);
  }
}
