/** The server as `npm start` runs it, in a process of its own, and a look into its database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { PROJECT_ROOT } from '../src/paths.js';

const PASSWORD = 'bench-password';
const PORT = 3999;

export interface BenchServer {
  readonly url: string;
  readonly password: string;
  /** As the database's superuser. */
  readonly databaseUrl: string;
  /** Resident memory of the process. */
  residentMb(): number;
  stop(): Promise<void>;
}

/** What V8 is given as room by `npm start`. */
export function room(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.match(/--max-\S+/g) ?? [];
}

export async function startServer(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  nodeFlags: readonly string[] = [],
): Promise<BenchServer> {
  mkdirSync(dataDir, { recursive: true });
  const child = spawn(process.execPath, [...room(), ...nodeFlags, join(PROJECT_ROOT, 'dist/scripts/serve.js')], {
    env: {
      PATH: process.env.PATH,
      PORT: String(PORT),
      DATA_DIR: dataDir,
      DEMO_PASSWORD: PASSWORD,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let port = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      port = /PostgreSQL on 127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? port;
      if (text.includes('is ready')) resolve();
    });
  });
  const secrets = JSON.parse(readFileSync(join(dataDir, 'database-secrets.json'), 'utf8')) as { superuser: string };
  return {
    url: `http://127.0.0.1:${PORT}`,
    password: PASSWORD,
    databaseUrl: `postgres://postgres:${secrets.superuser}@127.0.0.1:${port}/alur`,
    residentMb: () => residentMb(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}

/** NaN where the system has no /proc. */
function residentMb(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return Number.NaN;
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024);
}

/** Bytes written ahead so far, and entries of history. */
export async function walOf({ databaseUrl }: BenchServer): Promise<{ bytes: number; entries: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ bytes: number; entries: number }>(
    `SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS bytes, (SELECT count(*) FROM history)::float8 AS entries`,
  );
  await client.end();
  return rows[0] ?? { bytes: 0, entries: 0 };
}
