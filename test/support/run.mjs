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
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root, run } from '../../scripts/install.mjs';
import { readReport, suitesAgain } from './second-run.mjs';
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

/** Of a whole run, some red suites are run again, alone, with the same seeds (second-run.mjs). */
async function jestTwice(given) {
  const once = {
    TEST_SEED: process.env.CI === 'true' ? 'ci' : String(Math.random()),
    TEST_STARTED_AT: String(Date.now()),
  };
  const environment = { ...once, ...given };
  const folder = mkdtempSync(join(tmpdir(), 'alur-report-'));
  const report = join(folder, 'report.json');
  try {
    const first = await jest(environment, [...args, '--json', `--outputFile=${report}`]);
    if (first === 0 || args.length > 0) return first;
    const { late, unstable } = suitesAgain(readReport(report));
    const alone = (suites) => jest(environment, ['--runInBand', '--runTestsByPath', ...suites]);
    const all = [...late, ...unstable];
    if (all.length === 0) return first;
    process.stdout.write(`\n*** Run again alone: LATE ${list(late)}; UNSTABLE ${list(unstable)}\n\n`);
    const second = await alone(all);
    if (second !== 0 || unstable.length === 0) return second;
    const third = await alone(unstable);
    process.stdout.write(
      `\n*** UNSTABLE, to be mended: red once, then green ${third === 0 ? 'twice' : 'once'}: ${list(unstable)}\n`,
    );
    return third;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function list(suites) {
  return suites.length === 0 ? 'none' : suites.map((one) => relative(root, one)).join(', ');
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
