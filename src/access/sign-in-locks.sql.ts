/**
 * Rows that a sign-in is opened under (sessions.store.ts) and that whoever ends sign-ins takes first: `$1` the office, `$2` its id.
 */
const lock = (table: string) => `SELECT id FROM ${table} WHERE office_id = $1 AND id = $2 FOR NO KEY UPDATE`;

export const LOCK_ACCOUNT = lock('accounts');
export const LOCK_SECRET = lock('client_secrets');
