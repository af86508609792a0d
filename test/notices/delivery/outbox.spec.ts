/** The outbox: each notice is relayed once, however many relays race for it, and nothing leaves before its commit. */
import { Client } from 'pg';
import { startApp, type TestApp } from '../../support/app.js';
import { addEndpoint, allStand, deliveries, LOOPBACK } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import type { CaseBody } from '../../support/http.js';
import { tell } from '../../support/notices.js';
import { Receiver } from '../../support/receiver.js';

const SOON = { ...LOOPBACK, SWEEP_SECONDS: '1' };

let server: TestApp;
let receiver: Receiver;
let about: CaseBody;
beforeEach(async () => {
  server = await startApp({ environment: SOON });
  receiver = await Receiver.open();
  about = await server.http.open();
  await addEndpoint(server, receiver);
});
afterEach(async () => {
  await server.stop();
  await receiver.close();
});

const sql = (text: string) => server.database.owner.query(text);
const say = (...texts: string[]) => tell(server.database.owner, about, 'kasi', texts);
const unrelayed = async () => (await sql('SELECT 1 FROM notices WHERE NOT relayed')).rowCount;

it('four workers race for it: one delivery for each notice, and one message', async () => {
  const NOTICES = 600;
  const others = await Promise.all(
    [1, 2, 3].map(() => startApp({ beside: server, process: 'worker', environment: SOON })),
  );
  const texts = Array.from({ length: 50 }, (_, index) => `Pemberitahuan ${index}`);
  for (let count = 0; count < NOTICES; count += texts.length) await say(...texts);
  await allStand(server.database, { sent: NOTICES }, 90_000);
  expect([receiver.ids.length, new Set(receiver.ids).size]).toEqual([NOTICES, NOTICES]);
  await Promise.all(others.map((one) => one.stop()));
}, 120_000);

it('a notice that is relayed twice makes one delivery', async () => {
  await say('Satu', 'Dua');
  await allStand(server.database, { sent: 2 });
  // What a restored backup, or a hand in the database, could do.
  await sql('UPDATE notices SET relayed = false');
  await eventually('relayed again', async () => (await unrelayed()) === 0);
  await say('Tiga');
  await allStand(server.database, { sent: 3 });
  expect([receiver.ids.length, (await deliveries(server.database)).length]).toEqual([3, 3]);
});

it('nothing leaves before the relay has committed', async () => {
  await sql(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''the commit fails''; END';
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON deliveries DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION refuse()`);
  await say('Belum');
  const { rows } = await server.database.owner.query<{ failed: string }>(
    `SELECT xact_rollback AS failed FROM pg_stat_database WHERE datname = current_database()`,
  );
  await eventually('commits that failed', async () => {
    const now = await server.database.owner.query<{ failed: string }>(
      `SELECT pg_stat_clear_snapshot(), xact_rollback AS failed FROM pg_stat_database WHERE datname = current_database()`,
    );
    return Number(now.rows[0]?.failed) >= Number(rows[0]?.failed) + 2;
  });
  expect([receiver.connections, await unrelayed(), (await deliveries(server.database)).length]).toEqual([0, 1, 0]);
  await sql('DROP TRIGGER refuse ON deliveries');
  await allStand(server.database, { sent: 1 });
  expect(receiver.ids).toHaveLength(1);
});

it('a notice of a transaction that wrote early and commits late is not passed over', async () => {
  const slow = new Client({ connectionString: server.database.superuserUrl });
  await slow.connect();
  await slow.query('BEGIN');
  await tell(slow, about, 'kasi', ['Awal']);
  await say('Akhir');
  await allStand(server.database, { sent: 1 });
  await slow.query('COMMIT');
  await allStand(server.database, { sent: 2 });
  await slow.end();
});

it('where nobody wants anything outside the house, notices are relayed to nowhere', async () => {
  await server.http.send('admin', 'DELETE', `/admin/webhooks/${(await onlyEndpoint()).id}`, null);
  await say('Hanya lonceng');
  await eventually('relayed', async () => (await unrelayed()) === 0);
  expect(await deliveries(server.database)).toEqual([]);
});

async function onlyEndpoint(): Promise<{ id: string }> {
  const { body } = await server.http.get<{ items: { id: string }[] }>('admin', '/admin/webhooks');
  return body.items[0]!;
}
