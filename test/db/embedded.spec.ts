/** The embedded PostgreSQL: what was written is there after a stop and a start; a start that fails lets the folder go. */
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type EmbeddedServer } from '../../src/db/embedded.js';

const folder = mkdtempSync(join(tmpdir(), 'alur-embedded-'));
const LONG = 120_000;
// Where we are root, the embedded server's own user must be able to pass through.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ask<Row extends object>(url: string, query: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(query)).rows;
  } finally {
    await client.end();
  }
}

async function during<T>(work: (server: EmbeddedServer) => Promise<T>, said: string[] = []): Promise<T> {
  const server = await startEmbedded(folder, (line) => said.push(line));
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

describe('the embedded server', () => {
  it(
    'keeps its data over a stop, under an owner that is no superuser',
    async () => {
      const first: string[] = [];
      await during(async ({ ownerUrl }) => {
        await ask(ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS n');
        const powers = 'SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user';
        expect(await ask(ownerUrl, powers)).toEqual([{ rolsuper: false, rolcreaterole: true }]);
      }, first);
      expect(first[0]).toBe('creating the database cluster');

      const second: string[] = [];
      const kept = await during(({ ownerUrl }) => ask(ownerUrl, 'SELECT n FROM kept'), second);
      expect([kept, second]).toEqual([
        [{ n: 42 }],
        [expect.stringMatching(/^starting PostgreSQL on 127\.0\.0\.1:\d+$/)],
      ]);
      expect(existsSync(join(folder, 'alur.lock'))).toBe(false);
    },
    LONG,
  );

  it('shows its passwords to nobody else on the machine', () => {
    expect(statSync(join(folder, 'database-secrets.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'postgres')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(folder, '.initdb-password'))).toBe(false);
  });

  it(
    'a start that fails says why and lets the folder go',
    async () => {
      const failing = startEmbedded(folder, () => undefined, ['-c no_such_setting=1']);
      await expect(failing).rejects.toThrow(/^pg_ctl start failed: .*server\.log\.$/s);
      expect(existsSync(join(folder, 'alur.lock'))).toBe(false);
      expect(await during(({ ownerUrl }) => ask(ownerUrl, 'SELECT n FROM kept'))).toEqual([{ n: 42 }]);
    },
    LONG,
  );
});
