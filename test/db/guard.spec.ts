/** Before it serves, the program looks at its own login and at the database; each refusal is one line that says what to do. */
import { randomBytes } from 'node:crypto';
import { DatabaseRefused, guardDatabase } from '../../src/db/guard.js';
import { makeLogKey } from '../../src/evidence/log-key.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { Program } from '../support/program.js';

/** One column of each table of the log. */
const COLUMN = {
  log_entries: 'hash',
  log_tiles: 'root',
  log_checkpoints: 'note',
  log_keys: 'verifier_key',
  records: 'entry',
} as const;

let database: TestDatabase;
const login = `alur_test_${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  database = await createDatabase();
  await database.owner.query(`CREATE ROLE ${login} LOGIN PASSWORD 'guarded' IN ROLE alur_app`);
});
afterAll(async () => {
  await database.owner.query(`DROP OWNED BY ${login}`);
  await database.owner.query(`DROP ROLE ${login}`);
  await database.drop();
});

function asLogin(): string {
  const url = new URL(database.appUrl);
  url.username = login;
  url.password = 'guarded';
  return url.href;
}

async function refusalOf(url: string): Promise<string> {
  const error: unknown = await guardDatabase(url).then(
    () => new Error('it was let in'),
    (reason: unknown) => reason,
  );
  const message = (error as Error).message;
  expect([error instanceof DatabaseRefused, message]).toEqual([true, message]);
  expect(message).not.toContain('\n');
  return message;
}

/** What a careless administrator might do, and its undoing. */
async function during(before: string, after: string): Promise<string> {
  await database.owner.query(before);
  try {
    return await refusalOf(asLogin());
  } finally {
    await database.owner.query(after);
  }
}

describe('the guard', () => {
  it('lets the ordinary login in', async () => {
    await expect(guardDatabase(database.appUrl)).resolves.toBeUndefined();
    await expect(guardDatabase(asLogin())).resolves.toBeUndefined();
  });

  it('refuses a superuser', async () => {
    expect(await refusalOf(database.superuserUrl)).toMatch(/logs in as a superuser: .*npm run migrate/);
  });

  it.each([
    ['the tables’ owner', `ALTER TABLE history OWNER TO ${login}`, 'ALTER TABLE history OWNER TO CURRENT_USER'],
    [
      'who may become the tables’ owner',
      `CREATE ROLE ${login}_owner; ALTER TABLE history OWNER TO ${login}_owner; GRANT ${login}_owner TO ${login}`,
      `ALTER TABLE history OWNER TO CURRENT_USER; DROP ROLE ${login}_owner`,
    ],
    [
      'the schema’s owner, who may drop tables',
      `ALTER SCHEMA public OWNER TO ${login}`,
      'ALTER SCHEMA public OWNER TO pg_database_owner',
    ],
    [
      'the owner of the log',
      `ALTER TABLE log_entries OWNER TO ${login}`,
      'ALTER TABLE log_entries OWNER TO CURRENT_USER',
    ],
  ])('refuses %s', async (_who, before, after) => {
    expect(await during(before, after)).toMatch(/logs in as the tables' owner/);
  });

  it.each(['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'UPDATE (entry)', 'UPDATE (at, hash)'])(
    'refuses a login that was granted %s on history',
    async (privilege) => {
      const message = await during(
        `GRANT ${privilege} ON history TO ${login}`,
        `REVOKE ${privilege} ON history FROM ${login}`,
      );
      expect(message).toMatch(/logs in as a role that may change history/);
    },
  );

  it.each(
    Object.entries(COLUMN).flatMap(([table, column]) =>
      ['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', `UPDATE (${column})`].map((privilege) => [privilege, table]),
    ),
  )('refuses a login that was granted %s on %s', async (privilege, table) => {
    const message = await during(
      `GRANT ${privilege} ON ${table} TO ${login}`,
      `REVOKE ${privilege} ON ${table} FROM ${login}`,
    );
    expect(message).toContain(`logs in as a role that may change ${table}: `);
  });

  it('refuses a database nobody migrated, and one that lacks a migration', async () => {
    await database.owner.query('CREATE TABLE kept AS SELECT * FROM migrations; DELETE FROM migrations');
    expect(await refusalOf(database.appUrl)).toMatch(/lacks \d+ migration\(s\): run "npm run migrate" first/);
    await database.owner.query('INSERT INTO migrations SELECT * FROM kept; DROP TABLE kept');

    const empty = `${login}_empty`;
    await database.owner.query(`CREATE DATABASE ${empty}`);
    const url = new URL(database.appUrl);
    url.pathname = `/${empty}`;
    expect(await refusalOf(url.href)).toMatch(/lacks \d+ migration\(s\)/);
    await database.owner.query(`DROP DATABASE ${empty} WITH (FORCE)`);
  });

  it('says which database it cannot reach, and never the password', async () => {
    const url = new URL(database.appUrl);
    url.password = 'not-the-secret';
    const message = await refusalOf(url.href);
    expect(message).toMatch(/^Cannot reach the database 127\.0\.0\.1:\d+\/alur_test_\w+: /);
    expect(message).not.toContain('not-the-secret');
  });
});

it('stops the program itself, with one line', async () => {
  const environment = { PORT: '0', DATABASE_URL: database.superuserUrl, LOG_KEY: makeLogKey(), DEMO: 'off' };
  const refused = Program.start(environment);
  expect(await refused.ended()).toBe(1);
  expect(refused.err).toMatch(/^alur: DATABASE_URL logs in as a superuser.*\n$/);
}, 60_000);
