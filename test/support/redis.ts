/** Suites that need a Redis; without one they are skipped, and test/support/run.mjs says so loudly. */
export { startRedis, type TestRedis } from './redis-door.js';

export const describeWithRedis = process.env.TEST_REDIS_URL ? describe : describe.skip;
