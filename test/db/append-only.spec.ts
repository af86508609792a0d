/** H3: history cannot be changed by the program, nor in passing by its owner; and over-powered logins are not served. */
import { Client } from 'pg';
import { guardDatabase } from '../../src/db/guard.js';
import { startApp, type TestApp } from '../support/app.js';

let server: TestApp;
let app: Client;

beforeAll(async () => {
  server = await startApp();
  await server.http.driveTo('registration');
  app = new Client({ connectionString: server.database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await server.stop();
});

const CHANGES = [
  'UPDATE history SET at = now()',
  "UPDATE history SET entry = ''",
  'DELETE FROM history',
  'TRUNCATE history',
  'TRUNCATE history CASCADE',
];

describe('history', () => {
  it.each(CHANGES)('refuses the application: %s', async (change) => {
    await expect(app.query(change)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(CHANGES)('refuses even a superuser who forgets himself: %s', async (change) => {
    const { owner } = server.database;
    await expect(owner.query(change)).rejects.toThrow('history is append-only');
    // A replica's session skips ordinary triggers, not these.
    await owner.query('SET session_replication_role = replica');
    await expect(owner.query(change)).rejects.toThrow('history is append-only');
    await owner.query('RESET session_replication_role');
  });

  it.each([
    'ALTER TABLE history DISABLE TRIGGER ALL',
    'DROP TRIGGER history_append_only ON history',
    'DROP TABLE history',
    'CREATE TABLE public.mine (id int)',
    'GRANT UPDATE ON history TO PUBLIC',
    'DELETE FROM cases',
    'DELETE FROM agenda_entries',
    "UPDATE agenda_entries SET letter = '{}'",
    'DELETE FROM notices',
  ])('leaves the application no way around: %s', async (statement) => {
    const before = await server.database.owner.query('SELECT relacl FROM pg_class WHERE oid = $1::regclass', [
      'history',
    ]);
    // A grant by somebody who may not give it is a warning in PostgreSQL, not an error: what counts is what stands after.
    await app.query(statement).catch(() => undefined);
    const after = await server.database.owner.query('SELECT relacl FROM pg_class WHERE oid = $1::regclass', [
      'history',
    ]);
    expect(after.rows).toEqual(before.rows);
    const { rows } = await server.database.owner.query<{ triggers: number; rows: number }>(`
      SELECT (SELECT count(*)::int FROM pg_trigger WHERE tgrelid = 'history'::regclass AND tgenabled = 'A') AS triggers,
        (SELECT count(*)::int FROM cases) + (SELECT count(*)::int FROM history) AS rows`);
    expect(rows[0]).toEqual({ triggers: 2, rows: 3 });
  });
});

describe('a login that is too strong', () => {
  it('is refused as superuser', async () => {
    await expect(guardDatabase(server.database.superuserUrl)).rejects.toThrow(/as a superuser.*npm run migrate/);
  });

  it('is refused as a member of the owner', async () => {
    const { owner } = server.database;
    const login = `strong_${process.pid}`;
    await owner.query(`CREATE ROLE ${login} LOGIN PASSWORD 'strong'`);
    const url = new URL(server.database.appUrl);
    url.username = login;
    url.password = 'strong';
    await owner.query(`GRANT alur_app TO ${login}`);
    await expect(guardDatabase(url.href)).resolves.toBeUndefined();
    await owner.query(`GRANT UPDATE ON history TO ${login}`);
    await expect(guardDatabase(url.href)).rejects.toThrow('as a role that may change history');
    await owner.query(`REVOKE UPDATE ON history FROM ${login}`);
    await owner.query(`ALTER TABLE history OWNER TO ${login}`);
    await expect(guardDatabase(url.href)).rejects.toThrow("as the tables' owner");
    await owner.query('ALTER TABLE history OWNER TO CURRENT_USER');
    await owner.query(`DROP OWNED BY ${login}`);
    await owner.query(`DROP ROLE ${login}`);
  });

  it('is told to migrate where the database is not of this version', async () => {
    const { owner, appUrl } = server.database;
    await owner.query('ALTER TABLE migrations RENAME TO migrations_kept');
    await expect(guardDatabase(appUrl)).rejects.toThrow(/lacks 1 migration\(s\): run "npm run migrate" first/);
    await owner.query('ALTER TABLE migrations_kept RENAME TO migrations');
  });

  it('is told in one line where nothing answers', async () => {
    await expect(guardDatabase('postgres://alur@127.0.0.1:1/alur')).rejects.toThrow(
      /^Cannot reach the database 127\.0\.0\.1:1\/alur/,
    );
  });
});
