/**
 * The suites that write most, run once more through PgBouncer in transaction mode, where two statements of one process
 * may run on two connections: nothing may rest on a session. They run in a jest of their own.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { PROJECT_ROOT } from '../../src/paths.js';
import { hasPgbouncer, startPgbouncer, type Pooler } from '../support/pgbouncer.js';

const SUITES = ['engine/path', 'engine/race', 'engine/idempotency', 'engine/numbers', 'notices/list'];

if (!hasPgbouncer) {
  if (process.env.CI === 'true') throw new Error('CI must not skip PgBouncer: install pgbouncer.');
  process.stdout.write('*** PgBouncer is not on PATH: its suite is SKIPPED. ***\n');
}

const serverUrl = process.env.TEST_APP_URL ?? '';
let pooler: Pooler;

(hasPgbouncer ? describe : describe.skip)('through PgBouncer', () => {
  beforeAll(async () => {
    pooler = await startPgbouncer(serverUrl);
  });
  afterAll(() => pooler.stop());

  it('a session’s own things are lost between transactions, as in production', async () => {
    const url = new URL(serverUrl);
    url.host = pooler.host;
    url.pathname = '/postgres';
    const clients = [0, 1].map(() => new Client({ connectionString: url.href }));
    await Promise.all(clients.map((client) => client.connect()));
    const pid = async (client: Client) =>
      (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    // Two clients, one after the other, are served by one and the same connection.
    expect(await pid(clients[0]!)).toBe(await pid(clients[1]!));
    await Promise.all(clients.map((client) => client.end()));
  });

  it('the suites pass', async () => {
    const child = spawn(
      process.execPath,
      [join(PROJECT_ROOT, 'node_modules/jest/bin/jest.js'), '-i', '--forceExit', ...SUITES],
      {
        cwd: PROJECT_ROOT,
        env: { ...process.env, TEST_POOLER: pooler.host },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, said]).toEqual([0, expect.stringContaining(`Test Suites: ${SUITES.length} passed`)]);
  }, 240_000);
});
