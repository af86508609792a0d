/** Verifying a case while it is written to: a true history is never called false because it grew meanwhile. */
import { startApp, type TestApp } from '../support/app.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

const ROUNDS = 60;

it('passes at any moment, and never sees less than it saw before', async () => {
  const { id } = await server.http.open();
  const path = `/inspection/cases/${id}/verify`;
  let seen = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const writes = [1, 2].map(() => server.http.event('staf', id, null, 'RECORD_PAPER'));
    const reads = [1, 2, 3].map(() => server.http.get<{ result: string; entries: number }>('inspektur', path));
    for (const { body, status } of await Promise.all(reads)) {
      expect([status, body.result]).toEqual([200, 'PASS']);
    }
    for (const { status } of await Promise.all(writes)) expect(status).toBe(200);
    const { body } = await server.http.get<{ entries: number }>('inspektur', path);
    expect(body.entries).toBeGreaterThan(seen);
    seen = body.entries;
  }
  expect(seen).toBe(1 + 2 * ROUNDS);
});
