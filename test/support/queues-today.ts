/**
 * What takes a minute on each queue runs on one of them in the suites, which changes by the day; DRILL_QUEUES=both, or no
 * Redis, and it is asked of all (those on Redis are then skipped, loudly).
 */
const DAY_MS = 86_400_000;

/** `shift` spreads several over the queues of one day. */
export function queuesToday<Q>(queues: readonly Q[], shift = 0): readonly Q[] {
  if (process.env.DRILL_QUEUES === 'both' || !process.env.TEST_REDIS_URL) return queues;
  const today = (Math.floor(Number(process.env.TEST_STARTED_AT ?? Date.now()) / DAY_MS) + shift) % queues.length;
  return queues.filter((_, index) => index === today);
}
