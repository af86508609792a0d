/** Ramadan lasts longer than the calendar said, and that is decided in the middle of it: over HTTP, with an open case. */
import type { Calendar } from '../../src/sla/calendar.js';
import { levelsOf } from '../support/alarms.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody } from '../support/http.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterAll(() => server.stop());

const at = (instant: string) => server.database.setNow(`${instant}+07:00`);
const send = <Body>(method: string, path: string, body: object) =>
  server.http.send<Body>('admin', method, `/admin/calendar${path}`, JSON.stringify(body), {
    'content-type': 'application/json',
  });
const dueOf = async ({ id }: CaseBody) => (await server.http.get<CaseBody>('staf', `/cases/${id}`)).body.dueAt;

it('moves what is open to the later opening of the day, rings nothing before, and once after', async () => {
  // The last working day of Ramadan; leave and Idulfitri follow until Tuesday the 24th.
  await at('2026-03-17T14:58:00');
  const ended = await server.http.open();
  expect((await server.http.event('staf', ended.id, ended.stepSeq, 'RECEIVE_APPLICANT')).status).toBe(200);
  const open = await server.http.open();
  expect(open.dueAt).toMatch(/^2026-03-25T00:3[1-3]:/);
  const before = await server.http.get<{ entries: object[] }>('inspektur', `/inspection/cases/${ended.id}/history`);

  const { body: shown } = await server.http.get<{ version: number; calendar: Calendar }>('admin', '/admin/calendar');
  const [ramadan] = shown.calendar.regimes;
  expect(ramadan).toMatchObject({ to: '2026-03-19' });
  const calendar = { ...shown.calendar, regimes: [{ ...ramadan, to: '2026-03-25', legalBasis: 'SE Bupati' }] };
  const preview = await send<{ dueLater: number; dueEarlier: number }>('POST', '/preview', { calendar });
  expect(preview.body).toMatchObject({ openCases: 2, dueLater: 2, dueEarlier: 0 });
  const change = { version: shown.version, calendar, reason: 'SE Bupati tentang jam kerja Ramadan' };
  expect((await send('PUT', '', change)).status).toBe(200);
  const newDueAt = new Date(Date.parse(open.dueAt ?? '') + 30 * 60_000).toISOString();
  await eventually('the open case has moved', async () => (await dueOf(open)) === newDueAt);

  // Late by the calendar before, not by this one.
  await at('2026-03-25T07:40:00');
  await server.drain();
  expect(await levelsOf(server.database, open.id)).toEqual([]);
  await server.database.setNow(new Date(Date.parse(newDueAt) + 1000));
  await server.drain();
  await server.drain();
  expect((await levelsOf(server.database, open.id)).map(({ level }) => level)).toEqual([100]);

  const after = await server.http.get<{ entries: object[] }>('inspektur', `/inspection/cases/${ended.id}/history`);
  expect(after.body.entries.slice(0, before.body.entries.length)).toEqual(before.body.entries);
});
