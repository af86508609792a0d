/** Keys and checkpoints as the database keeps them, for everybody to read; and on their way to those who keep them elsewhere. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import type { Run } from './log.store.js';
import { ENDPOINTS, INSPECTORS, MAILBOXES } from './outbox.sql.js';

export interface StoredCheckpoint {
  readonly size: number;
  readonly rootHex: string;
  readonly keyId: string;
  readonly note: string;
  readonly signedAt: Date;
}

export interface StoredKey {
  readonly keyId: string;
  readonly verifierKey: string;
  readonly fromSize: number;
  /** By the key before it; null for the first. */
  readonly endorsement: string | null;
  readonly addedAt: Date;
}

const COLUMNS = `
size::float8 AS size, encode(root, 'hex') AS "rootHex", key_id AS "keyId", note, signed_at AS "signedAt"`;
const LAST = `SELECT ${COLUMNS} FROM log_checkpoints ORDER BY log_checkpoints.size DESC LIMIT 1`;
const PAGE = `
SELECT ${COLUMNS} FROM log_checkpoints WHERE log_checkpoints.size < $1::bigint
ORDER BY log_checkpoints.size DESC LIMIT $2`;
const AGE = "SELECT date_part('epoch', alur_now() - $1::timestamptz) AS seconds";

/**
 * The checkpoint and its deliveries, in one statement: to each endpoint of the inspectorate, and to each inspector by mail
 * where the last such mail is old enough (`$5` hours; null, no mail).
 */
const ADD = `
WITH signed AS (
  INSERT INTO log_checkpoints (size, root, key_id, note) VALUES ($1, $2, $3, $4)
  RETURNING size, date_trunc('milliseconds', signed_at) AS at),
receivers AS (
  ${ENDPOINTS}
  UNION ALL
  SELECT m.* FROM (${MAILBOXES}) m
  WHERE $5::int IS NOT NULL AND m.endpoint_id IN (SELECT account_id FROM (${INSPECTORS}) i)
    AND NOT EXISTS (SELECT 1 FROM (SELECT d.created_at FROM deliveries d
        WHERE d.endpoint_id = m.endpoint_id AND d.checkpoint_size IS NOT NULL ORDER BY d.checkpoint_size DESC LIMIT 1) last
      WHERE last.created_at > (SELECT alur_now()) - make_interval(hours => $5)))
INSERT INTO deliveries (office_id, id, channel, endpoint_id, lane, checkpoint_size, created_at, due_at, next_attempt_at)
SELECT r.office_id, gen_random_uuid(), r.channel, r.endpoint_id, r.lane, s.size, s.at, s.at, s.at
FROM receivers r CROSS JOIN signed s`;
const KEYS = `
SELECT key_id AS "keyId", verifier_key AS "verifierKey", from_size::float8 AS "fromSize", endorsement,
  added_at AS "addedAt"
FROM log_keys ORDER BY log_keys.added_at`;
const ADD_KEY = 'INSERT INTO log_keys (key_id, verifier_key, from_size, endorsement) VALUES ($1, $2, $3, $4)';

@Injectable()
export class CheckpointStore {
  constructor(private readonly sql: Sql) {}

  async last(run: Run = this.run): Promise<StoredCheckpoint | null> {
    const [last] = await run<StoredCheckpoint>('checkpoint-last', LAST, []);
    return last ?? null;
  }

  /** Newest first, smaller than `below`. */
  page(below: number, limit: number): Promise<StoredCheckpoint[]> {
    return this.run('checkpoint-page', PAGE, [below, limit]);
  }

  /** By the database's clock. */
  async secondsSince(run: Run, instant: Date): Promise<number> {
    const [row] = await run<{ seconds: number }>('checkpoint-age', AGE, [instant]);
    return row?.seconds ?? 0;
  }

  /** Kept, and on its way, when the transaction commits. `mailHours`: so long between two mails; null, none. */
  async add(
    run: Run,
    { size, root, keyId, note }: { size: number; root: Buffer; keyId: string; note: string },
    mailHours: number | null,
  ): Promise<void> {
    await run('checkpoint-add', ADD, [size, root, keyId, note, mailHours]);
  }

  /** Oldest first: the last one signs. */
  keys(run: Run = this.run): Promise<StoredKey[]> {
    return run('log-keys', KEYS, []);
  }

  async addKey(run: Run, { keyId, verifierKey, fromSize, endorsement }: Omit<StoredKey, 'addedAt'>): Promise<void> {
    await run('log-key-add', ADD_KEY, [keyId, verifierKey, fromSize, endorsement]);
  }

  private readonly run: Run = (name, text, values) => this.sql.run(name, text, values);
}
