/**
 * Where BullMQ keeps the wake-up calls: Redis where there is one, else PostgreSQL. Either may vanish at any moment; the
 * sweep then does its work later, and nothing is lost.
 */
import { createPostgresBackend, Queue, Worker, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { AppConfig } from '../app-config.js';
import { QUEUE_SCHEMA } from '../db/prepare.js';
import { QuietClient } from '../db/quiet-client.js';
import { within } from '../ops/within.js';

/** The braces are a hash tag: all keys of the queues live in one slot, as Redis Cluster wants for scripts over several. */
const KEY_PREFIX = '{alur}';

/** A half-open connection is noticed when nothing has come for so long; a worker's blocking read may take ten seconds. */
const SILENT_MS = { queue: 5000, worker: 12_000 };

/** `close()` may not return while Redis is away, and BullMQ leaves a connection open that it was given. */
const CLOSE_MS = 2000;
/** Whoever asks for metrics waits no longer. */
const COUNT_MS = 1000;

/**
 * BullMQ makes its LISTEN connection by itself and hears of its errors only once it is connected: a server that ends in
 * between would end us (seen).
 */
Object.assign(pg, { Client: QuietClient });

export interface Held<T> {
  readonly it: T;
  release(): Promise<void>;
}

function held<T extends { close(): Promise<void> }>(it: T, connection?: Redis): Held<T> {
  return {
    it,
    release: async () => {
      await within(CLOSE_MS, it.close());
      connection?.disconnect();
    },
  };
}

/** A producer fails fast: an act must not wait for the queue. */
export function makeQueue(
  { redisUrl, databaseUrl }: Pick<AppConfig, 'redisUrl' | 'databaseUrl'>,
  name: string,
): Held<Queue> {
  if (!redisUrl) {
    const connection = { connectionString: databaseUrl, schema: QUEUE_SCHEMA, max: 2, Client: QuietClient };
    return held(new Queue(name, { connection }, createPostgresBackend) as unknown as Queue);
  }
  const connection = new Redis(redisUrl, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    lazyConnect: false,
    socketTimeout: SILENT_MS.queue,
  });
  connection.on('error', () => undefined);
  return held(new Queue(name, { connection, prefix: KEY_PREFIX }), connection);
}

export const JOB_STATES = ['active', 'delayed', 'waiting', 'failed'] as const;

/** Jobs by state; null while the queue is away. */
export async function countsOf(queue: Held<Queue> | undefined): Promise<Record<string, number> | null> {
  return (await within(COUNT_MS, queue?.it.getJobCounts(...JOB_STATES))) ?? null;
}

/** A worker never gives up: it waits for the queue to come back. */
export function makeWorker({ redisUrl, databaseUrl }: AppConfig, name: string, processor: Processor): Held<Worker> {
  const options = { concurrency: 1, autorun: true };
  if (!redisUrl) {
    const connection = { connectionString: databaseUrl, schema: QUEUE_SCHEMA, max: 3, Client: QuietClient };
    const worker = new Worker(name, processor, { ...options, connection }, createPostgresBackend);
    return held(worker as unknown as Worker);
  }
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null, socketTimeout: SILENT_MS.worker });
  connection.on('error', () => undefined);
  return held(new Worker(name, processor, { ...options, connection, prefix: KEY_PREFIX }), connection);
}

/** With any other policy Redis may throw jobs away without a word. Null while Redis cannot be asked. */
export async function evictionPolicy(redisUrl: string): Promise<string | null> {
  const client = new Redis(redisUrl, {
    maxRetriesPerRequest: 1,
    lazyConnect: true,
    retryStrategy: () => null,
    socketTimeout: SILENT_MS.queue,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const [, policy] = (await client.config('GET', 'maxmemory-policy')) as [string, string];
    return policy;
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}
