/** Alive, ready, metrics: what those who run the service see while the queue or the database is away. */
import { Client } from 'pg';
import { drainsBy } from '../support/alarms.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody, Http, ProblemBody } from '../support/http.js';
import { Proxy } from '../support/proxy.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';
import { expectProblem } from '../support/refused.js';

const ready = async ({ http }: TestApp) => {
  const response = await fetch(`${http.base}/readyz`);
  return [response.status, await response.json()] as [number, unknown];
};
const alive = async ({ http }: TestApp) => (await fetch(`${http.base}/healthz`)).json();
const metric = async ({ http }: TestApp, line: string) => {
  const text = await (await fetch(`${http.base}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.slice(line.length) ?? 0,
  );
};
const OK = { status: 'ok', database: 'up', queue: 'up' };

describe('with all there', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp();
  });
  afterAll(() => server.stop());

  it('is alive and ready, without a token, outside /api', async () => {
    expect(await alive(server)).toEqual({ status: 'ok' });
    await eventually('the queue', async () => (await ready(server))[0] === 200);
    expect(await ready(server)).toEqual([200, OK]);
    expect((await fetch(`${server.http.base}/api/v1/healthz`)).status).toBe(404);
  });

  it('counts acts by event, repeats, and refusals by code', async () => {
    const lines = [
      'alur_transitions_total{event="OPENED"}',
      'alur_transitions_total{event="RECEIVE_APPLICANT"}',
      'alur_idempotent_replays_total',
      'alur_refusals_total{code="STALE_CASE"}',
      'alur_refusals_total{code="UNAUTHENTICATED"}',
    ];
    const counts = () => Promise.all(lines.map((line) => metric(server, line)));
    const before = await counts();
    const { id, stepSeq } = await server.http.open();
    const key = { 'idempotency-key': 'once' };
    const receive = (headers: Record<string, string>) =>
      server.http.event('staf', id, stepSeq, 'RECEIVE_APPLICANT', undefined, headers);
    expect((await receive(key)).status).toBe(200);
    expect((await receive(key)).status).toBe(200);
    expect((await receive({})).status).toBe(412);
    expect((await fetch(`${server.http.base}/api/v1/cases`)).status).toBe(401);
    expect(await counts()).toEqual(before.map((count) => count + 1));
  });

  it('counts alarms by level, how late they were, and the notices that wait', async () => {
    const fired = 'alur_alarms_fired_total{level="100"}';
    const before = await Promise.all([metric(server, fired), metric(server, 'alur_alarm_lateness_seconds_count')]);
    await server.http.inOffice(2).open();
    await eventually('the breach', async () => (await metric(server, fired)) > before[0], 25_000);
    expect(await metric(server, 'alur_alarm_lateness_seconds_count')).toBeGreaterThan(before[1]);
    expect(await metric(server, 'alur_notices_pending')).toBeGreaterThan(0);
    expect(await metric(server, 'alur_alarms_open')).toBeGreaterThan(0);
  });

  it('names routes and codes in its labels, never an id or a query', async () => {
    const { id } = await server.http.open();
    await server.http.get('kasi', `/cases/${id}?unknown=Rahasia`);
    await server.http.get('kasi', '/cases?text=Rahasia');
    await fetch(`${server.http.base}/no/such/Rahasia`);
    const text = await (await fetch(`${server.http.base}/metrics`)).text();
    expect(text).toContain('route="/api/v1/cases/:id"');
    expect(text).not.toContain('Rahasia');
    expect(text).not.toContain(id);
  });
});

describeWithRedis('with the queue away', () => {
  let redis: TestRedis;
  let server: TestApp;
  beforeAll(async () => {
    redis = await startRedis();
    server = await startApp({ redisUrl: redis.url });
  });
  afterAll(async () => {
    await redis.door.mend();
    await server.stop();
    await redis.stop();
  });

  it('is degraded but ready, says so in its metrics, and is whole again afterwards', async () => {
    await eventually('the queue', async () => ((await ready(server))[1] as typeof OK).queue === 'up');
    await redis.door.shut();
    const degraded = [200, { status: 'degraded', database: 'up', queue: 'down' }];
    await eventually('degraded', async () => ((await ready(server))[1] as typeof OK).status === 'degraded');
    expect(await ready(server)).toEqual(degraded);
    expect(await metric(server, 'alur_queue_delayed')).toBe(-1);
    expect(await metric(server, 'alur_alarms_open')).toBeGreaterThanOrEqual(0);
    expect((await server.http.open()).state).toBe('intake');
    await redis.door.mend();
    await eventually('ok again', async () => ((await ready(server))[1] as typeof OK).status === 'ok', 60_000);
    expect(await metric(server, 'alur_queue_delayed')).toBeGreaterThanOrEqual(0);
    const before = await drainsBy(server, 'job');
    await eventually(
      'a drain by the job',
      async () => {
        await server.http.inOffice(2).open();
        return (await drainsBy(server, 'job')) > before;
      },
      60_000,
    );
  }, 180_000);
});

/** Each way of being away, and of coming back. */
const WAYS = ['its server is stopped', 'it takes no connections, as during a restore'] as const;

describe.each(WAYS)('with the database away: %s', (way) => {
  let server: TestApp;
  let http: Http;
  let open: CaseBody;
  let door: Proxy;
  beforeAll(async () => {
    const { hostname, port } = new URL(process.env.TEST_APP_URL ?? '');
    door = await Proxy.before(hostname, Number(port));
    server = await startApp({ through: (url) => door.rewrite(url) });
    ({ http } = server);
    await server.database.setNow('2026-11-22T03:00:00Z');
    open = await http.open();
  });
  afterAll(async () => {
    await back();
    await server.stop();
    await door.shut();
  });

  async function away(): Promise<void> {
    if (way === 'its server is stopped') return door.shut();
    await allowConnections(server, false);
  }
  async function back(): Promise<void> {
    if (way === 'its server is stopped') return door.mend();
    await allowConnections(server, true);
  }
  const receive = () =>
    http.event('staf', open.id, open.stepSeq, 'RECEIVE_APPLICANT', undefined, { 'idempotency-key': 'while-away' });
  const signIn = () =>
    fetch(`${http.base}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'staf', password: 'demo-password' }),
    });

  it('is alive and not ready, answers 503 with Retry-After, and goes on when it is back', async () => {
    await away();
    await eventually('not ready', async () => (await ready(server))[0] === 503, 30_000);
    expect(await ready(server)).toEqual([503, expect.objectContaining({ status: 'unavailable', database: 'down' })]);
    expect(await alive(server)).toEqual({ status: 'ok' });
    for (let round = 0; round < 5; round++) {
      const reply = await receive();
      expectProblem(reply, 'UNAVAILABLE');
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    for (const path of ['/cases', `/cases/${open.id}`, `/cases/${open.id}/history`, '/notices', '/kasi/inbox']) {
      const reply = await http.get<ProblemBody>('kasi', path);
      expect([path, reply.status, reply.body.code]).toEqual([path, 503, 'UNAVAILABLE']);
    }
    expect((await signIn()).status).toBe(503);
    expect(await metric(server, 'alur_alarms_open')).toBe(-1);
    await back();
    const done = await eventually(
      'the same request, accepted',
      async () => {
        const reply = await receive();
        return reply.status === 200 ? reply.body : null;
      },
      60_000,
    );
    expect([done.state, done.stepSeq]).toEqual(['registration', open.stepSeq + 1]);
    await eventually('ready again', async () => (await ready(server))[0] === 200, 60_000);
    expect((await signIn()).status).toBe(200);
    const { rows } = await server.database.owner.query('SELECT 1 FROM history WHERE case_id = $1', [open.id]);
    expect(rows).toHaveLength(2);
  }, 180_000);

  it('has no more connections than before', async () => {
    await Promise.all(Array.from({ length: 40 }, () => http.get('kasi', `/cases/${open.id}`)));
    expect(await metric(server, 'alur_pool_connections')).toBeLessThanOrEqual(8);
    expect(await metric(server, 'alur_pool_waiting')).toBe(0);
  });
});

/** Asked from another database of the server: the one in question lets nobody in. */
async function allowConnections({ database }: TestApp, yes: boolean): Promise<void> {
  const name = new URL(database.superuserUrl).pathname.slice(1);
  const elsewhere = new Client({ connectionString: process.env.TEST_SUPERUSER_URL });
  await elsewhere.connect();
  await elsewhere.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${String(yes)}`);
  const others =
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename <> current_user';
  if (!yes) await elsewhere.query(others, [name]);
  await elsewhere.end();
}
