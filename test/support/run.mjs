/**
 * npm test: gates first, then all suites against a PostgreSQL and a Redis of their own.
 *
 *   npm test                      everything
 *   npm test -- machines          suites whose path contains "machines", without the gates
 *
 * PostgreSQL: TEST_DATABASE_URL (a superuser of a server that may be filled with test databases), else an embedded one
 * in a temporary folder. Redis: REDIS_URL, else a redis-server on PATH, else its suites are skipped, loudly; with CI=true
 * that is a failure.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root, run } from '../../scripts/install.mjs';

requireNode();
ensureInstalled();
const args = process.argv.slice(2);
if (args.length === 0 && run('node', ['scripts/check.mjs', '--gates-only']) !== 0) process.exit(1);
ensureBuilt();

const stops = [];
let status = 1;
try {
  const database = await startDatabase();
  const redisUrl = await startRedis();
  if (!redisUrl && process.env.CI === 'true')
    throw new Error('CI must not skip the Redis suites: install redis-server.');
  status = await jest({ ...database, ...(redisUrl && { TEST_REDIS_URL: redisUrl }) });
  if (!redisUrl) {
    process.stdout.write('\n*** The Redis suites were SKIPPED: no REDIS_URL, and no redis-server on PATH. ***\n');
  }
} catch (error) {
  process.stderr.write(`npm test: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(status);

/** A server with one template database: migrated, with the demo office and its password "demo-password". */
async function startDatabase() {
  const { prepareTemplate } = await import('../../dist/scripts/prepare-template.js');
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { TEST_SUPERUSER_URL: given, TEST_APP_URL: await prepareTemplate(given) };
  const { startEmbedded } = await import('../../dist/src/db/embedded.js');
  const folder = mkdtempSync(join(tmpdir(), 'alur-test-'));
  // The embedded server's own user must be able to pass through.
  spawnSync('chmod', ['755', folder]);
  const embedded = await startEmbedded(folder, () => undefined, ['-c max_connections=300', '-c shared_buffers=256MB']);
  stops.push(async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { TEST_SUPERUSER_URL: embedded.superuserUrl, TEST_APP_URL: await prepareTemplate(embedded.superuserUrl) };
}

async function startRedis() {
  if (process.env.REDIS_URL) return process.env.REDIS_URL;
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  stops.push(() => server.kill('SIGTERM'));
  return `redis://127.0.0.1:${port}`;
}

function jest(environment) {
  const options = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim();
  const child = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment, NODE_OPTIONS: options },
  });
  const forward = (signal) => child.kill(signal);
  process.once('SIGINT', forward);
  process.once('SIGTERM', forward);
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
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
