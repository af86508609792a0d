/** Looks at the database before serving from it: right version, and hands too weak to change history. */
import { Client } from 'pg';
import { MIGRATIONS } from './data-source.js';

/** The message is one line that says what to do. */
export class DatabaseRefused extends Error {}

const POWERS = `
SELECT r.rolsuper AS superuser,
  -- Who owns the schema may drop its tables.
  coalesce((SELECT bool_or(pg_has_role(current_user, holder, 'MEMBER'))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY[c.relowner, n.nspowner]) AS holder
    WHERE c.oid = to_regclass('public.history')), false) AS owner,
  coalesce(has_table_privilege(current_user, to_regclass('public.history'), 'DELETE, TRUNCATE, TRIGGER')
    OR has_any_column_privilege(current_user, to_regclass('public.history'), 'UPDATE'), false) AS writer
FROM pg_roles r WHERE r.rolname = current_user`;

export async function guardDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new DatabaseRefused(`Cannot reach the database ${host}${pathname}: ${(error as Error).message}`);
  }
  try {
    const { rows } = await client.query<{ superuser: boolean; owner: boolean; writer: boolean }>(POWERS);
    const power = rows[0];
    if (power?.superuser || power?.owner || power?.writer) {
      const as = power.superuser ? 'a superuser' : power.owner ? "the tables' owner" : 'a role that may change history';
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
