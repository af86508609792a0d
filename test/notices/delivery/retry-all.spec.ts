/** Retrying all that was given up: however much that is, the answer is short, and so is the queue. */
import { DeliveryQueue } from '../../../src/notices/delivery/delivery.queue.js';
import { MAIL_LANE } from '../../../src/notices/delivery/plan.js';
import { startApp, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';

interface Retried {
  readonly retried: number;
  readonly more: boolean;
  readonly items: { id: string; status: string; attempts: number }[];
}

const LIVE = 'e0000000-0000-4000-8000-000000000001';
const DELETED = 'e0000000-0000-4000-8000-000000000002';
/** Nobody takes a call away: what is in the queue has been put there. */
let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await sql(
    `INSERT INTO webhook_endpoints (office_id, id, label, url, secret, created_at, deleted_at)
     SELECT o.id, e.id, 'x', 'https://hooks.example/' || e.id, e.secret, alur_now(), e.deleted_at FROM offices o,
       (VALUES ($1::uuid, '\\x00'::bytea, NULL::timestamptz), ($2::uuid, NULL, alur_now())) AS e(id, secret, deleted_at)
     WHERE o.code = 'contoh'`,
    [LIVE, DELETED],
  );
});
afterAll(() => server.stop());

const sql = (text: string, values: unknown[] = []) => server.database.owner.query(text, values);
/** Given up an hour ago; without a notice it is a test message. */
const giveUp = (count: number, endpoint: string, lane = endpoint, notice = 'gen_random_uuid()', office = 'contoh') =>
  sql(
    `INSERT INTO deliveries (office_id, id, channel, endpoint_id, notice_id, lane, status, attempts, created_at, due_at, finished_at)
     SELECT o.id, gen_random_uuid(), $3, $2::uuid, ${notice}, $4::uuid, CASE WHEN g % 2 = 0 THEN 'parked' ELSE 'refused' END, 13,
       alur_now() - interval '2 days', alur_now() - interval '2 days', alur_now() - interval '1 hour'
     FROM offices o, generate_series(1, $1) g WHERE o.code = '${office}'`,
    [count, endpoint, lane === MAIL_LANE ? 'email' : 'webhook', lane],
  );
const standing = async (endpoint: string) => {
  const { rows } = await server.database.owner.query<{ over: boolean; attempts: number; n: number }>(
    `SELECT status IN ('parked', 'refused') AS over, attempts, count(*)::int AS n FROM deliveries
     WHERE endpoint_id = $1 GROUP BY 1, 2`,
    [endpoint],
  );
  return rows;
};
const retryAll = async () => (await server.http.post<Retried>('admin', '/admin/deliveries/retry', {})).body;

it('takes all of them by batches, shows the first, and calls each lane once', async () => {
  const person = 'a0000000-0000-4000-8000-000000000009';
  await giveUp(2300, LIVE);
  await giveUp(10, person, MAIL_LANE);
  await giveUp(5, DELETED);
  await giveUp(5, LIVE, LIVE, 'NULL');
  const elsewhere = 'e0000000-0000-4000-8000-000000000003';
  await giveUp(5, elsewhere, MAIL_LANE, 'gen_random_uuid()', 'kilat');
  const { retried, more, items } = await retryAll();
  expect([retried, more, items.length]).toEqual([2310, false, 25]);
  for (const item of items) expect(item).toMatchObject({ status: 'pending', attempts: 0 });
  expect(await standing(LIVE)).toEqual(
    expect.arrayContaining([
      { over: false, attempts: 0, n: 2300 },
      { over: true, attempts: 13, n: 5 },
    ]),
  );
  expect(await standing(person)).toEqual([{ over: false, attempts: 0, n: 10 }]);
  for (const untouched of [DELETED, elsewhere]) {
    expect(await standing(untouched)).toEqual([{ over: true, attempts: 13, n: 5 }]);
  }
  const queue = server.app.get(DeliveryQueue, { strict: false });
  const waiting = await eventually('the calls', async () => {
    const { waiting = 0, delayed = 0 } = (await queue.counts()) ?? {};
    return waiting + delayed;
  });
  expect(waiting).toBe(2);
  const metrics = await (await fetch(`${server.http.base}/metrics`)).text();
  expect(metrics).toMatch(/^alur_delivery_queue_failed 0$/m);
  expect(metrics).toMatch(/^alur_delivery_queue_(delayed|waiting) 2$/m);
});

it('once more finds nothing', async () => {
  expect(await retryAll()).toEqual({ retried: 0, more: false, items: [] });
});

it('says that there are more than one request takes', async () => {
  await giveUp(10_001, LIVE);
  expect(await retryAll()).toMatchObject({ retried: 10_000, more: true });
  expect(await retryAll()).toMatchObject({ retried: 1, more: false });
}, 120_000);
