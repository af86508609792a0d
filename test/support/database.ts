/** One database for each test file, copied from the template; time can be moved in it, as only a test may. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  /** For the application under test. */
  readonly appUrl: string;
  /** As superuser: what the application may not do. */
  readonly superuserUrl: string;
  readonly owner: Client;
  /** Moves the database's clock so that it reads `instant` now and runs on from there. */
  setNow(instant: string | Date): Promise<void>;
  drop(): Promise<void>;
}

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the suites by "npm test -- <part of a path>".`);
  return value;
};

export async function createDatabase(): Promise<TestDatabase> {
  const name = `alur_test_${randomBytes(6).toString('hex')}`;
  const server = new Client({ connectionString: required('TEST_SUPERUSER_URL') });
  await server.connect();
  await server.query(`CREATE DATABASE ${name} TEMPLATE alur_template`);
  await server.end();
  const superuserUrl = on(required('TEST_SUPERUSER_URL'), name);
  const owner = new Client({ connectionString: superuserUrl });
  owner.on('error', () => undefined);
  await owner.connect();
  return {
    appUrl: throughPooler(on(required('TEST_APP_URL'), name)),
    superuserUrl,
    owner,
    setNow: (instant) => setNow(owner, new Date(instant)),
    drop: async () => {
      await owner.end();
      const again = new Client({ connectionString: required('TEST_SUPERUSER_URL') });
      await again.connect();
      await again.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await again.end();
    },
  };
}

/** In one go: a worker must never see the clock between two settings. */
async function setNow(owner: Client, instant: Date): Promise<void> {
  await owner.query(`
    CREATE TABLE IF NOT EXISTS test_clock (shift interval NOT NULL);
    GRANT SELECT ON test_clock TO alur_app, alur_office;
    CREATE OR REPLACE FUNCTION alur_now() RETURNS timestamptz LANGUAGE sql VOLATILE
      AS 'SELECT clock_timestamp() + coalesce((SELECT shift FROM test_clock), interval ''0'')';
    DELETE FROM test_clock;
    INSERT INTO test_clock SELECT '${instant.toISOString()}'::timestamptz - clock_timestamp();`);
}

function on(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${name}`;
  return result.href;
}

/** Where the suites run through a pooler (test/db/pgbouncer.spec.ts), the application's way leads there. */
function throughPooler(url: string): string {
  const host = process.env.TEST_POOLER;
  if (!host) return url;
  const result = new URL(url);
  result.host = host;
  return result.href;
}
