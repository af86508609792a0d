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
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root, run } from '../../scripts/install.mjs';
import { lateSuites, readReport } from './late.mjs';
import { startServers } from './servers.mjs';

requireNode();
ensureInstalled();
const args = process.argv.slice(2);
if (args.length === 0 && run('node', ['scripts/check.mjs', '--gates-only']) !== 0) process.exit(1);
ensureBuilt();

const servers = await startServers();
let status = 1;
try {
  const { TEST_REDIS_URL } = servers.environment;
  if (!TEST_REDIS_URL && process.env.CI === 'true') {
    throw new Error('CI must not skip the Redis suites: install redis-server.');
  }
  status = await jestTwice(servers.environment);
  if (!TEST_REDIS_URL) {
    process.stdout.write('\n*** The Redis suites were SKIPPED: no REDIS_URL, and no redis-server on PATH. ***\n');
  }
} catch (error) {
  process.stderr.write(`npm test: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
} finally {
  await servers.stop();
}
process.exit(status);

/** Of a whole run, suites that were merely late are run again, alone (late.mjs). */
async function jestTwice(environment) {
  const folder = mkdtempSync(join(tmpdir(), 'alur-report-'));
  const report = join(folder, 'report.json');
  try {
    const first = await jest(environment, [...args, '--json', `--outputFile=${report}`]);
    const late = first === 0 || args.length > 0 ? [] : lateSuites(readReport(report));
    if (late.length === 0) return first;
    process.stdout.write(`\n*** LATE, run again alone:\n${late.join('\n')}\n\n`);
    return await jest(environment, ['--runInBand', '--runTestsByPath', ...late]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function jest(environment, given) {
  const options = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim();
  const child = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...given], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment, NODE_OPTIONS: options },
  });
  const forward = (signal) => child.kill(signal);
  process.once('SIGINT', forward);
  process.once('SIGTERM', forward);
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
