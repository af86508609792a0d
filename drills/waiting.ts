/** Cases of the rehearsal office that nobody touches, so that their alarms come; and waiting until all have come. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Http } from '../test/support/http.js';
import { alarmTally, type AlarmTally } from './tally.js';
import type { World } from './world.js';

/** Requests at a time. */
const AT_ONCE = 20;
/** Between the last level and the look at what came twice. */
const SETTLE_MS = 1500;
/** Of R2, R4 and R5. */
export const LATE_P99_MS = 20_000;

/** `count` cases, spread evenly over `seconds`. */
export async function openCases(people: Http, count: number, seconds = 0): Promise<string[]> {
  const begun = performance.now();
  const ids: string[] = [];
  while (ids.length < count) {
    const planned = seconds === 0 ? count : Math.ceil(((performance.now() - begun) / 1000 / seconds) * count);
    const now = Math.min(AT_ONCE, planned - ids.length, count - ids.length);
    if (now > 0) ids.push(...(await Promise.all(Array.from({ length: now }, () => people.open()))).map(({ id }) => id));
    else await pause(20);
  }
  return ids;
}

/** Waits until nothing is missing or the deadline is over, then a little longer for what comes twice. */
export async function allTold(world: World, ids: readonly string[], deadlineMs = 60_000): Promise<AlarmTally> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const { lost } = await alarmTally(world.database, ids);
    if (lost === 0 || performance.now() > until) break;
    // Counting costs the database something: not so often that it makes itself late.
    await pause(1000);
  }
  await pause(SETTLE_MS);
  return alarmTally(world.database, ids);
}

/** What is wrong with alarms beyond being lost or doubled. */
export function misheard({ early, lateP99Ms }: AlarmTally, p99Ms = LATE_P99_MS): string[] {
  return [
    ...(early > 0 ? [`${early} alarms before they were due`] : []),
    ...(lateP99Ms > p99Ms ? [`p99 ${lateP99Ms} ms late, ${p99Ms} promised`] : []),
  ];
}
