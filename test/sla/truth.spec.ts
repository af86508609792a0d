/** Open steps = armed alarms = queued jobs: what differs is found, told and mended; the canaries show that the bell works. */
import { STANDARD_LADDER } from '../../machines/ladder.js';
import { AlarmQueue } from '../../src/sla/alarm.queue.js';
import { FIRST, TruthStore } from '../../src/sla/truth.store.js';
import { TruthWorker } from '../../src/sla/truth.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { onEachBackend } from '../support/backends.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody } from '../support/http.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';

/** Nothing by itself: each round is asked for. */
const QUIET = { SWEEP_SECONDS: '300', TRUTH_SECONDS: '3600' };

async function metric(server: TestApp, name: string): Promise<number> {
  const text = await (await fetch(`${await server.app.getUrl()}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}
const found = (server: TestApp, kind: string) => metric(server, `alur_truth_differences{kind="${kind}"}`);
const KINDS = ['unarmed', 'stray', 'moved', 'adrift', 'unreadable'];
/** In the case and in its desk alike. */
const inBoth = (instant: string) => `
  WITH c AS (UPDATE cases c SET next_alarm_at = ${instant} WHERE c.id = $1 RETURNING id, next_alarm_at)
  UPDATE case_desks d SET next_alarm_at = c.next_alarm_at FROM c WHERE d.case_id = c.id`;
/** The breach of a case set by hand to ten minutes from now, long enough to be looked for; the instant it is set to. */
async function inTenMinutes({ database }: TestApp, { id }: CaseBody): Promise<number> {
  const { rows } = await database.owner.query<{ at: number }>(
    `WITH soon AS (SELECT date_trunc('milliseconds', alur_now() + interval '10 minutes') AS at),
     c AS (UPDATE cases SET due_at = at, breach_at = at, next_alarm_at = at, fired_level = 80 FROM soon
       WHERE id = $1 RETURNING cases.*)
     UPDATE case_desks d SET due_at = c.due_at, breach_at = c.breach_at, next_alarm_at = c.next_alarm_at,
       fired_level = c.fired_level FROM c WHERE d.case_id = c.id
     RETURNING date_part('epoch', d.next_alarm_at) * 1000 AS at`,
    [id],
  );
  return rows[0]?.at ?? 0;
}
const check = (server: TestApp) => server.app.get(TruthWorker, { strict: false }).check();

describe('open steps and armed alarms', () => {
  let server: TestApp;
  let cases: CaseBody[];
  const row = async ({ id }: CaseBody) => {
    const { rows } = await server.database.owner.query<Record<string, unknown>>(
      `SELECT c.next_alarm_at AS alarm, d.next_alarm_at AS copy, d.state, d.closed FROM cases c
       LEFT JOIN case_desks d ON d.case_id = c.id WHERE c.id = $1`,
      [id],
    );
    return rows[0];
  };
  beforeAll(async () => {
    server = await startApp({ environment: QUIET });
    await server.database.setNow('2026-11-24T02:00:00Z');
    cases = [];
    while (cases.length < 12) cases.push(await server.http.open());
  });
  afterAll(() => server.stop());

  it('agree as long as nobody meddles, also for what is held, late, closed', async () => {
    await server.http.event('staf', cases[0]!.id, 1, 'HOLD');
    await server.http.event('staf', cases[1]!.id, 1, 'WITHDRAW');
    await check(server);
    for (const kind of KINDS) expect([kind, await found(server, kind)]).toEqual([kind, 0]);
  });

  it.each<[kind: string, meddle: string, one: number]>([
    ['unarmed', 'UPDATE cases SET next_alarm_at = NULL WHERE id = $1', 2],
    ['adrift', 'UPDATE case_desks SET next_alarm_at = NULL WHERE case_id = $1', 3],
    ['adrift', 'DELETE FROM case_desks WHERE case_id = $1', 4],
    ['adrift', `UPDATE case_desks SET state = 'archived', closed = true WHERE case_id = $1`, 5],
    ['moved', inBoth(`'2099-01-01'`), 6],
    ['moved', inBoth(`c.next_alarm_at - interval '1 minute'`), 7],
  ])('%s: %s is found, mended and rings as before', async (kind, meddle, one) => {
    const before = await row(cases[one]!);
    await server.database.owner.query(meddle, [cases[one]!.id]);
    await check(server);
    expect(await found(server, kind)).toBe(1);
    expect(await row(cases[one]!)).toEqual(before);
    await check(server);
    expect(await found(server, kind)).toBe(0);
  });

  it('stray: an alarm of a case whose clock stands still goes', async () => {
    const held = cases[0]!;
    await server.database.owner.query(`UPDATE cases SET next_alarm_at = alur_now() + interval '1 hour' WHERE id = $1`, [
      held.id,
    ]);
    await check(server);
    expect(await found(server, 'stray')).toBe(1);
    expect(await row(held)).toMatchObject({ alarm: null, copy: null });
  });

  it('moved: an escalation in another year comes back as well, one that is right is left alone', async () => {
    const late = await server.http.driveTo('headDisposition');
    await server.database.setNow('2026-11-24T02:06:00Z');
    await server.drain();
    const before = await row(late);
    await check(server);
    expect([await found(server, 'moved'), await row(late)]).toEqual([0, before]);
    await server.database.owner.query(inBoth(`'2099-01-01'`), [late.id]);
    await check(server);
    expect([await found(server, 'moved'), await row(late)]).toEqual([1, before]);
  });
});

describe('a case past its last rung', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp({ environment: QUIET });
  });
  afterAll(() => server.stop());

  it('is none to look at closely: there is nothing ahead of it', async () => {
    await server.database.setNow('2026-11-24T02:00:00Z');
    const { id } = await server.http.open();
    await server.database.setNow('2026-11-26T02:00:00Z');
    await server.drain();
    const { rows } = await server.database.owner.query(
      'SELECT fired_level, next_alarm_at, clock_started_at IS NOT NULL AS running FROM cases WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ fired_level: 400, next_alarm_at: null, running: true }]);
    const rungs = STANDARD_LADDER.levels.map(({ percent, fromMinutes: minutes }) => {
      return { service: 'kim-member-service', version: 1, percent, minutes };
    });
    const store = server.app.get(TruthStore, { strict: false });
    expect(await store.page(FIRST, 100, rungs)).toMatchObject({ looked: 1, suspects: [] });
  });
});

describe('what fails is one case, or one part of the check', () => {
  let server: TestApp;
  const sql = (text: string, values: string[] = []) => server.database.owner.query(text, values);
  const armed = async ({ id }: CaseBody) =>
    (await sql('SELECT 1 FROM cases WHERE id = $1 AND next_alarm_at IS NOT NULL', [id])).rowCount;
  beforeEach(async () => {
    server = await startApp({ environment: QUIET });
    await server.database.setNow('2026-11-24T02:00:00Z');
  });
  afterEach(() => server.stop());

  it.each([
    ['machine', 'UPDATE cases SET machine_version = 99 WHERE id = $1'],
    ['calendar', 'UPDATE cases SET calendar_version = 99, next_alarm_at = NULL WHERE id = $1'],
  ])('a case without its %s is counted as unreadable, and the next one is mended', async (_what, poison) => {
    const first = await server.http.open();
    const second = await server.http.open();
    await sql(poison, [first.id]);
    await sql('UPDATE cases SET next_alarm_at = NULL WHERE id = $1', [second.id]);
    for (const round of [1, 2]) {
      await check(server);
      expect([round, await found(server, 'unreadable'), await armed(second)]).toEqual([round, 1, 1]);
    }
    expect(await found(server, 'unqueued')).toBe(0);
    expect(await metric(server, 'alur_truth_mended_total{kind="unarmed"}')).toBe(1);
  });

  it('without the canaries the alarms are checked, and without the desks the jobs', async () => {
    const one = await server.http.open();
    await sql('UPDATE cases SET next_alarm_at = NULL WHERE id = $1', [one.id]);
    await sql('ALTER TABLE canaries RENAME TO canaries_away');
    await check(server);
    expect([await found(server, 'unarmed'), await armed(one)]).toEqual([1, 1]);
    await sql('ALTER TABLE canaries_away RENAME TO canaries');
    await sql('ALTER TABLE cases RENAME TO cases_away');
    await check(server);
    expect([await found(server, 'unarmed'), await found(server, 'unqueued')]).toEqual([-1, 0]);
    await sql('ALTER TABLE cases_away RENAME TO cases');
  });
});

describeWithRedis.each(['shut', 'freeze'] as const)('while the queue is away (%s)', (how) => {
  let redis: TestRedis;
  let server: TestApp;
  beforeAll(async () => {
    redis = await startRedis();
    server = await startApp({ redisUrl: redis.url, environment: QUIET });
  });
  afterAll(async () => {
    await redis.door.mend();
    await server.stop();
    await redis.stop();
  });

  it('the alarms are checked, and of the jobs it says that nobody knows', async () => {
    const one = await server.http.open();
    await inTenMinutes(server, one);
    for (const unqueued of [1, 0]) {
      await check(server);
      expect(await found(server, 'unqueued')).toBe(unqueued);
    }
    await redis.door[how]();
    await server.database.owner.query('UPDATE case_desks SET next_alarm_at = NULL WHERE case_id = $1', [one.id]);
    await check(server);
    expect([await found(server, 'adrift'), await found(server, 'unqueued')]).toEqual([1, -1]);
  }, 90_000);
});

onEachBackend('queued jobs and canaries', (backend) => {
  let server: TestApp;
  beforeAll(async () => {
    server = await backend().start({ environment: { ...QUIET, TRUTH_SECONDS: '1' } });
  });
  afterAll(() => server.stop());

  it('a canary alarm and a canary job are heard, again and again', async () => {
    for (const name of ['alarm', 'job']) {
      const age = () => metric(server, `alur_canary_${name}_age_seconds`);
      await eventually(`the canary ${name} grows old`, async () => (await age()) > 0.5);
      await eventually(`the canary ${name} is heard`, async () => (await age()) < 0.5, 30_000);
    }
  });

  it('a lost wake-up call is missed and called again', async () => {
    const at = await inTenMinutes(server, await server.http.open());
    const calledAgain = () =>
      eventually('the call is there', async () => {
        const missing = await server.app.get(AlarmQueue, { strict: false }).missing([at]);
        return missing?.length === 0;
      });
    const mended = () => metric(server, 'alur_truth_mended_total{kind="unqueued"}');
    await calledAgain();
    const before = await mended();
    await backend().loseJobs(server);
    await eventually('the loss is seen', async () => (await mended()) > before);
    await calledAgain();
  });
});

it('silence is seen: without a worker the canaries only grow old', async () => {
  const api = await startApp({ process: 'api' });
  const age = () => metric(api, 'alur_canary_job_age_seconds');
  const first = await age();
  await eventually('it grows old', async () => (await age()) > first + 2);
  await api.stop();
});
