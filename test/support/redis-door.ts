/** The Redis of a suite or a drill: a database of its own on the server that was brought, through a door that can be shut. */
import { Redis } from 'ioredis';
import { Proxy } from './proxy.js';

export interface TestRedis {
  /** For the application: through the door. */
  readonly url: string;
  readonly door: Proxy;
  /** For the test: straight to the same database. */
  readonly direct: Redis;
  stop(): Promise<void>;
}

/** Jest runs the suites of one worker one after the other, so a worker's number is nobody else's database. */
export async function startRedis(): Promise<TestRedis> {
  const server = process.env.TEST_REDIS_URL;
  if (!server) throw new Error('TEST_REDIS_URL is not set: use describeWithRedis.');
  const own = new URL(server);
  own.pathname = `/${process.env.JEST_WORKER_ID ?? '1'}`;
  const direct = new Redis(own.href);
  await direct.flushdb();
  const door = await Proxy.before(own.hostname, Number(own.port || 6379));
  return {
    url: door.rewrite(own.href),
    door,
    direct,
    stop: async () => {
      await door.shut();
      await direct.quit();
    },
  };
}
