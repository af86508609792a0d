/** Webhook endpoints of an office, and what is to be said to one of them. A deleted one stays as a name for its deliveries. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AdminStore, type Author } from '../../admin/admin.store.js';
import { isoOf } from '../../db/iso.js';
import { Sql } from '../../db/sql.js';
import type { EventFacts } from './event.js';

export interface Endpoint {
  readonly id: string;
  readonly label: string;
  readonly url: string;
  readonly enabled: boolean;
  /** An endpoint of the inspectorate: it gets checkpoints and integrity alarms as well. */
  readonly evidence: boolean;
  readonly disabledBecause: 'ADMIN' | 'GONE' | null;
  readonly createdAt: string;
  /** Until then each message carries a signature by the secret before this one as well. */
  readonly previousSecretUntil: string | null;
}

/** Everything one try needs. */
export interface Message extends Pick<EventFacts, 'notice' | 'checkpoint' | 'alarm'> {
  readonly endpointId: string;
  readonly url: string;
  readonly disabled: boolean;
  readonly secret: Buffer | null;
  readonly previousSecret: Buffer | null;
  readonly occurredAt: string;
  readonly now: number;
}

export interface EndpointChange {
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly evidence?: boolean | undefined;
}

const COLUMNS = `
  id, label, url, disabled_at IS NULL AS enabled, evidence, disabled_because AS "disabledBecause", ${isoOf('created_at')} AS "createdAt",
  CASE WHEN previous_until > (SELECT alur_now()) THEN ${isoOf('previous_until')} END AS "previousSecretUntil"`;

const LIST = `
SELECT ${COLUMNS} FROM webhook_endpoints
WHERE office_id = $1 AND deleted_at IS NULL AND ($2::uuid IS NULL OR id = $2) ORDER BY created_at, id`;

/** The office's row is the lock under which its endpoints are counted. */
const LOCK = 'SELECT id FROM offices WHERE id = $1 FOR UPDATE';
const COUNT = `
SELECT count(*)::int AS n, (min(id::text) FILTER (WHERE url = $2 AND id IS DISTINCT FROM $3::uuid)) AS same
FROM webhook_endpoints WHERE office_id = $1 AND deleted_at IS NULL`;

/** Changes are recorded (AdminStore): `$1` the office, `$2` who, `$3` the action. No secret is in a record. */
const CREATE = `
changed AS (
  INSERT INTO webhook_endpoints (office_id, id, label, url, secret, created_at, evidence)
  VALUES ($1, $4, $5, $6, $7, date_trunc('milliseconds', alur_now()), $8)
  RETURNING id, NULL::jsonb AS old, jsonb_build_object('label', label, 'url', url, 'evidence', evidence) AS new)`;

const FIND = 'SELECT * FROM webhook_endpoints WHERE office_id = $1 AND id = $4 AND deleted_at IS NULL FOR UPDATE';
const shown = (row: string) =>
  `jsonb_build_object('label', ${row}.label, 'url', ${row}.url, 'enabled', ${row}.disabled_at IS NULL,
    'evidence', ${row}.evidence)`;

const CHANGE = `
before AS (${FIND}),
changed AS (
  UPDATE webhook_endpoints e SET label = coalesce($5::text, b.label), url = coalesce($6::text, b.url),
    evidence = coalesce($8::boolean, b.evidence),
    disabled_at = CASE WHEN $7::boolean IS NULL THEN b.disabled_at WHEN NOT $7 THEN coalesce(b.disabled_at, alur_now()) END,
    disabled_because =
      CASE WHEN $7 IS NULL THEN b.disabled_because WHEN NOT $7 THEN coalesce(b.disabled_because, 'ADMIN') END,
    held_until = CASE WHEN $6 IS NULL AND $7 IS NOT TRUE THEN b.held_until END
  FROM before b WHERE e.office_id = b.office_id AND e.id = b.id
  RETURNING e.id, ${shown('b')} AS old, ${shown('e')} AS new)`;

const ROTATE = `
before AS (${FIND}),
changed AS (
  UPDATE webhook_endpoints e SET previous_secret = b.secret, secret = $5,
    previous_until = (SELECT alur_now()) + make_interval(hours => $6::int)
  FROM before b WHERE e.office_id = b.office_id AND e.id = b.id
  RETURNING e.id, NULL::jsonb AS old, jsonb_build_object('overlapHours', $6::int) AS new)`;

const DELETE = `
before AS (${FIND}),
changed AS (
  UPDATE webhook_endpoints e
  SET deleted_at = alur_now(), secret = NULL, previous_secret = NULL, previous_until = NULL
  FROM before b WHERE e.office_id = b.office_id AND e.id = b.id
  RETURNING e.id, ${shown('b')} AS old, NULL::jsonb AS new)`;

const TEST = `
INSERT INTO deliveries (office_id, id, channel, endpoint_id, lane, created_at, due_at, next_attempt_at)
SELECT e.office_id, gen_random_uuid(), 'webhook', e.id, e.id, t.now, t.now, t.now
FROM webhook_endpoints e, (SELECT date_trunc('milliseconds', alur_now()) AS now) AS t
WHERE e.office_id = $1 AND e.id = $2 AND e.deleted_at IS NULL RETURNING id`;

const MESSAGE = `
SELECT e.id AS "endpointId", e.url, e.disabled_at IS NOT NULL AS disabled, e.secret,
  CASE WHEN e.previous_until > (SELECT alur_now()) THEN e.previous_secret END AS "previousSecret",
  ${isoOf('coalesce(n.created_at, d.created_at)')} AS "occurredAt",
  (extract(epoch from (SELECT alur_now())) * 1000)::float8 AS now,
  CASE WHEN n.id IS NOT NULL THEN json_build_object('id', n.id, 'kind', n.kind, 'level', n.level, 'caseId', n.case_id,
    'recipientId', n.recipient_id) END AS notice,
  CASE WHEN k.size IS NOT NULL THEN json_build_object('size', k.size, 'note', k.note) END AS checkpoint,
  CASE WHEN i.id IS NOT NULL THEN json_build_object('id', i.id, 'source', i.source, 'caseId', i.case_id,
    'differences', i.differences) END AS alarm
FROM deliveries d JOIN webhook_endpoints e ON e.office_id = d.office_id AND e.id = d.endpoint_id
LEFT JOIN notices n ON n.office_id = d.office_id AND n.id = d.notice_id
LEFT JOIN log_checkpoints k ON k.size = d.checkpoint_size
LEFT JOIN integrity_alarms i ON i.office_id = d.office_id AND i.id = d.alarm_id
WHERE d.office_id = $1 AND d.id = $2`;

@Injectable()
export class EndpointStore {
  constructor(
    private readonly sql: Sql,
    private readonly admin: AdminStore,
  ) {}

  list(officeId: string): Promise<Endpoint[]> {
    return this.sql.run('webhooks', LIST, [officeId, null]);
  }

  /** What stands in the way: as many as there may be, or one with that address already. */
  create(
    by: Author,
    { label, url, evidence }: { label: string; url: string; evidence: boolean },
    seal: (id: string) => Buffer,
    most: number,
  ): Promise<{ made: Endpoint } | { same: string | null }> {
    return this.sql.transaction(async (run) => {
      await run('webhook-lock', LOCK, [by.officeId]);
      const [found] = await run<{ n: number; same: string | null }>('webhook-count', COUNT, [by.officeId, url, null]);
      if (!found || found.same !== null || found.n >= most) return { same: found?.same ?? null };
      const id = randomUUID();
      await this.admin.change(by, 'create-webhook', CREATE, [id, label, url, seal(id), evidence], run);
      const [made] = await run<Endpoint>('webhooks', LIST, [by.officeId, id]);
      return { made: made as Endpoint };
    });
  }

  /** `made` is null where there is none; `same`: another endpoint of the office has that address. */
  change(
    by: Author,
    id: string,
    {
      label = null,
      url = null,
      enabled = null,
      evidence = null,
    }: Partial<Record<keyof EndpointChange, string | boolean | null>>,
  ): Promise<{ made: Endpoint | null } | { same: string }> {
    return this.sql.transaction(async (run) => {
      if (url !== null) {
        await run('webhook-lock', LOCK, [by.officeId]);
        const [found] = await run<{ same: string | null }>('webhook-count', COUNT, [by.officeId, url, id]);
        if (found?.same) return { same: found.same };
      }
      const values = [id, label, url, enabled, evidence];
      const [changed] = await this.admin.change(by, 'change-webhook', CHANGE, values, run);
      const [made] = changed ? await run<Endpoint>('webhooks', LIST, [by.officeId, id]) : [];
      return { made: made ?? null };
    });
  }

  rotate(by: Author, id: string, sealed: Buffer, overlapHours: number): Promise<Endpoint | null> {
    return this.changed(by, 'rotate-webhook-secret', ROTATE, [id, sealed, overlapHours]);
  }

  /** False where there is none. What still waits for it is refused when its time comes. */
  async delete(by: Author, id: string): Promise<boolean> {
    return (await this.admin.change(by, 'delete-webhook', DELETE, [id])).length > 0;
  }

  /** The id of a test message's delivery. */
  async test(officeId: string, id: string): Promise<string | null> {
    const [row] = await this.sql.run<{ id: string }>('webhook-test', TEST, [officeId, id]);
    return row?.id ?? null;
  }

  async message(officeId: string, deliveryId: string): Promise<Message | null> {
    const [row] = await this.sql.run<Message>('webhook-message', MESSAGE, [officeId, deliveryId]);
    return row ?? null;
  }

  private async changed(by: Author, action: string, parts: string, values: unknown[]): Promise<Endpoint | null> {
    const [id] = await this.admin.change(by, action, parts, values);
    if (id === undefined) return null;
    const [row] = await this.sql.run<Endpoint>('webhooks', LIST, [by.officeId, id]);
    return row ?? null;
  }
}
