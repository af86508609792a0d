/** A case as of an instant: at any moment the state it was seen in at that moment. */
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface AsOf extends ProblemBody {
  readonly at: string;
  readonly caseNo: string;
  readonly standing: {
    seq: number;
    at: string;
    event: string;
    hash: string;
    state: string;
    stepSeq: number;
    visit: number;
    dueAt: string | null;
  } | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-23T02:00:00Z');
});
afterAll(() => server.stop());

const ask = (id: string, at: string) =>
  server.http.get<AsOf>('inspektur', `/inspection/cases/${id}/state?at=${encodeURIComponent(at)}`);

it('is what was seen then: before, between and after every act', async () => {
  const seen: { until: string; body: CaseBody | null }[] = [];
  const opened = await server.http.open();
  let now: CaseBody = opened;
  seen.push({ until: now.last.at, body: null });
  for (const event of ['RECEIVE_APPLICANT', 'REGISTER_LETTER'] as const) {
    await server.database.setNow(new Date(Date.parse(now.last.at) + 60_000));
    const { body } = await server.http.event('staf', opened.id, now.stepSeq, event);
    seen.push({ until: body.last.at, body: now });
    now = body;
  }
  seen.push({ until: '2027-01-01T00:00:00Z', body: now });
  for (const { until, body } of seen) {
    const justBefore = new Date(Date.parse(until) - 1).toISOString();
    const { standing } = (await ask(opened.id, justBefore)).body;
    if (body === null) expect(standing).toBeNull();
    else {
      const { state, stepSeq, dueAt, visit, receipt } = body;
      expect(standing).toMatchObject({ state, stepSeq, dueAt, visit, seq: receipt.seq, hash: receipt.hash });
    }
  }
  // The instant of an entry itself, in any zone's writing.
  const sharp = await ask(opened.id, now.last.at.replace('Z', '+00:00'));
  expect(sharp.body).toMatchObject({ at: now.last.at, caseNo: opened.caseNo, standing: { event: 'REGISTER_LETTER' } });
});

it('is that of now without an instant; refused with a bad one, to others than inspectors, and of a case that is not there', async () => {
  const { id } = await server.http.open();
  for (const at of ['', 'yesterday', '2026-11-23', '2026-13-01T00:00:00Z']) {
    expectProblem(await ask(id, at), 'INVALID_INPUT');
  }
  const now = await server.http.get<AsOf>('inspektur', `/inspection/cases/${id}/state`);
  expect(now.body).toMatchObject({ at: null, standing: { seq: 1, state: 'intake' } });
  const path = `/inspection/cases/${id}/state?at=2026-11-23T02:00:00Z`;
  for (const person of ['staf', 'kadin', 'kasi', 'admin'] as const) {
    expectProblem(await server.http.get<ProblemBody>(person, path), 'FORBIDDEN');
  }
  expectProblem(await server.http.inOffice(2).get<ProblemBody>('inspektur', path), 'NOT_FOUND');
});
