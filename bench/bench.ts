/**
 * npm run bench: transitions over HTTP with everything on, beside what this machine's PostgreSQL and a bare server do in
 * the same run. See bench/README.md for how each figure is made. Prints a table, writes JSON, judges nothing.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/db/embedded.js';
import { PROJECT_ROOT } from '../src/paths.js';
import { bare } from './bare.js';
import { batches } from './batches.js';
import { limit } from './limit.js';
import { load, type Measured } from './load.js';
import { startServer, walOf } from './server.js';
import { signIn } from './sign-in.js';

const SECONDS = 10;
const MANY = [64, 256] as const;
const CONNECTIONS = [1, ...MANY] as const;
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Row extends Measured {
  readonly what: string;
}

interface Ours {
  readonly rows: readonly Row[];
  readonly walBytes: number;
  /** Before the first request, and the most seen under load. */
  readonly restMb: number;
  readonly loadMb: number;
}

async function ours(dataDir: string, shared: 'on' | 'off', connections: readonly number[]): Promise<Ours> {
  const server = await startServer(dataDir, { SHARED_COMMITS: shared });
  try {
    const { url } = server;
    const restMb = server.residentMb();
    let loadMb = restMb;
    const tokens = await signIn(url, server.password);
    await load({ url, tokens, connections: 16, seconds: 5 });
    const rows: Row[] = [];
    const before = await walOf(server);
    for (const count of connections) {
      say(`  measuring Alur, ${count} connections, shared commits ${shared}`);
      const name = shared === 'on' ? `Alur, ${count} connections` : `Alur, ${count} connections, commits not shared`;
      rows.push({ what: name, ...(await load({ url, tokens, connections: count, seconds: SECONDS })) });
      loadMb = Math.max(loadMb, server.residentMb());
    }
    const after = await walOf(server);
    return {
      rows,
      restMb,
      loadMb,
      walBytes: Math.round((after.bytes - before.bytes) / (after.entries - before.entries)),
    };
  } finally {
    await server.stop();
  }
}

async function limits(dataDir: string): Promise<{ alone: Row; shared: Row; served: Row[] }> {
  const embedded = await startEmbedded(dataDir, () => undefined, ['-c max_connections=120']);
  try {
    say('  measuring PostgreSQL alone');
    const alone = await limit(embedded.ownerUrl, 64, SECONDS);
    const shared = await batches(embedded.ownerUrl, SECONDS);
    say('  measuring a bare server');
    const served = await bare(embedded.ownerUrl, MANY, SECONDS);
    return {
      alone: { what: 'PostgreSQL alone, one commit each, 64 clients', ...alone },
      shared: { what: 'PostgreSQL alone, batches of 64', ...shared },
      served: served.map((one, index) => ({ what: `bare server, ${MANY[index] ?? 0} connections`, ...one })),
    };
  } finally {
    await embedded.stop();
  }
}

function line(cells: readonly (string | number)[]): string {
  const widths = [48, 8, 8, 9, 9, 7, 7, 7, 7];
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(48) : String(cell).padStart(widths[i] ?? 8))).join('');
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'alur-bench-'));
  // As root, the database's own user must be able to pass through.
  chmodSync(dataDir, 0o755);
  try {
    const { alone, shared, served } = await limits(join(dataDir, 'limits'));
    const on = await ours(join(dataDir, 'alur'), 'on', CONNECTIONS);
    const off = await ours(join(dataDir, 'alur'), 'off', [64]);
    const rows = [...on.rows, ...off.rows, ...served, shared, alone];
    const by = (what: Row | undefined) => what?.ratePerSecond ?? Number.NaN;
    say(`\n${line(['what', 'n', 'per s', 'p50 ms', 'p99 ms', 'failed', 'x alone', 'x bare', 'x batch'])}`);
    for (const { what, n, ratePerSecond, p50Ms, p99Ms, failed } of rows) {
      const ratios = [alone, what.includes('256') ? served[1] : served[0], shared].map((limitRow) =>
        (ratePerSecond / by(limitRow)).toFixed(2),
      );
      say(line([what, n, ratePerSecond, p50Ms, p99Ms, failed, ...ratios]));
    }
    say(`WAL bytes for each history entry, all included: ${on.walBytes}`);
    say(`resident, all roles in one process: ${on.restMb} MB at rest, ${on.loadMb} MB under load`);
    const cpu = cpus()[0]?.model ?? 'cpu';
    const machine = `${availableParallelism()} x ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
    say(machine);
    const folder = join(PROJECT_ROOT, 'bench/results');
    mkdirSync(folder, { recursive: true });
    const result = { machine, walBytesPerEntry: on.walBytes, restMb: on.restMb, loadMb: on.loadMb, rows };
    writeFileSync(join(folder, 'latest.json'), JSON.stringify(result, null, 2));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
