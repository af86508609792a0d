/** What nobody asks for any more: sign-ins long over with their refresh tokens, old refused attempts, counts of past minutes. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

/** After the end a sign-in could have had: who was signed in when can be asked for that long. */
export const SIGN_IN_DAYS = 90;
/** The audit report can look back three years. */
export const REFUSED_DAYS = 1096;
const COUNTED_MINUTES = 60;

const AGO = (what: string) => `(SELECT alur_now() - ${what})`;

const SIGN_INS = `
WITH old AS MATERIALIZED (
  SELECT office_id, id FROM sessions WHERE expires_at < ${AGO(`interval '${SIGN_IN_DAYS} days'`)}
  ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED),
tokens AS (DELETE FROM refresh_tokens t USING old WHERE t.office_id = old.office_id AND t.session_id = old.id)
DELETE FROM sessions s USING old WHERE s.office_id = old.office_id AND s.id = old.id RETURNING 1`;

const REFUSED = `
WITH old AS MATERIALIZED (
  SELECT r.row FROM offices o CROSS JOIN LATERAL (
    SELECT ctid AS row FROM refused_attempts
    WHERE office_id = o.id AND minute < ${AGO(`interval '${REFUSED_DAYS} days'`)}
    ORDER BY minute LIMIT $1 FOR UPDATE SKIP LOCKED) r)
DELETE FROM refused_attempts r USING old WHERE r.ctid = old.row RETURNING 1`;

const COUNTS = `
WITH old AS MATERIALIZED (
  SELECT key FROM request_counts
  WHERE minute < (SELECT floor(date_part('epoch', alur_now()) / 60) - ${COUNTED_MINUTES}) LIMIT $1 FOR UPDATE SKIP LOCKED)
DELETE FROM request_counts c USING old WHERE c.key = old.key RETURNING 1`;

const FORGET = { 'sign-ins-forget': SIGN_INS, 'refused-forget': REFUSED, 'counts-forget': COUNTS };

@Injectable()
export class OldRowStore {
  constructor(private readonly sql: Sql) {}

  /** Up to `limit` of each kind (of refused attempts, for each office); true where there may be more. */
  async forget(limit: number): Promise<boolean> {
    let isMore = false;
    for (const [name, text] of Object.entries(FORGET)) {
      if ((await this.sql.run(name, text, [limit])).length >= limit) isMore = true;
    }
    return isMore;
  }
}
