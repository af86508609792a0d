/**
 * The same load on one, two and four API processes before one database: node dist/bench/processes.js (after `npm run build`).
 * The first of them has the workers and the embedded database as well; they share nothing but that.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/paths.js';
import { load, type Measured } from './load.js';
import { room, startServer, type BenchServer } from './server.js';
import { signIn } from './sign-in.js';

const COUNTS = [1, 2, 4] as const;
const CONNECTIONS = [64, 256] as const;
const SECONDS = 8;
const FIRST_PORT = 4100;
const say = (line: string) => process.stdout.write(`${line}\n`);

/** One more API process on the first one's database. */
async function another(dataDir: string, { databaseUrl, password }: BenchServer, port: number): Promise<ChildProcess> {
  const secrets = JSON.parse(readFileSync(join(dataDir, 'database-secrets.json'), 'utf8')) as { app: string };
  const url = new URL(databaseUrl);
  [url.username, url.password] = ['alur', secrets.app];
  const child = spawn(process.execPath, [...room(), join(PROJECT_ROOT, 'dist/scripts/serve.js')], {
    env: {
      PATH: process.env.PATH,
      PROCESS: 'api',
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: url.href,
      DEMO: 'on',
      DEMO_PASSWORD: password,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`an API process ended with ${String(code)}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('is ready')) resolve();
    });
  });
  return child;
}

/** The connections dealt out evenly; rates add up, and the slowest p99 counts. */
async function dealt(urls: readonly string[], tokens: ReadonlyMap<string, string>, connections: number) {
  const share = connections / urls.length;
  const parts = await Promise.all(urls.map((url) => load({ url, tokens, connections: share, seconds: SECONDS })));
  const sum = (of: (part: Measured) => number) => parts.reduce((total, part) => total + of(part), 0);
  const p99Ms = Math.max(...parts.map((part) => part.p99Ms));
  return { n: sum(({ n }) => n), rate: sum((part) => part.ratePerSecond), p99Ms, failed: sum(({ failed }) => failed) };
}

const dataDir = mkdtempSync(join(tmpdir(), 'alur-processes-'));
// As root, the database's own user must be able to pass through.
chmodSync(dataDir, 0o755);
const server = await startServer(dataDir);
const others: ChildProcess[] = [];
try {
  const tokens = await signIn(server.url, server.password);
  const urls = [server.url];
  for (const count of COUNTS) {
    while (urls.length < count) {
      const port = FIRST_PORT + urls.length;
      others.push(await another(dataDir, server, port));
      urls.push(`http://127.0.0.1:${port}`);
    }
    await dealt(urls, tokens, 16);
    for (const connections of CONNECTIONS) {
      const { n, rate, p99Ms, failed } = await dealt(urls, tokens, connections);
      say(`${count} processes, ${connections} connections: ${rate}/s, n ${n}, p99 ${p99Ms} ms, failed ${failed}`);
    }
  }
} finally {
  for (const child of others) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
