/** R6: a connection that breaks while a statement holds it is that statement's 503, and never the end of the process. */
import { Sql } from '../../src/db/sql.js';
import { startBehindDoor, type BehindDoor } from '../support/behind-door.js';
import { eventually } from '../support/eventually.js';

const SLEEP = 'SELECT pg_sleep(60)';
const OFFICE = '00000000-0000-0000-0000-000000000000';

let both: BehindDoor;
beforeAll(async () => {
  both = await startBehindDoor();
});
afterAll(() => both.stop());

const stopAll = () =>
  both.home.database.owner.query('SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = $1', [SLEEP]);

const asleep = async () => {
  const { rows } = await both.home.database.owner.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND query = $1',
    [SLEEP],
  );
  return rows[0]?.n ?? 0;
};

it.each<[what: string, hold: (sql: Sql) => Promise<unknown>]>([
  ['a read behind the second wall', (sql) => sql.inOffice(OFFICE, null, SLEEP, [])],
  ['a transaction', (sql) => sql.transaction((run) => run(null, SLEEP, []))],
  ['a long read', (sql) => sql.reading(60, [], (run) => run(null, SLEEP, []))],
  ['a single statement', (sql) => sql.run(null, SLEEP, [])],
])('%s', async (_, hold) => {
  const refusal = hold(both.alone.app.get(Sql, { strict: false })).catch((error: unknown) => error);
  await eventually('the statement runs', asleep);
  await both.door.shut();
  expect(await refusal).toMatchObject({ code: 'UNAVAILABLE' });
  await both.door.mend();
  await both.home.database.owner.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1', [
    SLEEP,
  ]);
  expect((await both.alone.http.get('staf', '/services')).status).toBe(200);
});

it.each<[what: string, hold: (sql: Sql) => Promise<unknown>]>([
  ['a read behind the second wall', (sql) => sql.inOffice(OFFICE, null, SLEEP, [])],
  ['a single statement', (sql) => sql.run(null, SLEEP, [])],
])('%s that takes longer than it may is a 503, too', async (_, hold) => {
  const refusal = hold(both.home.app.get(Sql, { strict: false })).catch((error: unknown) => error);
  await eventually('the statement runs', asleep);
  // By the same signal and code as its own limit does.
  await stopAll();
  expect(await refusal).toMatchObject({ code: 'UNAVAILABLE', extras: { retryAfterSeconds: 1 } });
});
