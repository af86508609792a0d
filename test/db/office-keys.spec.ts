/** One office can never stand in another's way: whatever is unique, is so within its office; every reference stays in it. */
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** Unique across offices on purpose. */
const ACROSS_OFFICES: Readonly<Record<string, string>> = {
  account_identities_pkey: 'a token of another issuer names its subject and nothing else',
  accounts_login: 'people sign in without naming their office',
  accounts_id: 'a token names the account and nothing else',
  refresh_tokens_pkey: 'a refresh token names nothing but itself',
  log_entries_pkey: 'the log is one over all offices',
};

const UNIQUE = `
SELECT i.indexrelid::regclass::text AS name, bool_or(a.attname = 'office_id') AS within
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'office_id'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
WHERE i.indisunique GROUP BY 1 ORDER BY 1`;

const REFERENCES = `
SELECT k.conname AS name, bool_or(a.attname = 'office_id') AS within
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 1`;

const read = async (query: string) => (await database.owner.query<{ name: string; within: boolean }>(query)).rows;

describe('office_id', () => {
  it('is part of every unique index of a table that has it, but for those listed with a reason', async () => {
    const rows = await read(UNIQUE);
    expect(rows.length).toBeGreaterThan(12);
    expect(rows.filter(({ within }) => !within).map(({ name }) => name)).toEqual(Object.keys(ACROSS_OFFICES).sort());
  });

  it('is part of every reference', async () => {
    const rows = await read(REFERENCES);
    expect(rows.length).toBeGreaterThan(6);
    expect(rows.filter(({ within }) => !within)).toEqual([]);
  });
});
