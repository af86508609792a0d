/** The second wall between offices, in raw SQL: a read that forgot its filter still sees one office only. */
import { Client } from 'pg';
import { startApp, type TestApp } from '../support/app.js';
import { demoId } from '../../src/db/seed-demo.js';
import { Sql } from '../../src/db/sql.js';
import type { Http } from '../support/http.js';

const OURS = demoId(1, 0, 0);
const THEIRS = demoId(2, 0, 0);
let server: TestApp;
let app: Client;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
  for (const office of [1, 2] as const) await fill(server.http.inOffice(office));
  app = new Client({ connectionString: server.database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await server.stop();
});

/** A row of the office in every table: a case the head has opened, disposed of with a copy, and a client has read. */
async function fill(http: Http): Promise<void> {
  const now = await http.driveTo('headDisposition');
  await http.get('kadin', `/cases/${now.id}`);
  await http.driveTo('followUp', now);
  await http.get('demo-client', `/cases/${now.id}`);
  await http.post('admin', '/admin/office', { unitCode: '427.53' });
}

/** What a role sees of a table with no filter at all. */
async function offices(table: string, office: string | null): Promise<string[]> {
  await app.query('BEGIN; SET LOCAL ROLE alur_office');
  try {
    if (office !== null) await app.query(`SET LOCAL alur.office = '${office}'`);
    const column = table === 'offices' ? 'id' : 'office_id';
    const { rows } = await app.query<{ office: string }>(`SELECT DISTINCT ${column} AS office FROM ${table}`);
    return rows.map((row) => row.office);
  } finally {
    await app.query('ROLLBACK');
  }
}

async function readable(): Promise<{ name: string; walled: boolean }[]> {
  const { rows } = await server.database.owner.query<{ name: string; walled: boolean }>(
    `SELECT relname AS name, relrowsecurity AS walled FROM pg_class
     WHERE relkind = 'r' AND relname <> 'test_clock' AND relnamespace = 'public'::regnamespace AND has_any_column_privilege('alur_office', oid, 'SELECT')
     ORDER BY 1`,
  );
  return rows;
}

it('every table that reads go to behind the wall has it, and holds rows of both offices here', async () => {
  const tables = await readable();
  expect(tables.length).toBeGreaterThan(10);
  expect(tables.filter(({ walled }) => !walled)).toEqual([]);
  for (const { name } of tables) {
    const column = name === 'offices' ? 'id' : 'office_id';
    const { rows } = await app.query(`SELECT DISTINCT ${column} FROM ${name}`);
    expect([name, rows.length]).toEqual([name, 2]);
  }
});

it('a read with no filter sees its own office, and none where no office is set', async () => {
  for (const { name } of await readable()) {
    expect([name, (await offices(name, OURS)).filter((office) => office !== OURS)]).toEqual([name, []]);
    expect([name, (await offices(name, THEIRS)).filter((office) => office !== THEIRS)]).toEqual([name, []]);
    expect([name, await offices(name, null)]).toEqual([name, []]);
    expect([name, await offices(name, '')]).toEqual([name, []]);
  }
  expect(await offices('history', OURS)).toEqual([OURS]);
  expect(await offices('case_applicants', THEIRS)).toEqual([THEIRS]);
});

it('nothing is written behind the wall, and secrets are not read', async () => {
  for (const statement of [
    `UPDATE cases SET state = 'archived'`,
    `INSERT INTO personal_reads SELECT office_id, id, id FROM cases`,
    'SELECT * FROM sessions',
    'SELECT * FROM refresh_tokens',
    'SELECT * FROM client_secrets',
    'SELECT * FROM sign_in_attempts',
    'SELECT password_hash FROM accounts',
    'SELECT * FROM accounts',
  ]) {
    await app.query(`BEGIN; SET LOCAL ROLE alur_office; SET LOCAL alur.office = '${OURS}'`);
    await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
    await app.query('ROLLBACK');
  }
});

it('the program’s own reads go behind it, and leave the connection as it was', async () => {
  const sql = server.app.get(Sql, { strict: false });
  const seen = await sql.inOffice<{ office: string }>(OURS, null, 'SELECT DISTINCT office_id AS office FROM cases', []);
  expect(seen).toEqual([{ office: OURS }]);
  await expect(sql.inOffice(OURS, null, 'SELECT 1/0', [])).rejects.toThrow();
  const states = await Promise.all(
    Array.from({ length: 20 }, () =>
      sql.run<{ role: string; office: string | null }>(
        null,
        `SELECT current_user AS role, current_setting('alur.office', true) AS office`,
        [],
      ),
    ),
  );
  for (const [state] of states) {
    expect(state!.role).not.toBe('alur_office');
    expect(state!.office ?? '').toBe('');
  }
  await expect(sql.inOffice(`${OURS}' OR`, null, 'SELECT 1', [])).rejects.toThrow('named by its id');
});

it('what the engine reads and moves is planned as if there were no wall', async () => {
  const plan = async () => {
    const statements = [
      'SELECT * FROM cases c JOIN history h ON h.office_id = c.office_id AND h.case_id = c.id WHERE c.id = $$x$$',
      'UPDATE cases SET version = version + 1 WHERE office_id = $$x$$ AND id = $$x$$ AND version = 1',
      'UPDATE case_desks SET closed = true WHERE case_id = $$x$$ AND office_id = $$x$$',
      'INSERT INTO case_payloads SELECT office_id, id, 1, last_hash, state FROM cases WHERE id = $$x$$',
    ].map((statement) => statement.replaceAll('$$x$$', `'${OURS}'`));
    const plans: unknown[] = [];
    for (const statement of statements) plans.push((await app.query(`EXPLAIN (VERBOSE, COSTS OFF) ${statement}`)).rows);
    return plans;
  };
  const walls = async (way: 'ENABLE' | 'DISABLE') => {
    for (const table of ['cases', 'case_desks', 'history', 'case_payloads']) {
      await server.database.owner.query(`ALTER TABLE ${table} ${way} ROW LEVEL SECURITY`);
    }
  };
  const walled = await plan();
  await walls('DISABLE');
  const bare = await plan();
  await walls('ENABLE');
  expect(walled).toEqual(bare);
});
