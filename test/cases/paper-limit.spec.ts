/** A case takes 200 papers and no more, by whichever door they come; a repeat of the last one is answered as before. */
import { MOST_PAPERS } from '../../src/cases/paper-limit.js';
import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectRefused } from '../support/refused.js';

let server: TestApp;
let now: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
  now = await server.http.open();
  const record = async (index: number) => {
    const reply = await server.http.event('staf', now.id, null, 'RECORD_PAPER', exampleOf('RECORD_PAPER'), {
      'idempotency-key': `paper-${index}`,
    });
    if (reply.status !== 200) throw new Error(`paper ${index} gave ${reply.status}: ${reply.text}`);
  };
  for (let index = 1; index <= MOST_PAPERS; index++) await record(index);
}, 120_000);
afterAll(() => server.stop());

const record = (headers: Record<string, string> = {}) =>
  server.http.event<ProblemBody>('staf', now.id, null, 'RECORD_PAPER', exampleOf('RECORD_PAPER'), headers);

it('one more is refused at the generic door', async () => {
  const problem = await expectRefused(server, 'TOO_MANY_PAPERS', () => record());
  expect(problem.params).toEqual({ limit: MOST_PAPERS });
});

it('one more is refused at the door for papers, as JSON and as a file', async () => {
  const path = `/cases/${now.id}/documents`;
  await expectRefused(server, 'TOO_MANY_PAPERS', () => server.http.post('kasi', path, exampleOf('RECORD_PAPER')));
  const form = new FormData();
  form.set('kind', 'NEWS_PRINTOUT');
  form.set('file', new Blob(['%PDF-1.7\n%%EOF\n']), 'scan.pdf');
  await expectRefused(server, 'TOO_MANY_PAPERS', () => server.http.send('staf', 'POST', path, form));
});

it('the last one is answered again under its key', async () => {
  const { status } = await record({ 'idempotency-key': `paper-${MOST_PAPERS}` });
  expect(status).toBe(200);
});

it('another case takes papers, and this one goes on', async () => {
  const other = await server.http.open();
  expect((await server.http.event('staf', other.id, null, 'RECORD_PAPER')).status).toBe(200);
  const { body } = await server.http.get<CaseBody>('staf', `/cases/${now.id}`);
  expect((await server.http.driveTo('registration', body)).state).toBe('registration');
});
