/**
 * R13: webhook receivers that hang, trickle, break off, refuse, redirect and flood, and ten minutes without a mail server
 * that takes anything: nobody else notices, and what had to wait arrives when they are well again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../test/support/eventually.js';
import type { Http } from '../test/support/http.js';
import { Clients } from './clients.js';
import { deliveryTally, healthyLateMs, mailsDue, untaken } from './delivery-tally.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { Strangers } from './strangers.js';
import { disorderAndReplay, oddities, requestTally, type AlarmTally } from './tally.js';
import { allTold, LATE_P99_MS, misheard, openCases } from './waiting.js';
import type { World } from './world.js';

/** Cases nobody touches, each late three times over, and how much of the outage passes in real time. */
const LOAD: Readonly<Record<Size, { cases: number; seconds: number }>> = {
  small: { cases: 40, seconds: 20 },
  ci: { cases: 120, seconds: 60 },
  nightly: { cases: 600, seconds: 600 },
};
const OUTAGE_SECONDS = 600;
/** The rest of it passes on PostgreSQL's clock, by the minute. */
const STEP_SECONDS = 60;
/** Longer than any pause after the tries of ten minutes. */
const AFTERWARDS_SECONDS = 7200;
const CLIENTS = 2;
const PACE_MS = 100;
/** An act that waited for a stranger would take ten seconds and more. */
const ACTS_P99_MS = 5000;

export const hostileReceivers: Drill = {
  id: 'R13',
  what: 'hostile receivers, no mail server',
  queues: BOTH,
  async run(world, size) {
    const strangers = await Strangers.open();
    try {
      const people = await theOffice(world, strangers);
      const clients = new Clients('hostile', () => people, PACE_MS);
      const { alarms, lateMs } = await outage(world, LOAD[size], strangers, people, clients);
      const wrong = await strangers.complaints(people);
      await wellAgain(world, strangers, people);
      const [deliveries, requests] = [
        await deliveryTally(world.database, strangers),
        await requestTally(world.database, clients),
      ];
      wrong.push(...deliveries.wrong, ...misheard(alarms), ...oddities(clients));
      wrong.push(...(await disorderAndReplay(world.database)), ...unharmed(clients, lateMs));
      const sum = (key: 'n' | 'lost' | 'doubled') => deliveries[key] + alarms[key] + requests[key];
      const passed = `${LOAD[size].seconds} s of 10 min in real time`;
      return {
        n: sum('n'),
        lost: sum('lost'),
        doubled: sum('doubled'),
        lateP99Ms: lateMs,
        faults: `8 receivers, no mail (${passed}), acts p99 ${clients.p99Ms} ms, ${strangers.mostReadMb} MB read`,
        wrong,
      };
    } finally {
      await strangers.close();
    }
  },
};

/** An API, two workers, nine webhooks, and a mail address for each officer. */
async function theOffice(world: World, strangers: Strangers): Promise<Http> {
  const { environment } = strangers;
  const [api] = await Promise.all([world.started('api', { environment }), world.many(2, 'worker', { environment })]);
  const people = world.people(api);
  await strangers.register(people);
  await world.database.owner.query(`UPDATE accounts SET email = login || '@kantor.example' WHERE kind = 'officer'`);
  return people;
}

/** Half of its real time nobody listens for mail, then somebody does and takes none. Answers how the others fared. */
async function outage(
  world: World,
  { cases, seconds }: { cases: number; seconds: number },
  strangers: Strangers,
  people: Http,
  clients: Clients,
): Promise<{ alarms: AlarmTally; lateMs: number }> {
  clients.start(CLIENTS);
  const opening = openCases(people, cases, seconds);
  await pause(seconds * 500);
  await strangers.mailAnswers();
  const ids = await opening;
  await clients.stop();
  const alarms = await allTold(world, ids);
  await healthyHas(world, strangers);
  const lateMs = await healthyLateMs(world.database, strangers);
  world.say(
    `${clients.journal.length} acts, p99 ${clients.p99Ms} ms; the healthy receiver told ${lateMs} ms late (p99)`,
  );
  for (let passed = seconds; passed < OUTAGE_SECONDS; passed += STEP_SECONDS) {
    await healthyHas(world, strangers);
    const tried = strangers.mails.tries;
    await later(world, STEP_SECONDS);
    await eventually('mail is tried again in vain', async () => {
      return strangers.mails.tries > tried || (await mailsDue(world.database)) === 0;
    });
  }
  return { alarms, lateMs };
}

/** Nothing is on its way to the receiver that is well: what it has, it was sent once. */
async function healthyHas({ database }: World, { healthyId }: Strangers): Promise<void> {
  await eventually('the healthy receiver has everything', async () => (await untaken(database, healthyId)) === 0);
}

/** PostgreSQL's clock goes on. */
async function later({ database }: World, seconds: number): Promise<void> {
  const { rows } = await database.owner.query<{ at: Date }>('SELECT alur_now() + make_interval(secs => $1) AS at', [
    seconds,
  ]);
  await database.setNow(rows[0]?.at ?? new Date());
}

/** Waits until all is taken; what makes no progress for a while is tried again hours later. What is left then is lost. */
async function wellAgain(world: World, strangers: Strangers, people: Http): Promise<void> {
  const [MOST_WAITS, WAIT_MS] = [4, 10_000];
  await healthyHas(world, strangers);
  // No mail is under way while the clock moves: a try would outlive its lease, and another follow it.
  await strangers.mailAway();
  await strangers.mendReceivers(people);
  await later(world, AFTERWARDS_SECONDS);
  await strangers.mendMail();
  let [left, since, waits] = [Number.POSITIVE_INFINITY, performance.now(), 0];
  while (left > 0 && waits < MOST_WAITS) {
    await pause(250);
    const now = await untaken(world.database);
    if (now !== left) since = performance.now();
    left = now;
    if (performance.now() - since < WAIT_MS) continue;
    world.say(`${left} still wait: two hours pass`);
    await later(world, AFTERWARDS_SECONDS);
    [since, waits] = [performance.now(), waits + 1];
  }
}

/** Other doors, and the receiver that is well, while the rest misbehaves. */
function unharmed(clients: Clients, lateMs: number): string[] {
  return [
    ...(clients.retries > 0 ? [`${clients.retries} acts did not succeed at once`] : []),
    ...(clients.p99Ms > ACTS_P99_MS ? [`p99 of acts ${clients.p99Ms} ms, ${ACTS_P99_MS} promised`] : []),
    ...(lateMs > LATE_P99_MS ? [`the healthy receiver told ${lateMs} ms late, ${LATE_P99_MS} promised`] : []),
  ];
}
