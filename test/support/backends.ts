/** The same promises must hold wherever BullMQ keeps its wake-up calls. */
import { eventually } from './eventually.js';
import { startApp, type AppOptions, type TestApp } from './app.js';
import { describeWithRedis, startRedis, type TestRedis } from './redis.js';

export interface Backend {
  /** The application on this backend. */
  start(options?: AppOptions): Promise<TestApp>;
  /** Throws away every wake-up call, as FLUSHALL, an eviction or a lost disk would. */
  loseJobs(server: TestApp): Promise<void>;
  stop(): Promise<void>;
}

type Name = 'postgres' | 'redis';

/** The block once for each backend; the one on Redis is skipped where there is none. */
export function onEachBackend(title: string, block: (backend: () => Backend, name: Name) => void): void {
  for (const name of ['postgres', 'redis'] as const) {
    const suite = name === 'redis' ? describeWithRedis : describe;
    suite(`${title} (queue in ${name})`, () => {
      let backend: Backend;
      beforeAll(async () => {
        backend = name === 'redis' ? onRedis(await startRedis()) : onPostgres();
      });
      block(() => backend, name);
      // Jest runs these hooks in the order they are written: the application stops first.
      afterAll(() => backend.stop());
    });
  }
}

function onPostgres(): Backend {
  return {
    start: (options = {}) => startApp(options),
    loseJobs: async ({ database }) => {
      const { rows } = await database.owner.query<{ name: string }>(
        `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
         WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
      );
      // The worker takes the same tables in another order: whoever loses the deadlock tries again.
      await eventually('all jobs lost', () =>
        database.owner.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`).then(
          () => true,
          (error: unknown) => {
            if ((error as { code?: string }).code !== '40P01') throw error;
            return false;
          },
        ),
      );
    },
    stop: () => Promise.resolve(),
  };
}

function onRedis(redis: TestRedis): Backend {
  return {
    start: (options = {}) => startApp({ ...options, redisUrl: redis.url }),
    loseJobs: async () => {
      await redis.direct.flushdb();
    },
    stop: () => redis.stop(),
  };
}
