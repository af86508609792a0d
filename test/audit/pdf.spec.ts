/** The printed report costs a thread: one at a time, few waiting, none for longer than it may, nor for who has gone. */
import { Printer } from '../../src/audit/pdf.js';
import type { AuditReport } from '../../src/audit/report.types.js';
import { AppError } from '../../src/errors.js';
import { Metrics } from '../../src/ops/metrics.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const PERIOD = 'from=2026-11-23T00:00:00Z&to=2026-11-26T00:00:00Z';
const MOST_AT_ONCE = 3;

let server: TestApp;
let small: AuditReport;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300', REPORT_SECONDS: '600' } });
  await server.database.setNow('2026-11-23T02:00:00Z');
  await server.http.driveTo('archived');
  const reply = await server.http.get<AuditReport>('inspektur', `/inspection/report?${PERIOD}`);
  small = { ...reply.body, findings: { items: [], counts: {} } };
});
afterAll(() => server.stop());

const large = (cases: number): AuditReport => ({
  ...small,
  cases: Array<AuditReport['cases']>(cases).fill(small.cases).flat(),
});
const printer = () => server.app.get(Printer, { strict: false });
const stays = () => new AbortController().signal;
const print = (report: AuditReport, signal = stays()) => printer().print(() => Promise.resolve(report), 'id', signal);
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

it('is laid out one after the other', async () => {
  const done: string[] = [];
  await Promise.all([
    print(large(60)).then(() => done.push('the large one, asked for first')),
    print(small).then(() => done.push('the small one')),
  ]);
  expect(done).toEqual(['the large one, asked for first', 'the small one']);
});

it('is refused before it is made where others wait already, and has a place again when they are done', async () => {
  const waiting = Array.from({ length: MOST_AT_ONCE }, () => print(small));
  let isMade = false;
  const make = () => Promise.resolve(small).finally(() => (isMade = true));
  await expect(printer().print(make, 'id', stays())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(isMade).toBe(false);
  await Promise.all(waiting);
  expect((await print(small)).subarray(0, 5).toString()).toBe('%PDF-');
});

it('keeps no place where it cannot be made', async () => {
  const broken = () => printer().print(() => Promise.reject(new Error('broken')), 'id', stays());
  for (let n = 0; n <= MOST_AT_ONCE; n++) await expect(broken()).rejects.toThrow('broken');
  await print(small);
});

it('is given up when its reader goes, and the next one has its turn', async () => {
  const reader = new AbortController();
  const given = print(large(300), reader.signal).catch(codeOf);
  const next = print(small);
  setImmediate(() => reader.abort(new AppError('UNAVAILABLE')));
  expect(await Promise.race([given, next])).toBe('UNAVAILABLE');
  await next;
  await expect(print(small, AbortSignal.abort(new AppError('UNAVAILABLE')))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

it('hears of the reader by the connection', async () => {
  const authorization = `Bearer ${await server.http.token('inspektur')}`;
  const reader = new AbortController();
  const ahead = new AbortController();
  // Something to wait for, so that the reader goes while the report is under way.
  const first = print(large(300), ahead.signal).catch(codeOf);
  const asked = fetch(`${server.http.base}/api/v1/inspection/report?${PERIOD}&format=pdf`, {
    headers: { authorization },
    signal: reader.signal,
  }).catch(() => 'gone');
  const records = "SELECT 1 FROM records WHERE entry::text LIKE '%pdf%'";
  await eventually('it is made', async () => (await server.database.owner.query(records)).rowCount);
  reader.abort();
  expect(await asked).toBe('gone');
  ahead.abort(new AppError('UNAVAILABLE'));
  expect(await first).toBe('UNAVAILABLE');
  const { refusals } = server.app.get(Metrics, { strict: false });
  await eventually('it is given up', async () =>
    (await refusals.get()).values.some(({ labels }) => labels.code === 'UNAVAILABLE'),
  );
});

it('is stopped after as long as a report may take', async () => {
  const hasty = await startApp({ beside: server, process: 'api', environment: { REPORT_SECONDS: '1' } });
  try {
    const printed = hasty.app.get(Printer, { strict: false }).print(() => Promise.resolve(large(300)), 'id', stays());
    await expect(printed).rejects.toMatchObject({ code: 'REPORT_TOO_LARGE', extras: { params: { limitSeconds: 1 } } });
  } finally {
    await hasty.stop();
  }
});

it('is stopped at as much memory as a container leaves it', async () => {
  await expect(print(large(2000))).rejects.toMatchObject({ code: 'REPORT_TOO_LARGE' });
  await print(small);
}, 300_000);
