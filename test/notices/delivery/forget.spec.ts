/** Deliveries that are long over are deleted; what waits, what is parked and the notices themselves stay. */
import { DeliveryStore } from '../../../src/notices/delivery/delivery.store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addEndpoint, allStand, deliveries, LOOPBACK, standing } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import { countOf } from '../../support/log.js';
import { tell } from '../../support/notices.js';
import { Receiver } from '../../support/receiver.js';

let server: TestApp;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.open();
  server = await startApp({ environment: { ...LOOPBACK, SWEEP_SECONDS: '1', DELIVERY_RETENTION_DAYS: '30' } });
  await addEndpoint(server, receiver);
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

const store = () => server.app.get(DeliveryStore, { strict: false });
const tellSome = async (count: number) => {
  const about = await server.http.open();
  await tell(
    server.database.owner,
    about,
    'kasi',
    Array.from({ length: count }, (_, index) => `Pemberitahuan ${index}`),
  );
};
const stand = (status: string, no: number) =>
  server.database.owner.query(
    `UPDATE deliveries SET status = $1, last_result = 'X', next_attempt_at = CASE WHEN $1 = 'pending' THEN 'infinity'::timestamptz END
     WHERE id = (SELECT id FROM deliveries ORDER BY id OFFSET $2 LIMIT 1)`,
    [status, no],
  );

it('deletes those sent or refused before the days given, and nothing else', async () => {
  await tellSome(6);
  await allStand(server.database, { sent: 6 });
  await stand('refused', 0);
  await stand('parked', 1);
  await stand('pending', 2);
  expect(await store().forget(30, 1000)).toBe(0);
  await server.database.owner.query("UPDATE deliveries SET created_at = created_at - interval '31 days'");
  await tellSome(1);
  await allStand(server.database, { sent: 4, refused: 1, parked: 1, pending: 1 });
  const told = await countOf(server.database, 'notices');
  expect(await store().forget(30, 2)).toBe(3);
  expect(await standing(server.database)).toEqual({ sent: 2, parked: 1, pending: 1 });
  expect(await store().forget(30, 1000)).toBe(1);
  expect(await store().forget(30, 1000)).toBe(0);
  expect(await standing(server.database)).toEqual({ sent: 1, parked: 1, pending: 1 });
  expect(await countOf(server.database, 'notices')).toBe(told);
  // Nothing is relayed again.
  await tellSome(1);
  await allStand(server.database, { sent: 2, parked: 1, pending: 1 });
});

it('deletes a digest with the list of what was in it', async () => {
  const { owner } = server.database;
  const [{ id } = { id: '' }] = (await deliveries(server.database)).filter(({ status }) => status === 'sent');
  await owner.query(
    'INSERT INTO digest_notices SELECT office_id, notice_id, id FROM deliveries WHERE id = $1 RETURNING notice_id',
    [id],
  );
  await owner.query("UPDATE deliveries SET created_at = created_at - interval '40 days' WHERE id = $1", [id]);
  expect(await store().forget(30, 1000)).toBe(1);
  expect(await countOf(server.database, 'digest_notices')).toBe(0);
});

it('is done by the worker itself, when it starts and once an hour', async () => {
  await server.database.owner.query("UPDATE deliveries SET created_at = created_at - interval '40 days'");
  expect((await standing(server.database)).sent).toBe(1);
  const restarted = await startApp({
    beside: server,
    process: 'worker',
    environment: { ...LOOPBACK, SWEEP_SECONDS: '1', DELIVERY_RETENTION_DAYS: '30' },
  });
  await eventually('forgotten', async () => (await standing(server.database)).sent === undefined);
  await restarted.stop();
  expect(await standing(server.database)).toEqual({ parked: 1, pending: 1 });
});
