/** Sign-ins and their refresh tokens. A refresh token is spent by the statement that reads it: two cannot both succeed. */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { Sql } from '../db/sql.js';
import { hashSecret } from './passwords.js';

export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly secondsLeft: number;
}

/** What somebody has shown that they know: the password of this hash, or this secret. */
export interface Checked {
  readonly accountId: string;
  readonly passwordHash: string;
  readonly secretId: string | null;
}

const COLUMNS = `id, account_id AS "accountId", floor(date_part('epoch', expires_at - alur_now()))::int AS "secondsLeft"`;

/**
 * The slow hash takes long enough for the password to be changed meanwhile. So what was checked is held here, or is gone; who
 * changes it takes the same row first and then ends what was opened under it (`Sql.afterLock`).
 */
const OPEN = `
WITH account AS (
  SELECT office_id, id FROM accounts WHERE id = $1 AND password_hash = $6 AND disabled_at IS NULL FOR SHARE),
secret AS (
  SELECT s.id, s.expires_at FROM account a JOIN client_secrets s ON s.office_id = a.office_id AND s.id = $5
  WHERE s.revoked_at IS NULL FOR SHARE OF s),
session AS (
  INSERT INTO sessions (office_id, id, account_id, expires_at, secret_id)
  SELECT a.office_id, $2, a.id, least(alur_now() + $3 * interval '1 hour', s.expires_at), s.id
  FROM account a LEFT JOIN secret s ON true WHERE $5 IS NULL OR s.id IS NOT NULL
  RETURNING office_id, ${COLUMNS}),
token AS (INSERT INTO refresh_tokens (hash, office_id, session_id) SELECT $4, office_id, id FROM session)
SELECT id, "accountId", "secondsLeft" FROM session`;

const REFRESH = `
WITH spent AS (
  UPDATE refresh_tokens SET used_at = alur_now() WHERE hash = $1 AND used_at IS NULL RETURNING office_id, session_id),
live AS (
  SELECT s.* FROM spent t JOIN sessions s ON s.office_id = t.office_id AND s.id = t.session_id
  JOIN accounts a ON a.office_id = s.office_id AND a.id = s.account_id
  WHERE s.ended_at IS NULL AND s.expires_at > alur_now() AND a.disabled_at IS NULL AND NOT a.must_change_password),
token AS (INSERT INTO refresh_tokens (hash, office_id, session_id) SELECT $2, office_id, id FROM live)
SELECT ${COLUMNS} FROM live`;

/** A token that comes a second time: the thief and the owner cannot be told apart, so both are signed out. */
const REUSED = `
UPDATE sessions s SET ended_at = alur_now(), ended_because = 'token-reused' FROM refresh_tokens t
WHERE t.hash = $1 AND t.used_at IS NOT NULL AND s.office_id = t.office_id AND s.id = t.session_id AND s.ended_at IS NULL
RETURNING s.id`;

const END = `
UPDATE sessions SET ended_at = alur_now(), ended_because = 'signed-out'
WHERE office_id = (SELECT office_id FROM accounts WHERE id = $1) AND account_id = $1 AND id = $2
  AND ended_at IS NULL`;

@Injectable()
export class SessionStore {
  constructor(
    private readonly sql: Sql,
    private readonly config: AppConfig,
  ) {}

  /** By a client's secret it lasts no longer than the secret. Null where what was checked is no longer good. */
  async open(
    { accountId, passwordHash, secretId }: Checked,
    id: string,
    refreshToken: string,
  ): Promise<Session | null> {
    const values = [accountId, id, this.config.sessionHours, hashSecret(refreshToken), secretId, passwordHash];
    const [session] = await this.sql.run<Session>('session-open', OPEN, values);
    return session ?? null;
  }

  /** The session goes on under the next token; null where the token is unknown, spent, or its session is over. */
  async refresh(token: string, next: string): Promise<Session | null> {
    const [session] = await this.sql.run<Session>('session-refresh', REFRESH, [hashSecret(token), hashSecret(next)]);
    return session ?? null;
  }

  /** True where a spent token came again and its session was ended for it. */
  async endReused(token: string): Promise<boolean> {
    return (await this.sql.run('session-reused', REUSED, [hashSecret(token)])).length > 0;
  }

  async end(accountId: string, sessionId: string): Promise<void> {
    await this.sql.run('session-end', END, [accountId, sessionId]);
  }
}
