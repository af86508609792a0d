/** The same promises must hold wherever BullMQ keeps its wake-up calls. */
import { startApp, type AppOptions, type TestApp } from './app.js';
import { truncateQueue } from './queue-tables.js';
import { queuesToday } from './queues-today.js';
import { describeWithRedis, startRedis, type TestRedis } from './redis.js';

export interface Backend {
  /** The application on this backend. */
  start(options?: AppOptions): Promise<TestApp>;
  /** Throws away every wake-up call, as FLUSHALL, an eviction or a lost disk would. */
  loseJobs(server: TestApp): Promise<void>;
  stop(): Promise<void>;
}

type Name = 'postgres' | 'redis';

const BOTH = ['postgres', 'redis'] as const;

/** The block once for each backend; the one on Redis is skipped where there is none. */
export function onEachBackend(title: string, block: (backend: () => Backend, name: Name) => void): void {
  on(BOTH, title, block);
}

/** For what takes a minute each: on one of them, which changes by the day; DRILL_QUEUES=both for both. */
export function onABackend(title: string, block: (backend: () => Backend, name: Name) => void): void {
  on(queuesToday(BOTH), title, block);
}

function on(names: readonly Name[], title: string, block: (backend: () => Backend, name: Name) => void): void {
  for (const name of names) {
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
    loseJobs: ({ database }) => truncateQueue(database),
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
