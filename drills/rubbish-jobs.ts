/** Jobs in our queue that nobody of ours has made: other names, payloads of any shape, ids that look like ours. */
import { ALARM_QUEUE } from '../src/sla/alarm.queue.js';
import { makeQueue } from '../src/sla/backend.js';
import type { World } from './world.js';

const PAYLOADS: readonly unknown[] = [
  null,
  'drain',
  { caseId: '../../etc', nested: { deep: [[[[]]]] } },
  { text: 'x'.repeat(50_000) },
  JSON.parse('{"__proto__": {"polluted": true}}'),
  [1, null, ''],
];

export async function rubbishJobs({ redis, database }: World, count: number): Promise<void> {
  const queue = makeQueue({ redisUrl: redis?.url ?? null, databaseUrl: database.appUrl }, ALARM_QUEUE);
  try {
    await queue.it.waitUntilReady();
    for (let index = 0; index < count; index++) {
      const options = { jobId: `alarms-rubbish-${index}` };
      await queue.it.add(`rubbish-${index % 7}`, PAYLOADS[index % PAYLOADS.length], options);
    }
  } finally {
    await queue.release();
  }
}
