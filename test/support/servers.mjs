/**
 * The servers suites and drills stand on. PostgreSQL: TEST_DATABASE_URL (a superuser of a server that may be filled with
 * test databases), else an embedded one in a temporary folder. Redis: REDIS_URL, else a redis-server on PATH, else none.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Their addresses as test/support reads them, without TEST_REDIS_URL where there is no Redis. */
export async function startServers() {
  const stops = [];
  const stop = async () => {
    for (const one of stops.reverse()) await one();
  };
  try {
    const database = await startDatabase(stops);
    const redisUrl = await startRedis(stops);
    return { environment: { ...database, ...(redisUrl && { TEST_REDIS_URL: redisUrl }) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server with one template database: migrated, with the demo office and its password "demo-password". */
async function startDatabase(stops) {
  const { prepareTemplate } = await import('../../dist/scripts/prepare-template.js');
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { TEST_SUPERUSER_URL: given, TEST_APP_URL: await prepareTemplate(given) };
  const { startEmbedded } = await import('../../dist/src/db/embedded.js');
  const folder = mkdtempSync(join(tmpdir(), 'alur-test-'));
  // The embedded server's own user must be able to pass through.
  spawnSync('chmod', ['755', folder]);
  // Processes are killed here, machines are not: without fsync a killed server still has all it was told.
  const options = ['-c max_connections=300', '-c shared_buffers=256MB', '-c fsync=off', '-c full_page_writes=off'];
  const embedded = await startEmbedded(folder, () => undefined, options);
  stops.push(async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { TEST_SUPERUSER_URL: embedded.superuserUrl, TEST_APP_URL: await prepareTemplate(embedded.superuserUrl) };
}

async function startRedis(stops) {
  if (process.env.REDIS_URL) return process.env.REDIS_URL;
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const port = await freePort();
  // A dump that is not compressed hides nothing from who looks for marks in it.
  const kept = ['--save', '', '--appendonly', 'no', '--rdbcompression', 'no'];
  const options = ['--port', String(port), '--bind', '127.0.0.1', ...kept];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  stops.push(() => server.kill('SIGTERM'));
  return `redis://127.0.0.1:${port}`;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
