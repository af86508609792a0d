/** Failed sign-ins as all processes see them. An attempt is counted before the password is looked at: none slips past. */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

/** Failures of one account from one address, and of one address whatever the account, that are taken before a lock. */
export const PAIR_FAILURES = 5;
const ADDRESS_FAILURES = 100;
export const LOCK_SECONDS = 900;

/** Once locked, an end stays where it is: who goes on guessing does not make it longer. */
const COUNT = `ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN t.ends_at <= alur_now() THEN 1 ELSE t.failures + 1 END,
    ends_at = CASE WHEN t.ends_at > alur_now() AND t.failures >= t.most THEN t.ends_at ELSE excluded.ends_at END
  RETURNING failures > most AS locked, ceil(date_part('epoch', ends_at - alur_now()))::int AS seconds`;

/** A locked pair no longer counts against its address: one forgetful program must not lock a whole office out. */
const BEGIN = `
WITH pair AS (
  INSERT INTO sign_in_attempts AS t (key, failures, most, ends_at)
  VALUES ($1, 1, ${PAIR_FAILURES}, alur_now() + ${LOCK_SECONDS} * interval '1 second') ${COUNT}),
address AS (
  INSERT INTO sign_in_attempts AS t (key, failures, most, ends_at)
  SELECT $2, 1, ${ADDRESS_FAILURES}, alur_now() + ${LOCK_SECONDS} * interval '1 second' FROM pair WHERE NOT locked ${COUNT})
SELECT max(seconds) FILTER (WHERE locked) AS "lockedSeconds" FROM (TABLE pair UNION ALL TABLE address) both_of_them`;

const SUCCEEDED = `
WITH pair AS (DELETE FROM sign_in_attempts WHERE key = $1)
UPDATE sign_in_attempts SET failures = greatest(failures - 1, 0) WHERE key = $2`;

const FORGET = `DELETE FROM sign_in_attempts WHERE ends_at < alur_now() - interval '1 hour'`;

const keyOf = (...parts: string[]) => createHash('sha256').update(JSON.stringify(parts)).digest();

@Injectable()
export class AttemptStore {
  constructor(private readonly sql: Sql) {}

  /** Counts the attempt as failed for now; the seconds it is locked for, or null where it may go on. */
  async begin(account: string, address: string): Promise<number | null> {
    const values = [keyOf(account, address), keyOf(address)];
    const [row] = await this.sql.run<{ lockedSeconds: number | null }>('sign-in-begin', BEGIN, values);
    return row?.lockedSeconds ?? null;
  }

  async succeeded(account: string, address: string): Promise<void> {
    await this.sql.run('sign-in-succeeded', SUCCEEDED, [keyOf(account, address), keyOf(address)]);
  }

  /** Long-ended counts. */
  async forget(): Promise<void> {
    await this.sql.run('sign-in-forget', FORGET, []);
  }
}
