/** S10: five failures lock an account from an address for 15 minutes, in every process, and from nowhere else. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { Proxy } from '../support/proxy.js';
import { expectProblem } from '../support/refused.js';
import { BEHIND_PROXY, signInAs } from '../support/sign-in.js';

let one: TestApp;
let two: TestApp;
beforeAll(async () => {
  one = await startApp({ environment: BEHIND_PROXY });
  two = await startApp({ environment: BEHIND_PROXY, beside: one });
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});
const MINUTE_MS = 60_000;
const guess = (app: TestApp, account: string, from: string) => signInAs(app.http.base, account, 'a guess', from);

async function lock(account: string, from: string): Promise<void> {
  for (const app of [one, two, one, two, one]) expectProblem(await guess(app, account, from), 'WRONG_CREDENTIALS');
}

describe('five failures, spread over two processes', () => {
  it('lock the account from that address in both, also for the right password', async () => {
    await lock('staf', '192.0.2.10');
    for (const app of [one, two]) {
      const reply = await signInAs(app.http.base, 'staf', undefined, '192.0.2.10');
      expectProblem(reply, 'RATE_LIMITED');
      const seconds = Number(reply.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(890);
      expect(seconds).toBeLessThanOrEqual(900);
    }
  });

  it('lock neither the account elsewhere nor another account there', async () => {
    await lock('kadin', '192.0.2.20');
    expect((await signInAs(one.http.base, 'kadin', undefined, '192.0.2.21')).status).toBe(200);
    expect((await signInAs(two.http.base, 'kasi', undefined, '192.0.2.20')).status).toBe(200);
  });

  it('lock for 15 minutes, which further guesses do not make longer', async () => {
    await one.database.setNow('2026-11-22T03:00:00Z');
    await lock('sekdin', '192.0.2.30');
    await one.database.setNow('2026-11-22T03:14:50Z');
    expectProblem(await guess(one, 'sekdin', '192.0.2.30'), 'RATE_LIMITED');
    await one.database.setNow(new Date(Date.parse('2026-11-22T03:00:00Z') + 15 * MINUTE_MS + 5000));
    expect((await signInAs(two.http.base, 'sekdin', undefined, '192.0.2.30')).status).toBe(200);
  });

  it('are counted anew after a success', async () => {
    for (let round = 0; round < 3; round++) {
      for (const app of [one, two, one, two]) await guess(app, 'kabid', '192.0.2.40');
      expect((await signInAs(one.http.base, 'kabid', undefined, '192.0.2.40')).status).toBe(200);
    }
  });

  it('are five also where a hundred guesses come at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => guess(index % 2 ? one : two, 'admin', '192.0.2.50')),
    );
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(95);
  });

  it('of an account nobody has lock it as well: a lock tells nothing', async () => {
    await lock('nobody-of-ours', '192.0.2.60');
    expectProblem(await guess(one, 'nobody-of-ours', '192.0.2.60'), 'RATE_LIMITED');
  });
});

it('a hundred failures lock an address for every account', async () => {
  for (let account = 0; account < 20; account++) {
    await Promise.all(Array.from({ length: 5 }, () => guess(one, `spray-${account}`, '192.0.2.70')));
  }
  expectProblem(await signInAs(two.http.base, 'kasi', undefined, '192.0.2.70'), 'RATE_LIMITED');
  expect((await signInAs(two.http.base, 'kasi', undefined, '192.0.2.71')).status).toBe(200);
});

it('an address is believed from a trusted proxy only', async () => {
  const direct = await startApp({ beside: one });
  try {
    for (let from = 1; from <= 5; from++) await guess(direct, 'inspektur', `198.51.100.${from}`);
    expectProblem(await guess(direct, 'inspektur', '198.51.100.6'), 'RATE_LIMITED');
  } finally {
    await direct.stop();
  }
});

it('while the shared count is away a process goes by its own, and by the shared one again afterwards', async () => {
  const { hostname, port } = new URL(one.database.appUrl);
  const door = await Proxy.before(hostname, Number(port));
  const alone = await startApp({ environment: BEHIND_PROXY, process: 'api', through: (url) => door.rewrite(url) });
  const attempt = () => signInAs(alone.http.base, 'kasi', undefined, '192.0.2.80');
  expect((await attempt()).status).toBe(200);
  await door.shut();
  for (let n = 0; n < 5; n++) expectProblem(await attempt(), 'UNAVAILABLE');
  expectProblem(await attempt(), 'RATE_LIMITED');
  await door.mend();
  await eventually('the shared count', async () => (await attempt()).status === 200);
  await alone.stop();
  await door.shut();
}, 60_000);
