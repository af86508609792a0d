/** Everything a Redis holds, as text: read by type, since a dump may be compressed and would hide what is looked for. */
import type { Redis } from 'ioredis';

type Read = (redis: Redis, key: string) => Promise<unknown>;

const READ: Readonly<Record<string, Read>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1', 'WITHSCORES'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

export interface Held {
  readonly key: string;
  readonly text: string;
}

export async function heldIn(redis: Redis): Promise<Held[]> {
  const held: Held[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    // Gone since it was listed.
    if (type === 'none') continue;
    const read = READ[type];
    if (!read) throw new Error(`nobody has thought of reading a ${type}: ${key}`);
    // Job data is JSON within a value: its escapes are undone by reading it as it stands.
    held.push({ key, text: JSON.stringify(await read(redis, key)).replaceAll('\\', '') });
  }
  return held;
}
