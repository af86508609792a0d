/** An inspector of several offices: let in by a letter, for its dates, reading only, and nowhere else. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Listed extends ProblemBody {
  readonly accountId: string;
  readonly items: { id: string; code: string; letterNumber: string | null }[];
}

const LETTER = '700/41/ST/2026';
const UNTIL = '2099-01-01T00:00:00Z';

let server: TestApp;
let theirs: CaseBody;
let code: string;
let mandate: string;
const give = (body: object, person: Person = 'admin') =>
  server.http
    .inOffice(2)
    .post<{ id: string } & ProblemBody>(person, '/admin/inspection-mandates', { letterNumber: LETTER, ...body });
/** As the inspector of the first office. */
const inspect = <Body = CaseBody & ProblemBody>(path: string, headers: Record<string, string> = {}) =>
  server.http.get<Body>('inspektur', path, headers);
const there = (path: string) => inspect(path, { 'inspect-office': code });

beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  theirs = await server.http.inOffice(2).open();
  const { rows } = await server.database.owner.query<{ code: string }>(
    'SELECT o.code FROM offices o JOIN cases c ON c.office_id = o.id WHERE c.id = $1',
    [theirs.id],
  );
  code = rows[0]!.code;
});
afterAll(() => server.stop());

const paths = () => [
  `/cases/${theirs.id}`,
  ...['history', 'verify', 'state'].map((part) => `/inspection/cases/${theirs.id}/${part}`),
];

it('lets nobody in who has no letter', async () => {
  for (const path of paths()) expectProblem(await there(path), 'NOT_FOUND');
  expectProblem(await inspect('/cases', { 'inspect-office': 'no such office' }), 'NOT_FOUND');
  const { body } = await inspect<Listed>('/inspection/offices');
  expect(body.accountId).toBe(accountId('inspektur'));
  expect(body.items).toHaveLength(1);
  expect(body.items[0]).toMatchObject({ letterNumber: null });
});

it('takes only officers of other offices, and times to come', async () => {
  const inspektur = accountId('inspektur');
  for (const body of [
    { accountId: accountId('inspektur', 2), until: UNTIL },
    { accountId: accountId('demo-client'), until: UNTIL },
    { accountId: '00000000-0000-4000-8000-000000000000', until: UNTIL },
    { accountId: inspektur, until: '2020-01-01T00:00:00Z' },
  ]) {
    expectProblem(await give(body), 'NOT_FOUND');
  }
  expectProblem(await give({ accountId: inspektur }), 'INVALID_INPUT');
  expectProblem(await give({ accountId: inspektur, from: UNTIL, until: UNTIL }), 'INVALID_INPUT');
  expectProblem(await give({ accountId: inspektur, until: UNTIL }, 'inspektur'), 'FORBIDDEN');
  expectProblem(await there(`/cases/${theirs.id}`), 'NOT_FOUND');
});

it('opens that office to reading, to its inspector only, and is on record', async () => {
  const given = await give({ accountId: accountId('inspektur'), until: UNTIL });
  expect(given.status).toBe(201);
  mandate = given.body.id;
  // Sent twice, it is one: else its end would leave the other open.
  const again = await Promise.all([1, 2, 3].map(() => give({ accountId: accountId('inspektur'), until: UNTIL })));
  expect(again.map(({ body }) => body.id)).toEqual([mandate, mandate, mandate]);
  await eventually('the letter', async () => (await there(`/cases/${theirs.id}`)).status === 200);
  for (const path of paths()) expect((await there(path)).status).toBe(200);
  const listed = await inspect<Listed>('/inspection/offices');
  expect(listed.body.items).toMatchObject([{ letterNumber: null }, { code, letterNumber: LETTER }]);
  const mine = await server.http.open();
  const cases = await inspect<{ items: CaseBody[] }>('/cases', { 'inspect-office': code });
  expect(cases.body.items.map(({ id }) => id)).toEqual([theirs.id]);
  // Neither the own office through the other one's header, nor the other one without it.
  expectProblem(await there(`/cases/${mine.id}`), 'NOT_FOUND');
  expectProblem(await inspect(`/cases/${theirs.id}`), 'NOT_FOUND');
  const log = await server.http.inOffice(2).get<{ items: object[] }>('admin', '/admin/log?limit=1');
  expect(log.body.items[0]).toMatchObject({ actor: 'admin.kilat', action: 'let-inspect', subjectId: mandate });
  const kept = await server.http.inOffice(2).get<Listed>('admin', '/admin/inspection-mandates');
  expect(kept.body.items).toMatchObject([{ id: mandate, account: { login: 'inspektur' }, letterNumber: LETTER }]);
  expect((await server.http.get<Listed>('admin', '/admin/inspection-mandates')).body.items).toEqual([]);
});

it('makes them nothing but its inspector there: no writing, no other role, no other office', async () => {
  const header = { 'inspect-office': code };
  expectProblem(await server.http.post('inspektur', '/cases', {}, header), 'FORBIDDEN');
  // A route for everybody: nothing but reading goes through that header.
  expectProblem(await server.http.post<ProblemBody>('inspektur', '/auth/sign-out', {}, header), 'FORBIDDEN');
  expectProblem(await inspect('/kasi/inbox', header), 'FORBIDDEN');
  expectProblem(await inspect('/admin/accounts', header), 'FORBIDDEN');
  // The kasi at home is no inspector anywhere.
  expectProblem(await server.http.get('kasi', `/cases/${theirs.id}`, header), 'NOT_FOUND');
  // Let in as well, the kasi is an inspector there, and no kasi.
  expect((await give({ accountId: accountId('kasi'), until: UNTIL })).status).toBe(201);
  const asKasi = (path: string) => server.http.get<CaseBody & ProblemBody>('kasi', path, header);
  await eventually('the letter', async () => (await asKasi(`/cases/${theirs.id}`)).status === 200);
  expectProblem(await asKasi('/kasi/inbox'), 'FORBIDDEN');
  expect((await asKasi(`/inspection/cases/${theirs.id}/history`)).status).toBe(200);
  const own = await inspect<Listed>('/inspection/offices');
  expect((await inspect('/cases', { 'inspect-office': own.body.items[0]!.code })).status).toBe(200);
});

it('puts what they read of persons on the record of the office it is about', async () => {
  const reply = await inspect(`/inspection/cases/${theirs.id}/personal`, {
    'inspect-office': code,
    reason: 'Aduan 12 tahun 2026: periksa pemohon',
  });
  expect(reply.status).toBe(200);
  const { rows } = await server.database.owner.query<{ about: string }>(
    `SELECT c.id AS about FROM records r JOIN cases c ON c.office_id = r.office_id
     WHERE r.kind = 'PERSONAL_DATA_READ' AND r.actor_id = $1`,
    [accountId('inspektur')],
  );
  expect(rows).toEqual([{ about: theirs.id }]);
});

it('is over when the office ends it', async () => {
  const ended = await server.http.inOffice(2).post('admin', `/admin/inspection-mandates/${mandate}/end`, {});
  expect(ended.status).toBe(200);
  await eventually('its end', async () => (await there(`/cases/${theirs.id}`)).status === 404);
  const again = await server.http
    .inOffice(2)
    .post<ProblemBody>('admin', `/admin/inspection-mandates/${mandate}/end`, {});
  expectProblem(again, 'NOT_FOUND');
});

it('is not yet open before its first day', async () => {
  const later = { accountId: accountId('sekdin'), from: '2098-01-01T00:00:00Z', until: UNTIL };
  expect((await give(later)).status).toBe(201);
  // Asked for the first time: nothing of theirs is kept in memory.
  expect((await server.http.get<Listed>('sekdin', '/inspection/offices')).body.items).toEqual([]);
  const path = `/cases/${theirs.id}`;
  expectProblem(await server.http.get<ProblemBody>('sekdin', path, { 'inspect-office': code }), 'NOT_FOUND');
});
