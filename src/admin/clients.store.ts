/** Secrets of client applications: several may live side by side, so that the next one is in use before the last one ends. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LOCK_SECRET } from '../access/sign-in-locks.sql.js';
import { Sql } from '../db/sql.js';
import { AdminStore, type Author } from './admin.store.js';

export interface SecretItem {
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

const LIST = `
SELECT id, created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"
FROM client_secrets WHERE office_id = $1 AND account_id = $2 AND ($3::uuid IS NULL OR (created_at, id) <
  (SELECT created_at, id FROM client_secrets WHERE office_id = $1 AND id = $3::uuid))
ORDER BY created_at DESC, id DESC LIMIT $4`;

/** The client's row is the lock under which its secrets are counted. */
const LOCK = "SELECT id FROM accounts WHERE office_id = $1 AND id = $2 AND kind = 'client' FOR NO KEY UPDATE";
const LIVE = `
SELECT count(*)::int AS n FROM client_secrets
WHERE office_id = $1 AND account_id = $2 AND revoked_at IS NULL AND expires_at > alur_now()`;

const ADD = `
changed AS (
INSERT INTO client_secrets (office_id, id, account_id, hash, expires_at)
SELECT office_id, $5::uuid, id, $6::bytea, alur_now() + $7::int * interval '1 day'
FROM accounts WHERE office_id = $1 AND id = $4 AND kind = 'client'
RETURNING id, NULL::jsonb AS old, jsonb_build_object('client', account_id, 'expiresAt', expires_at) AS new)`;

const REVOKE = `
secret AS (
  UPDATE client_secrets SET revoked_at = alur_now()
  WHERE office_id = $1 AND account_id = $4 AND id = $5 AND revoked_at IS NULL RETURNING id, account_id),
ended AS (
  UPDATE sessions s SET ended_at = alur_now(), ended_because = 'revoked' FROM secret c
  WHERE s.office_id = $1 AND s.account_id = c.account_id AND s.secret_id = c.id AND s.ended_at IS NULL),
changed AS (SELECT id, '{"revoked": false}'::jsonb AS old, '{"revoked": true}'::jsonb AS new FROM secret)`;

@Injectable()
export class ClientsStore {
  constructor(
    private readonly store: AdminStore,
    private readonly sql: Sql,
  ) {}

  secrets(officeId: string, clientId: string, after: string | null, rows: number): Promise<SecretItem[]> {
    return this.store.read('admin-secrets', LIST, [officeId, clientId, after, rows]);
  }

  /** Null where there is no such client; `false` where it has `most` live ones. */
  addSecret(by: Author, clientId: string, hash: Buffer, days: number, most: number): Promise<string | false | null> {
    return this.sql.transaction(async (run) => {
      const [client] = await run('client-lock', LOCK, [by.officeId, clientId]);
      if (!client) return null;
      const [live] = await run<{ n: number }>('client-live-secrets', LIVE, [by.officeId, clientId]);
      if (!live || live.n >= most) return false;
      const values = [clientId, randomUUID(), hash, days];
      return (await this.store.change(by, 'add-secret', ADD, values, run))[0] ?? null;
    });
  }

  async revoke(by: Author, clientId: string, secretId: string): Promise<boolean> {
    const values = [clientId, secretId];
    const lock = [LOCK_SECRET, secretId] as const;
    return (await this.store.changeLocked(by, 'revoke-secret', lock, REVOKE, values)).length > 0;
  }
}
