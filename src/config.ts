/**
 * All configuration, from the environment, checked once at start. Nothing else reads `process.env`. A secret may come
 * from a file instead: `DATABASE_URL_FILE=/run/secrets/database_url`. `.env.example` lists every variable; a test holds
 * the two together.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { PROJECT_ROOT } from './paths.js';

/** A hundred a second from one account is no person and no sound client application. */
const REQUESTS_PER_MINUTE = 6000;

const port = z.coerce.number().int().min(0).max(65535);
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const networks = z
  .string()
  .transform((list) => list.split(',').map((one) => one.trim()))
  .refine(
    (list) => list.every((one) => ipaddr.isValidCIDR(one)),
    'must be networks like 10.20.0.0/16, with commas between',
  );
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
  PREPARED_STATEMENTS: z.enum(['on', 'off']).default('on'),
  SHARED_COMMITS: z.enum(['on', 'off']).default('on'),
  REDIS_URL: url('redis|rediss').optional(),
  TOKEN_KEY: z.string().min(1).optional(),
  TOKEN_MINUTES: count(1, 720).default(30),
  OIDC_ISSUER: url('https?').optional(),
  OIDC_AUDIENCE: z.string().min(1).default('alur-api'),
  SESSION_HOURS: count(1, 720).default(12),
  REQUESTS_PER_MINUTE: count(1, 1_000_000).optional(),
  TRUSTED_PROXIES: z
    .string()
    .regex(/^[\da-fA-F.:/]+(,[\da-fA-F.:/]+)*$/, 'must be addresses or networks, as in 10.0.0.1,10.1.0.0/16')
    .optional(),
  LOG_ORIGIN: z
    .string()
    .regex(/^[a-z0-9][a-z0-9./-]{2,99}$/, 'must be a name like dinas.example.go.id/alur')
    .default('alur.localhost/history'),
  LOG_KEY: z.string().min(1).optional(),
  CHECKPOINT_FILE: z.string().min(1).optional(),
  CHECKPOINT_MAIL_HOURS: count(1, 168).default(24),
  SELF_CHECK_SECONDS: count(1, 86_400).default(600),
  DEMO: z.enum(['on', 'off']).optional(),
  DEMO_PASSWORD: z.string().min(8).optional(),
  SWEEP_SECONDS: count(1, 300).default(15),
  SMTP_URL: url('smtp|smtps').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'must be an address, as in Alur <alur@office.example>')
    .optional(),
  SEAL_KEY: z.string().min(32).optional(),
  WEBHOOK_ALLOW: networks.optional(),
  TRUTH_SECONDS: count(1, 3600).default(60),
  UPLOAD_MAX_BYTES: count(1024, 1024 ** 3).default(10 * 1024 ** 2),
  DELIVERY_RETENTION_DAYS: count(1, 3650).default(90),
  REPORT_SECONDS: count(1, 600).default(60),
  SHUTDOWN_SECONDS: count(1, 120).default(10),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});
type Environment = z.infer<typeof environmentSchema>;

/** Variables that may also be given as a file, by the same name with `_FILE`. */
export const SECRETS = [
  'DATABASE_URL',
  'MIGRATION_DATABASE_URL',
  'REDIS_URL',
  'TOKEN_KEY',
  'LOG_KEY',
  'DEMO_PASSWORD',
  'SMTP_URL',
  'SEAL_KEY',
] as const;

export interface Config {
  readonly process: Environment['PROCESS'];
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL under `dataDir` is started and used. */
  readonly databaseUrl: string | null;
  readonly migrationDatabaseUrl: string | null;
  readonly databasePool: number;
  /** Off: for a pooler that hands each transaction to another connection and knows no prepared statements. */
  readonly preparedStatements: boolean;
  /** Off: each transition is a statement and a commit of its own, to measure what sharing is worth. */
  readonly sharedCommits: boolean;
  /** Absent: BullMQ keeps its queues in PostgreSQL. */
  readonly redisUrl: string | null;
  /** Ed25519 private key (PKCS#8 PEM) that signs access tokens. Absent: kept under `dataDir`. */
  readonly tokenKey: string | null;
  readonly tokenMinutes: number;
  /** Whose access tokens are taken beside our own, and the audience they must be for. Null: nobody's. */
  readonly oidc: { readonly issuer: string; readonly audience: string } | null;
  /** How long one sign-in can be refreshed. */
  readonly sessionHours: number;
  /** Of one account, or of one address where nobody is signed in. Null: no limit. */
  readonly requestsPerMinute: number | null;
  /** Whose X-Forwarded-For is believed. Null: nobody's. */
  readonly trustedProxies: string | null;
  /** Name of this installation's log: what its checkpoints begin with. */
  readonly logOrigin: string;
  /** Ed25519 private key (PKCS#8 PEM) that signs checkpoints. Absent: kept under `dataDir`. */
  readonly logKey: string | null;
  /** Where the signer keeps every checkpoint it signed. */
  readonly checkpointFile: string;
  /** Between two mails with the newest checkpoint to one inspector. */
  readonly checkpointMailHours: number;
  readonly selfCheckSeconds: number;
  readonly demo: boolean;
  readonly demoPassword: string | null;
  readonly sweepSeconds: number;
  /** The mail server and the sender's address. Absent: no mail. */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** What webhook secrets are encrypted with in the database. Absent: kept under `dataDir`. */
  readonly sealKey: string | null;
  /** Networks (CIDR) that webhooks may reach although they are not public. */
  readonly webhookAllow: readonly string[];
  readonly truthSeconds: number;
  readonly uploadMaxBytes: number;
  readonly deliveryRetentionDays: number;
  readonly reportSeconds: number;
  readonly shutdownSeconds: number;
  readonly logLevel: Environment['LOG_LEVEL'];
}

/** A mistake in the configuration; the message is one line for the person who starts the program. */
export class ConfigError extends Error {}

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const env = readEnvironment(environment);
  const dataDir = inProject(env.DATA_DIR);
  const demo = env.DEMO ? env.DEMO === 'on' : !env.DATABASE_URL;
  return {
    process: env.PROCESS,
    port: env.PORT,
    host: env.HOST,
    dataDir,
    databaseUrl: env.DATABASE_URL ?? null,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL ?? null,
    databasePool: env.DATABASE_POOL,
    preparedStatements: env.PREPARED_STATEMENTS === 'on',
    sharedCommits: env.SHARED_COMMITS === 'on',
    redisUrl: env.REDIS_URL ?? null,
    ...accessOf(env, demo),
    demo,
    demoPassword: env.DEMO_PASSWORD ?? null,
    sweepSeconds: env.SWEEP_SECONDS,
    ...deliveryOf(env),
    ...evidenceOf(env, dataDir),
    truthSeconds: env.TRUTH_SECONDS,
    uploadMaxBytes: env.UPLOAD_MAX_BYTES,
    deliveryRetentionDays: env.DELIVERY_RETENTION_DAYS,
    reportSeconds: env.REPORT_SECONDS,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
    logLevel: env.LOG_LEVEL,
  };
}

function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
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
  return env;
}

function inProject(path: string): string {
  return isAbsolute(path) ? path : join(PROJECT_ROOT, path);
}

/** The log over all cases, and its signer. */
function evidenceOf(env: Environment, dataDir: string) {
  return {
    logOrigin: env.LOG_ORIGIN,
    logKey: env.LOG_KEY ?? null,
    checkpointFile: env.CHECKPOINT_FILE ? inProject(env.CHECKPOINT_FILE) : join(dataDir, 'checkpoints.ndjson'),
    checkpointMailHours: env.CHECKPOINT_MAIL_HOURS,
    selfCheckSeconds: env.SELF_CHECK_SECONDS,
  };
}

function deliveryOf({ SMTP_URL, MAIL_FROM, SEAL_KEY, WEBHOOK_ALLOW }: Environment) {
  if (SMTP_URL && !MAIL_FROM) throw new ConfigError('SMTP_URL needs MAIL_FROM: the address that mail comes from.');
  return {
    mail: SMTP_URL && MAIL_FROM ? { url: SMTP_URL, from: MAIL_FROM } : null,
    sealKey: SEAL_KEY ?? null,
    webhookAllow: WEBHOOK_ALLOW ?? [],
  };
}

/** Who is let in, and how often. */
function accessOf(env: Environment, demo: boolean) {
  return {
    tokenKey: env.TOKEN_KEY ?? null,
    tokenMinutes: env.TOKEN_MINUTES,
    oidc: env.OIDC_ISSUER ? { issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE } : null,
    sessionHours: env.SESSION_HOURS,
    requestsPerMinute: env.REQUESTS_PER_MINUTE ?? (demo ? null : REQUESTS_PER_MINUTE),
    trustedProxies: env.TRUSTED_PROXIES ?? null,
  };
}

function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigError(`${name}_FILE: cannot read ${file}.`);
  }
}
