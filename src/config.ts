/**
 * All configuration, from the environment, checked once at start. Nothing else reads `process.env`. A secret may come
 * from a file instead: `DATABASE_URL_FILE=/run/secrets/database_url`. `.env.example` lists every variable; a test holds
 * the two together.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { PROJECT_ROOT } from './paths.js';

const port = z.coerce.number().int().min(0).max(65535);
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const url = (protocols: string) =>
  z.string().regex(new RegExp(`^(${protocols})://`), `must start with ${protocols}://`);

export const environmentSchema = z.object({
  PROCESS: z.enum(['all', 'api', 'worker']).default('all'),
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: url('postgres|postgresql').optional(),
  MIGRATION_DATABASE_URL: url('postgres|postgresql').optional(),
  DATABASE_POOL: count(2, 100).default(8),
  SHARED_COMMITS: z.enum(['on', 'off']).default('on'),
  REDIS_URL: url('redis|rediss').optional(),
  TOKEN_KEY: z.string().min(1).optional(),
  TOKEN_MINUTES: count(1, 720).default(30),
  DEMO: z.enum(['on', 'off']).optional(),
  DEMO_PASSWORD: z.string().min(8).optional(),
  SWEEP_SECONDS: count(1, 300).default(15),
  UPLOAD_MAX_BYTES: count(1024, 1024 ** 3).default(10 * 1024 ** 2),
  SHUTDOWN_SECONDS: count(1, 120).default(10),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});
type Environment = z.infer<typeof environmentSchema>;

/** Variables that may also be given as a file, by the same name with `_FILE`. */
export const SECRETS = ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'REDIS_URL', 'TOKEN_KEY', 'DEMO_PASSWORD'] as const;

export interface Config {
  readonly process: Environment['PROCESS'];
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL under `dataDir` is started and used. */
  readonly databaseUrl: string | null;
  readonly migrationDatabaseUrl: string | null;
  readonly databasePool: number;
  /** Off: each transition is a statement and a commit of its own, to measure what sharing is worth. */
  readonly sharedCommits: boolean;
  /** Absent: BullMQ keeps its queues in PostgreSQL. */
  readonly redisUrl: string | null;
  /** Ed25519 private key (PKCS#8 PEM) that signs access tokens. Absent: kept under `dataDir`. */
  readonly tokenKey: string | null;
  readonly tokenMinutes: number;
  readonly demo: boolean;
  readonly demoPassword: string | null;
  readonly sweepSeconds: number;
  readonly uploadMaxBytes: number;
  readonly shutdownSeconds: number;
  readonly logLevel: Environment['LOG_LEVEL'];
}

/** A mistake in the configuration; the message is one line for the person who starts the program. */
export class ConfigError extends Error {}

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = { ...environment };
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`];
    if (file && !given[name]) given[name] = readSecret(name, file);
  }
  const known = Object.fromEntries(
    Object.keys(environmentSchema.shape).flatMap((name) => (given[name] ? [[name, given[name]]] : [])),
  );
  const parsed = environmentSchema.safeParse(known);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ConfigError(`Configuration: ${lines.join('; ')}. See .env.example.`);
  }
  const env = parsed.data;
  if (env.PROCESS !== 'all' && !env.DATABASE_URL) {
    throw new ConfigError(`PROCESS=${env.PROCESS} needs DATABASE_URL: the embedded database serves one process only.`);
  }
  return {
    process: env.PROCESS,
    port: env.PORT,
    host: env.HOST,
    dataDir: isAbsolute(env.DATA_DIR) ? env.DATA_DIR : join(PROJECT_ROOT, env.DATA_DIR),
    databaseUrl: env.DATABASE_URL ?? null,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL ?? null,
    databasePool: env.DATABASE_POOL,
    sharedCommits: env.SHARED_COMMITS === 'on',
    redisUrl: env.REDIS_URL ?? null,
    tokenKey: env.TOKEN_KEY ?? null,
    tokenMinutes: env.TOKEN_MINUTES,
    demo: env.DEMO ? env.DEMO === 'on' : !env.DATABASE_URL,
    demoPassword: env.DEMO_PASSWORD ?? null,
    sweepSeconds: env.SWEEP_SECONDS,
    uploadMaxBytes: env.UPLOAD_MAX_BYTES,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
    logLevel: env.LOG_LEVEL,
  };
}

function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigError(`${name}_FILE: cannot read ${file}.`);
  }
}
