/**
 * npm run bench: transitions over HTTP with everything on, beside what PostgreSQL alone does in the same run. See
 * bench/README.md for how each figure is made. Prints a table, writes JSON, judges nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { chmodSync } from 'node:fs';
import { startEmbedded } from '../src/db/embedded.js';
import { PROJECT_ROOT } from '../src/paths.js';
import { limit } from './limit.js';
import { load, type Measured } from './load.js';
import { signIn } from './sign-in.js';

const PASSWORD = 'bench-password';
const PORT = 3999;
const SECONDS = 10;
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Row extends Measured {
  readonly what: string;
}

/** The server as `npm start` runs it, in a process of its own. */
async function startServer(dataDir: string) {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'scripts/start.mjs')], {
    env: { PATH: '/usr/bin:/bin', PORT: String(PORT), DATA_DIR: dataDir, DEMO_PASSWORD: PASSWORD, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('is ready')) resolve();
    });
  });
  return {
    stop: async () => {
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}

async function measureServer(dataDir: string): Promise<Row[]> {
  const server = await startServer(dataDir);
  try {
    const url = `http://127.0.0.1:${PORT}`;
    const tokens = await signIn(url, PASSWORD);
    await load({ url, tokens, connections: 16, seconds: 3 });
    const rows: Row[] = [];
    for (const connections of [1, 64, 256]) {
      say(`  measuring ${connections} connections for ${SECONDS} s`);
      rows.push({
        what: `transitions over HTTP, ${connections} connections`,
        ...(await load({ url, tokens, connections, seconds: SECONDS })),
      });
    }
    return rows;
  } finally {
    await server.stop();
  }
}

async function measureLimit(dataDir: string): Promise<Row> {
  const embedded = await startEmbedded(dataDir, () => undefined, ['-c max_connections=120']);
  try {
    say(`  measuring PostgreSQL alone for ${SECONDS} s`);
    return { what: 'PostgreSQL alone, one commit each, 64 clients', ...(await limit(embedded.ownerUrl, 64, SECONDS)) };
  } finally {
    await embedded.stop();
  }
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'alur-bench-'));
  // As root, the database's own user must be able to pass through.
  chmodSync(dataDir, 0o755);
  try {
    const rows = await measureServer(dataDir);
    const alone = await measureLimit(dataDir);
    const machine = `${availableParallelism()} x ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
    say(
      `\n${'what'.padEnd(48)} ${'n'.padStart(7)} ${'per s'.padStart(7)} ${'p50 ms'.padStart(8)} ${'p99 ms'.padStart(8)} ${'failed'.padStart(6)}  x limit`,
    );
    for (const { what, n, ratePerSecond, p50Ms, p99Ms, failed } of [...rows, alone]) {
      const ratio = (ratePerSecond / alone.ratePerSecond).toFixed(2);
      say(
        `${what.padEnd(48)} ${String(n).padStart(7)} ${String(ratePerSecond).padStart(7)} ${String(p50Ms).padStart(8)} ` +
          `${String(p99Ms).padStart(8)} ${String(failed).padStart(6)}  ${ratio}`,
      );
    }
    say(machine);
    const folder = join(PROJECT_ROOT, 'bench/results');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'latest.json'), JSON.stringify({ machine, rows: [...rows, alone] }, null, 2));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
