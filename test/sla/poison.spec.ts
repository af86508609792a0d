/** R12: a case nobody can read any more must not silence the bell for the others. */
import { firedCounts } from '../support/alarms.js';
import { startApp, type TestApp } from '../support/app.js';

const MORNING = '2026-11-24T02:00:00Z';
const LATER = '2026-11-24T02:04:00Z';

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterAll(() => server.stop());

it('fires all others when one case’s machine is not installed here', async () => {
  const { database, http } = server;
  await database.setNow(MORNING);
  const [poisoned, ...healthy] = await Promise.all(Array.from({ length: 5 }, () => http.open()));
  const ids = healthy.map(({ id }) => id);
  await database.owner.query('UPDATE cases SET machine_version = 99 WHERE id = $1', [poisoned!.id]);
  await database.setNow(LATER);
  await server.drain();
  expect(await firedCounts(database, ids, 100)).toEqual({ entries: { 1: 4 }, notices: { 1: 4 } });
  expect(await firedCounts(database, [poisoned!.id], 100)).toMatchObject({ entries: { 0: 1 } });

  await database.owner.query('UPDATE cases SET machine_version = 1 WHERE id = $1', [poisoned!.id]);
  await server.drain();
  expect(await firedCounts(database, [poisoned!.id], 100)).toEqual({ entries: { 1: 1 }, notices: { 1: 1 } });
});
