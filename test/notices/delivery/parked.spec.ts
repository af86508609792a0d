/** What is given up after the last try: the admins hear of it, see it, and can send it again, all of it under its old id. */
import { MOST_TRIES } from '../../../src/notices/delivery/backoff.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addEndpoint, allStand, deliveries, LOOPBACK, type NewEndpoint } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import type { CaseBody, ProblemBody } from '../../support/http.js';
import { tell } from '../../support/notices.js';
import { answer, Receiver } from '../../support/receiver.js';
import { expectProblem } from '../../support/refused.js';

interface Page {
  readonly items: { id: string; status: string; attempts: number; lastResult: string; endpoint: object }[];
  readonly next: string | null;
}

let server: TestApp;
let receiver: Receiver;
let endpoint: NewEndpoint;
let about: CaseBody;
beforeEach(async () => {
  server = await startApp({ environment: { ...LOOPBACK, SWEEP_SECONDS: '1' } });
  receiver = await Receiver.open();
  receiver.behave = answer(503);
  about = await server.http.open();
  endpoint = await addEndpoint(server, receiver, 'Dasbor');
});
afterEach(async () => {
  await server.stop();
  await receiver.close();
});

const list = async (query = '') => (await server.http.get<Page>('admin', `/admin/deliveries${query}`)).body;
const bell = async () =>
  (await server.http.get<{ items: { id: string; kind: string; caseId: string; text: string }[] }>('admin', '/notices'))
    .body.items;
const say = (...texts: string[]) => tell(server.database.owner, about, 'kasi', texts);

/** Tries until there are no more, as two days would. */
async function exhaust(expected: number): Promise<void> {
  await eventually(
    'all parked',
    async () => {
      await server.database.owner.query(
        `UPDATE deliveries SET next_attempt_at = alur_now(), attempts = greatest(attempts, $1)
         WHERE status = 'pending' AND last_result IS NOT NULL AND next_attempt_at < alur_now() + interval '30 seconds'`,
        [MOST_TRIES - 1],
      );
      return (await deliveries(server.database)).filter(({ status }) => status === 'parked').length >= expected;
    },
    60_000,
  );
}

it('is parked, listed, and told to the admins once, in-app only', async () => {
  await say('Satu', 'Dua', 'Tiga');
  await exhaust(3);
  const { items } = await list();
  expect(items).toHaveLength(3);
  for (const item of items) {
    expect(item).toMatchObject({
      status: 'parked',
      attempts: MOST_TRIES,
      lastResult: 'HTTP_503',
      endpoint: { id: endpoint.id, label: 'Dasbor' },
    });
  }
  const told = await bell();
  expect(told).toMatchObject([{ kind: 'DELIVERY_PARKED', caseId: about.id }]);
  expect(told[0]!.text).toContain('webhook tidak terkirim setelah 13 percobaan (HTTP_503)');
  // It went to nobody's webhook.
  expect(await deliveries(server.database)).toHaveLength(3);

  await server.http.post('admin', `/notices/${told[0]!.id}/acknowledge`, {});
  const another = await server.http.open();
  await tell(server.database.owner, another, 'kasi', ['Empat']);
  await exhaust(4);
  expect((await bell()).map(({ caseId }) => caseId)).toEqual([another.id, about.id]);
}, 120_000);

it('is told again once it has been acknowledged, also about the same visit', async () => {
  await say('Satu');
  await exhaust(1);
  await server.http.post('admin', `/notices/${(await bell())[0]!.id}/acknowledge`, {});
  await server.http.post('admin', '/admin/deliveries/retry', {});
  await exhaust(1);
  expect((await bell()).map(({ caseId }) => caseId)).toEqual([about.id, about.id]);
}, 120_000);

it('can be sent again, one or all, under its old id; what was sent is left alone', async () => {
  await say('Satu', 'Dua', 'Tiga');
  await exhaust(3);
  receiver.behave = answer(200);
  receiver.received.length = 0;
  const parked = (await list()).items.map(({ id }) => id);
  const one = parked[0]!;
  const reply = await server.http.post('admin', `/admin/deliveries/${one}/retry`, {});
  expect([reply.status, reply.body.id, reply.body.attempts]).toEqual([200, one, expect.any(Number)]);
  await allStand(server.database, { sent: 1, parked: 2 });
  expect(receiver.ids).toEqual([one]);
  const repeated = await server.http.post('admin', `/admin/deliveries/${one}/retry`, {});
  expect([repeated.status, repeated.body.status]).toEqual([200, 'sent']);

  const all = await server.http.post('admin', '/admin/deliveries/retry', {});
  expect([all.status, all.body]).toMatchObject([200, { retried: 2, more: false, items: [{}, {}] }]);
  await allStand(server.database, { sent: 3 });
  expect(receiver.ids.sort()).toEqual(parked.sort());
}, 120_000);

it('is listed page by page, by status', async () => {
  receiver.behave = answer(200);
  await say(...Array.from({ length: 7 }, (_, index) => `n${index}`));
  await allStand(server.database, { sent: 7 });
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = await list(`?status=sent&limit=3${cursor}`);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  expect(seen.sort()).toEqual((await deliveries(server.database)).map(({ id }) => id).sort());
  expect(await list()).toEqual({ items: [], next: null });
});

it('is nobody’s business but the admin’s, and not the other office’s', async () => {
  await say('Satu');
  await exhaust(1);
  const id = (await list()).items[0]!.id;
  for (const person of ['staf', 'kasi', 'kadin', 'inspektur', 'demo-client'] as const) {
    expectProblem(await server.http.get<ProblemBody>(person, '/admin/deliveries'), 'FORBIDDEN');
    expectProblem(await server.http.post<ProblemBody>(person, '/admin/deliveries/retry', {}), 'FORBIDDEN');
  }
  const foreign = server.http.inOffice(2);
  expect((await foreign.get<Page>('admin', '/admin/deliveries')).body.items).toEqual([]);
  expectProblem(await foreign.post<ProblemBody>('admin', `/admin/deliveries/${id}/retry`, {}), 'NOT_FOUND');
  expect((await foreign.post('admin', '/admin/deliveries/retry', {})).body).toMatchObject({ retried: 0 });
  expect((await list()).items).toHaveLength(1);
}, 90_000);

it('says so in the metrics', async () => {
  await say('Satu');
  await exhaust(1);
  const metrics = await (await fetch(`${server.http.base}/metrics`)).text();
  expect(metrics).toMatch(/^alur_deliveries_parked 1$/m);
  expect(metrics).toMatch(/^alur_deliveries_oldest_pending_seconds 0$/m);
  expect(metrics).toMatch(/^alur_deliveries_total\{channel="webhook",result="parked"\} 1$/m);
  expect(metrics).toMatch(/^alur_deliveries_total\{channel="webhook",result="failed"\} [1-9]/m);
}, 90_000);
