/** A case that is read while it moves: state, step sequence and receipt of one answer belong together. */
import { startApp, type TestApp } from '../support/app.js';
import { PATH, PATH_STATES, type CaseBody } from '../support/http.js';

const CASES = 6;
const READERS = 6;

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

it('is never shown half before an act and half after it', async () => {
  const seen: CaseBody[] = [];
  for (let n = 0; n < CASES; n++) {
    let now = await server.http.open();
    let isDone = false;
    const read = async () => {
      while (!isDone) seen.push((await server.http.get<CaseBody>('kasi', `/cases/${now.id}`)).body);
    };
    const readers = Array.from({ length: READERS }, read);
    for (const [person, , event] of PATH) {
      const reply = await server.http.event(person, now.id, now.stepSeq, event);
      expect(reply.status).toBe(200);
      now = reply.body;
    }
    isDone = true;
    await Promise.all(readers);
  }
  const places = [...PATH_STATES, 'archived'];
  const torn = seen.filter(({ state, stepSeq }) => places[stepSeq - 1] !== state);
  expect(torn.map(({ state, stepSeq }) => [state, stepSeq])).toEqual([]);
  expect(new Set(seen.map(({ state }) => state)).size).toBeGreaterThan(3);
}, 120_000);
