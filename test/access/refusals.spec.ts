/** S1: what somebody tries and may not changes nothing and is kept: who, which door, which case, why, how often. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Kept {
  readonly account: string;
  readonly client: string;
  readonly route: string;
  readonly caseId: string;
  readonly code: string;
  readonly reasons: string[];
  readonly times: number;
}
interface Reported {
  readonly refusedAttempts: { actor: string; client: string | null; caseNo: string | null; code: string }[];
}

const NONE = '00000000-0000-0000-0000-000000000000';
const DOOR = '/cases/:id/receive-applicant';

let server: TestApp;
let one: CaseBody;
beforeEach(async () => {
  one = await server.http.open();
});
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterAll(() => server.stop());

const kept = async (caseId: string) => {
  const { rows } = await server.database.owner.query<Kept>(
    `SELECT account_id AS account, client_id AS client, route, case_id AS "caseId", code, reasons, sum(times)::int AS times
     FROM refused_attempts WHERE case_id = $1 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY code, account_id`,
    [caseId],
  );
  return rows;
};
/** Once as many are kept as there should be. */
const keptOnce = async (caseId: string, times: number) => {
  await eventually(`${times} refused attempts`, async () => {
    const rows = await kept(caseId);
    return rows.reduce((sum, row) => sum + row.times, 0) >= times;
  });
  return kept(caseId);
};
const receive = (person: Parameters<TestApp['http']['post']>[0], id: string, headers: Record<string, string> = {}) =>
  server.http.post<ProblemBody>(person, `/staff/cases/${id}/receive-applicant`, {}, { 'if-match': '"1"', ...headers });
const entries = async (id: string) =>
  (await server.database.owner.query('SELECT 1 FROM history WHERE case_id = $1', [id])).rows.length;

it('another role at a door, three times within a minute or two: counted, and the case as it was', async () => {
  expectProblem(await receive('kadin', one.id), 'FORBIDDEN');
  await keptOnce(one.id, 1);
  for (let time = 0; time < 2; time++) expectProblem(await receive('kadin', one.id), 'FORBIDDEN');
  const rows = await keptOnce(one.id, 3);
  expect(rows).toEqual([
    {
      account: accountId('kadin'),
      client: NONE,
      route: `POST /api/v1/staff${DOOR}`,
      caseId: one.id,
      code: 'FORBIDDEN',
      reasons: [],
      times: 3,
    },
  ]);
  expect(await entries(one.id)).toBe(1);
});

it('an act the procedure does not take, with its reasons; by a client, with both', async () => {
  const { status } = await receive('demo-client', one.id, { 'on-behalf-of': 'kasi' });
  expect(status).toBe(403);
  expectProblem(await server.http.event('staf', one.id, 1, 'REGISTER_LETTER'), 'TRANSITION_REFUSED');
  const rows = await keptOnce(one.id, 2);
  expect(rows).toMatchObject([
    { account: accountId('kasi'), client: accountId('demo-client'), code: 'FORBIDDEN' },
    { account: accountId('staf'), client: NONE, code: 'TRANSITION_REFUSED' },
  ]);
  expect(rows[1]?.reasons.length).toBeGreaterThan(0);
});

it("a change of another office's case is kept in one's own; a look at it, a stale step and a wrong body are not", async () => {
  const other = server.http.inOffice(2);
  expectProblem(await other.event('staf', one.id, 1, 'RECEIVE_APPLICANT'), 'NOT_FOUND');
  expectProblem(await other.get('staf', `/cases/${one.id}`), 'NOT_FOUND');
  expectProblem(await server.http.event('staf', one.id, 7, 'RECEIVE_APPLICANT'), 'STALE_CASE');
  const rows = await keptOnce(one.id, 1);
  expect(rows).toMatchObject([{ account: accountId('staf', 2), code: 'NOT_FOUND', times: 1 }]);
});

it('is a list of the audit report of that office, and of no other', async () => {
  expectProblem(await receive('kabid', one.id), 'FORBIDDEN');
  await keptOnce(one.id, 1);
  const day = 86_400_000;
  const at = (shift: number) => new Date(Date.now() + shift).toISOString();
  const path = `/inspection/report?from=${at(-day)}&to=${at(day)}`;
  const { body } = await server.http.get<Reported>('inspektur', path);
  expect(body.refusedAttempts).toContainEqual(
    expect.objectContaining({ actor: 'kabid', client: null, caseNo: one.caseNo, code: 'FORBIDDEN' }),
  );
  const theirs = await server.http.inOffice(2).get<Reported>('inspektur', path);
  expect(theirs.body.refusedAttempts.map(({ actor }) => actor)).not.toContain('kabid');
});

it('is kept by a process that is told to stop', async () => {
  const second = await startApp({ beside: server, process: 'api' });
  expectProblem(
    await second.http.post<ProblemBody>('kadin', `/staff/cases/${one.id}/receive-applicant`, {}, { 'if-match': '"1"' }),
    'FORBIDDEN',
  );
  await second.stop();
  expect(await kept(one.id)).toMatchObject([{ account: accountId('kadin'), times: 1 }]);
});
