/**
 * Brings a database to this version: roles, migrations, BullMQ's schema. Run by the owner, once per upgrade, before any
 * API or worker process starts; running it again changes nothing.
 */
import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';
import { renumberRestored } from './restored-notices.js';

/** Where BullMQ keeps its queues when there is no Redis. */
export const QUEUE_SCHEMA = 'bullmq';
/** Only one preparation at a time; any constant of our own does. */
const LOCK = 427_534_2018;

export interface Preparation {
  /** Owner of the tables: may create roles and schemas. */
  readonly ownerUrl: string;
  /** Login of the API and workers: created when missing, never an owner. */
  readonly appUrl: string;
  readonly say?: (line: string) => void;
}

/** How many migrations were applied. */
export async function prepareDatabase({ ownerUrl, appUrl, say = () => undefined }: Preparation): Promise<number> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await ensureRoles(owner, appUrl);
    const names = await migrate(ownerUrl);
    for (const name of names) say(`migrated ${name}`);
    if ((await renumberRestored(owner)) > 0) say("put the restored notices in this server's order");
    await owner.query(`GRANT SELECT ON migrations TO alur_app`);
    await runMigrations(owner, QUEUE_SCHEMA);
    await owner.query(`
      GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO alur_app;
      GRANT ALL ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO alur_app;
      GRANT ALL ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO alur_app;
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO alur_app;`);
    return names.length;
  } finally {
    await owner.end();
  }
}

async function migrate(ownerUrl: string): Promise<string[]> {
  const source = await new DataSource(dataSourceOptions(ownerUrl, 2, 0)).initialize();
  try {
    return (await source.runMigrations()).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}

/**
 * Every statement of the program finds its rows by an index, whatever the table's size: a plan made while a table was
 * small must not live on after it has grown. Reports that read much may set them back for their own transaction. They
 * belong to the role and not to the connection, so that they hold behind a pooler too.
 */
const SETTINGS = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
  // Less than the client waits (data-source.ts): a slow statement is told apart from a dead connection.
  statement_timeout: "'7s'",
  // Whoever hangs in the middle of a transaction, or behind a pulled cable, must let go of the cases they hold.
  idle_in_transaction_session_timeout: "'5s'",
} as const;

/** `alur_app` carries the grants; the login named in the application's URL is a member of it. */
async function ensureRoles(owner: Client, appUrl: string): Promise<void> {
  const { username, password } = new URL(appUrl);
  const login = decodeURIComponent(username);
  await createRole(owner, 'alur_app', 'NOLOGIN');
  // Sees one office at a time: reads go into it for the length of a transaction (db/sql.ts).
  await createRole(owner, 'alur_office', 'NOLOGIN');
  const secret = owner.escapeLiteral(decodeURIComponent(password));
  await createRole(owner, login, password ? `LOGIN PASSWORD ${secret}` : 'LOGIN');
  const role = owner.escapeIdentifier(login);
  await owner.query(`GRANT alur_app, alur_office TO ${role}`);
  for (const [name, value] of Object.entries(SETTINGS)) await owner.query(`ALTER ROLE ${role} SET ${name} = ${value}`);
}

async function createRole(owner: Client, name: string, options: string): Promise<void> {
  const { rowCount } = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) await owner.query(`CREATE ROLE ${owner.escapeIdentifier(name)} ${options}`);
}
