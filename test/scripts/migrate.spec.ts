/** npm run migrate, as a process, on a database that was empty. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { MIGRATIONS } from '../../src/db/data-source.js';
import { runScript } from '../support/command.js';

const name = `alur_test_${randomBytes(6).toString('hex')}`;
const serverUrl = process.env.TEST_SUPERUSER_URL ?? '';
const folder = mkdtempSync(join(tmpdir(), 'alur-migrate-'));

function url(change: (url: URL) => void): string {
  const result = new URL(serverUrl);
  result.pathname = `/${name}`;
  change(result);
  return result.href;
}

const ownerUrl = url(() => undefined);
const appUrl = url((of) => {
  of.username = name;
  of.password = 'app-password';
});
const urls = { MIGRATION_DATABASE_URL: ownerUrl, DATABASE_URL: appUrl, DATA_DIR: folder };

async function ask<Row extends object>(on: string, query: string): Promise<Row[]> {
  const client = new Client({ connectionString: on });
  await client.connect();
  try {
    return (await client.query<Row>(query)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(() => ask(serverUrl, `CREATE DATABASE ${name}`));
afterAll(async () => {
  await ask(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  await ask(serverUrl, `DROP ROLE ${name}`);
  rmSync(folder, { recursive: true, force: true });
});

describe('npm run migrate', () => {
  it.each([
    ['no variable', {}, 'MIGRATION_DATABASE_URL is missing'],
    ['only the owner', { MIGRATION_DATABASE_URL: ownerUrl }, 'DATABASE_URL is missing'],
    ['one login for both', { ...urls, DATABASE_URL: ownerUrl }, 'name the same login'],
    ['a server that is not there', { ...urls, MIGRATION_DATABASE_URL: 'postgres://a@127.0.0.1:1/b' }, 'ECONNREFUSED'],
  ])('given %s, says so in one line and fails', async (_what, environment, why) => {
    const { code, out, err } = await runScript('migrate', environment);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^migrate: .*\n$/);
    expect(err).toContain(why);
  });

  it('makes tables, queue and login, and says what it did', async () => {
    const { code, out, err } = await runScript('migrate', urls);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`${MIGRATIONS.length} migration(s) applied`);
    expect(out).toContain(`login ${name} works and cannot change history`);
    expect(await ask(appUrl, 'SELECT 1 FROM offices')).toEqual([]);
    await expect(ask(appUrl, 'DELETE FROM history')).rejects.toThrow('permission denied');
  });

  it('changes nothing the second time', async () => {
    const { code, out } = await runScript('migrate', urls);
    expect(code).toBe(0);
    expect(out).toContain('was up to date');
  });

  it('adds the demo offices where DEMO is on, with secrets from files', async () => {
    const environment = Object.fromEntries(
      Object.entries({ MIGRATION_DATABASE_URL: ownerUrl, DATABASE_URL: appUrl, DEMO_PASSWORD: 'from-a-file' }).map(
        ([variable, secret]) => {
          const file = join(folder, variable);
          writeFileSync(file, `${secret}\n`);
          return [`${variable}_FILE`, file];
        },
      ),
    );
    const { code, out } = await runScript('migrate', { ...environment, DATA_DIR: folder, DEMO: 'on' });
    expect(code).toBe(0);
    expect(out).toContain('demo offices are there');
    expect(await ask(appUrl, 'SELECT code FROM offices ORDER BY code')).toEqual([
      { code: 'contoh' },
      { code: 'kilat' },
    ]);
  });
});
