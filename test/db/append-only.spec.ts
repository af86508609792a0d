/** H3: history can only grow. Twice over: the application may not change it, and nobody else can without unlocking it. */
import { Client } from 'pg';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { countOf } from '../support/log.js';

const REFUSED = { code: '42501', message: 'history is append-only' };
/** Any column that can be set to itself. */
const COLUMN = {
  log_entries: 'hash',
  log_tiles: 'root',
  log_checkpoints: 'note',
  log_keys: 'verifier_key',
  records: 'entry',
} as const;

let server: TestApp;
let app: Client;
beforeAll(async () => {
  server = await startApp();
  const { id } = await server.http.driveTo('headDisposition');
  await server.http.get('inspektur', `/inspection/cases/${id}/export`);
  await server.database.owner.query(
    "INSERT INTO log_tiles VALUES (0, 9, decode(repeat('00', 8192), 'hex'), sha256('x'))",
  );
  await eventually('a checkpoint', () => countOf(server.database, 'log_checkpoints'));
  app = new Client({ connectionString: server.database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await server.stop();
});

const historyAsText = async () =>
  (
    await server.database.owner.query<{ all: string }>(
      'SELECT string_agg(h::text, chr(10) ORDER BY h) AS all FROM history h',
    )
  ).rows[0]?.all;

async function refusal(client: Client, statement: string): Promise<{ code?: string; message?: string }> {
  try {
    await client.query(statement);
    return { message: 'it was done' };
  } catch (error) {
    return error as { code?: string; message?: string };
  }
}

describe('the application’s own login', () => {
  it.each([
    "UPDATE history SET entry = entry || ' '",
    'UPDATE history SET at = now()',
    'UPDATE history SET hash = hash WHERE false',
    'DELETE FROM history',
    'DELETE FROM history WHERE false',
    'TRUNCATE history',
    'TRUNCATE history CASCADE',
    'MERGE INTO history h USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE',
    'SELECT 1 FROM history FOR UPDATE',
    'ALTER TABLE history DISABLE TRIGGER ALL',
    'DROP TRIGGER history_append_only ON history',
    'CREATE RULE quiet AS ON INSERT TO history DO INSTEAD NOTHING',
    'DROP TABLE history CASCADE',
    'CREATE TABLE public.mine (id int)',
    'ALTER TABLE history OWNER TO CURRENT_USER',
    'GRANT UPDATE ON history TO CURRENT_USER',
    "SET session_replication_role = 'replica'",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE OR REPLACE FUNCTION alur_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
  ])('is refused %s', async (statement) => {
    const before = await historyAsText();
    const { code, message } = await refusal(app, statement);
    // GRANT of what one does not hold is a warning, and grants nothing.
    if (statement.startsWith('GRANT'))
      expect(await refusal(app, 'UPDATE history SET at = at')).toMatchObject({ code: '42501' });
    else expect([code, message]).toEqual(['42501', expect.stringMatching(/denied|must be owner/)]);
    expect(await historyAsText()).toBe(before);
  });

  it.each([
    'UPDATE agenda_entries SET seq = seq + 1',
    'DELETE FROM agenda_entries',
    "UPDATE case_payloads SET data = '{}'",
    "UPDATE case_applicants SET data = '{}'",
    "UPDATE calendars SET data = '{}'",
    "UPDATE notices SET text_id = ''",
    'DELETE FROM notices',
    'DELETE FROM personal_reads',
    'UPDATE personal_reads SET at = now()',
    'DELETE FROM cases',
    'DELETE FROM counters',
    'DELETE FROM accounts',
    'DELETE FROM migrations',
  ])('nor may it %s', async (statement) => {
    expect(await refusal(app, statement)).toMatchObject({ code: '42501' });
  });
});

/** The log that proves history, and records of what was done with it. */
describe.each(Object.entries(COLUMN))('%s', (table, column) => {
  const changes = [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`];
  const rowsOf = async () =>
    (await server.database.owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n;

  it.each([
    ...changes,
    `SELECT 1 FROM ${table} FOR UPDATE`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    `DROP TRIGGER ${table}_append_only ON ${table}`,
    `CREATE RULE quiet AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
    `DROP TABLE ${table} CASCADE`,
  ])('cannot be changed by the application’s own login: %s', async (statement) => {
    const { code, message } = await refusal(app, statement);
    expect([code, message]).toEqual(['42501', expect.stringMatching(/denied|must be owner/)]);
  });

  it('has rows here, and keeps them from the owner, the superuser and replication', async () => {
    const before = await rowsOf();
    expect(before).toBeGreaterThan(0);
    const { owner } = server.database;
    for (const role of ['origin', 'replica']) {
      await owner.query(`SET session_replication_role = '${role}'`);
      for (const change of changes)
        expect([change, await refusal(owner, change)]).toEqual([change, expect.objectContaining(REFUSED)]);
    }
    await owner.query('RESET session_replication_role');
    expect(await rowsOf()).toBe(before);
  });
});

describe('the owner and the superuser', () => {
  it.each([
    "UPDATE history SET entry = entry || ' ' WHERE seq = 1",
    'UPDATE history SET at = at',
    'DELETE FROM history WHERE seq = 2',
    'TRUNCATE history',
    "INSERT INTO history SELECT * FROM history ON CONFLICT (office_id, case_id, seq) DO UPDATE SET entry = ''",
  ])('meet the trigger at %s', async (statement) => {
    expect(await refusal(server.database.owner, statement)).toMatchObject(REFUSED);
  });

  it('meet it as replication does, too: the triggers are ENABLE ALWAYS', async () => {
    const { owner } = server.database;
    await owner.query("SET session_replication_role = 'replica'");
    expect(await refusal(owner, 'DELETE FROM history')).toMatchObject(REFUSED);
    expect(await refusal(owner, 'TRUNCATE history')).toMatchObject(REFUSED);
    await owner.query('RESET session_replication_role');
  });
});
