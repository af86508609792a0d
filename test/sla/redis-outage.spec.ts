/** Redis stops, or a cable is pulled, under load: no act is lost or refused, alarms come by the sweep, jobs come back. */
import { drainsBy, firedCounts } from '../support/alarms.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody, Http } from '../support/http.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';

const SWEEP = { SWEEP_SECONDS: '2' };

describeWithRedis.each(['shut', 'freeze'] as const)('while Redis is away (%s)', (how) => {
  let redis: TestRedis;
  let server: TestApp;
  let kilat: Http;
  beforeAll(async () => {
    redis = await startRedis();
    server = await startApp({ redisUrl: redis.url, environment: SWEEP });
    kilat = server.http.inOffice(2);
  });
  afterAll(async () => {
    await redis.door.mend();
    await server.stop();
    await redis.stop();
  });

  const openMany = (count: number) => Promise.all(Array.from({ length: count }, () => kilat.open()));
  const receive = (some: readonly CaseBody[]) =>
    Promise.all(some.map(({ id, stepSeq }) => kilat.event('staf', id, stepSeq, 'RECEIVE_APPLICANT')));
  const allBreached = (ids: readonly string[]) =>
    eventually(
      'all breaches',
      async () => (await firedCounts(server.database, ids, 100)).entries[1] === ids.length,
      60_000,
    );

  it('every valid act succeeds, and every alarm comes, by the sweep', async () => {
    const before = await openMany(20);
    await redis.door[how]();
    const during = await openMany(40);
    const left = during.slice(20);
    const replies = [...(await receive(during.slice(0, 20))), ...(await receive(before.slice(0, 10)))];
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const waiting = [...before.slice(10), ...left].map(({ id }) => id);
    await allBreached(waiting);
    expect(await firedCounts(server.database, waiting, 100)).toEqual({
      entries: { 1: waiting.length },
      notices: { 1: waiting.length },
    });
  }, 120_000);

  it('says that it is degraded, and works on', async () => {
    const ready = await fetch(`${server.http.base}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'degraded', database: 'up', queue: 'down' }]);
    expect((await kilat.open()).state).toBe('intake');
  });

  it('wakes by the job again once Redis is back', async () => {
    await redis.door.mend();
    const before = await drainsBy(server, 'job');
    await eventually(
      'a drain by the job',
      async () => {
        await kilat.open();
        return (await drainsBy(server, 'job')) > before;
      },
      60_000,
    );
    // The producer's connection comes back in its own time, not with the worker's.
    await eventually('readyz says ok', async () => {
      const ready = (await (await fetch(`${server.http.base}/readyz`)).json()) as Record<string, unknown>;
      return ready.status === 'ok' && ready.queue === 'up';
    });
  }, 90_000);
});
