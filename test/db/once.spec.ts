/** The last wall against telling twice: whoever writes it, by whatever program, a second time is refused. */
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody } from '../support/http.js';

let server: TestApp;
let late: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-24T02:00:00Z');
  late = await server.http.open();
  await server.database.setNow('2026-11-24T02:04:00Z');
  await server.drain();
});
afterAll(() => server.stop());

const sql = (text: string) => server.database.owner.query(text, [late.id]);

it('a level of one visit is one entry', async () => {
  const again = (level: number) =>
    sql(`INSERT INTO history (office_id, case_id, seq, at, event, visit, level, entry, hash)
      SELECT office_id, case_id, seq + ${level}, at, event, visit, ${level}, entry, hash FROM history
      WHERE case_id = $1 AND level = 100`);
  await expect(again(100)).rejects.toMatchObject({ code: '23505', constraint: 'history_level' });
  expect((await again(200)).rowCount).toBe(1);
});

it('a person is told of it by one notice', async () => {
  const again = (visit: number) =>
    sql(`INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at)
      SELECT office_id, gen_random_uuid(), case_id, visit + ${visit}, kind, level, recipient_id, text_id, text_en, created_at
      FROM notices WHERE case_id = $1`);
  await expect(again(0)).rejects.toMatchObject({ code: '23505', constraint: 'notices_once' });
  expect((await again(1)).rowCount).toBe(1);
});
