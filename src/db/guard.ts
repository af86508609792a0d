/** Looks at the database before serving from it: right version, and hands too weak to change history or the log over it. */
import { Client } from 'pg';
import { MIGRATIONS } from './data-source.js';

/** The message is one line that says what to do. */
export class DatabaseRefused extends Error {}

/** What only ever grows: history, and the log that proves it. */
const APPEND_ONLY = ['history', 'log_entries', 'log_tiles', 'log_checkpoints', 'log_keys', 'records'];

const POWERS = `
WITH kept AS (
  SELECT c.oid, c.relowner, n.nspowner, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relname = ANY($1))
SELECT r.rolsuper AS superuser,
  -- Who owns the schema may drop its tables.
  (SELECT coalesce(bool_or(pg_has_role(current_user, holder, 'MEMBER')), false)
    FROM kept, unnest(ARRAY[relowner, nspowner]) AS holder) AS owner,
  (SELECT min(relname) FROM kept WHERE has_table_privilege(current_user, oid, 'DELETE, TRUNCATE, TRIGGER')
    OR has_any_column_privilege(current_user, oid, 'UPDATE')) AS changes
FROM pg_roles r WHERE r.rolname = current_user`;

interface Powers {
  readonly superuser: boolean;
  readonly owner: boolean;
  /** A table that must only grow and that this login may change. */
  readonly changes: string | null;
}

export async function guardDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new DatabaseRefused(`Cannot reach the database ${host}${pathname}: ${(error as Error).message}`);
  }
  try {
    const { rows } = await client.query<Powers>(POWERS, [APPEND_ONLY]);
    const as = rows[0] ? tooStrong(rows[0]) : null;
    if (as !== null) {
      throw new DatabaseRefused(
        `DATABASE_URL logs in as ${as}: history would not be safe. Run "npm run migrate" with MIGRATION_DATABASE_URL ` +
          'as the owner and DATABASE_URL as a plain login; it creates that login (docs/operations.md).',
      );
    }
    const { rows: table } = await client.query<{ there: boolean }>(
      "SELECT to_regclass('public.migrations') IS NOT NULL AS there",
    );
    const applied = table[0]?.there ? (await client.query<{ name: string }>('SELECT name FROM migrations')).rows : [];
    const missing = MIGRATIONS.filter(({ name }) => !applied.some((one) => one.name === name));
    if (missing.length > 0) {
      throw new DatabaseRefused(`The database lacks ${missing.length} migration(s): run "npm run migrate" first.`);
    }
  } finally {
    await client.end();
  }
}

function tooStrong({ superuser, owner, changes }: Powers): string | null {
  if (superuser) return 'a superuser';
  if (owner) return "the tables' owner";
  return changes === null ? null : `a role that may change ${changes}`;
}
