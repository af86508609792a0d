/** Roles and orders to act: given once however often they are sent, at instants of any zone, and ended for good. */
import type { QueryRunner } from 'typeorm';
import { GrantOnce1764910000000 } from '../../migrations/1764910000000-GrantOnce.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type ProblemBody } from '../support/http.js';
import { newOfficer } from '../support/officer.js';
import { expectProblem } from '../support/refused.js';

interface Made extends ProblemBody {
  readonly id: string;
  readonly until: string;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const officer = () => newOfficer(server.http);
const admin = (path: string, body: object = {}) => server.http.post<Made>('admin', `/admin${path}`, body);
const PLH = {
  kind: 'PLH',
  role: 'kasi',
  actingFor: accountId('kasi'),
  letterNumber: '800/18/PLH/2026',
  from: '2026-11-22T00:00:00+07:00',
  until: '2026-11-30T00:00:00+07:00',
};
const status = async (token: string, path: string) =>
  (await fetch(`${server.http.base}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

it.each<[string, object]>([
  ['accounts/{id}/grants', { role: 'kabid', from: '2026-11-20T00:00:00+16:00', until: '2026-11-21T00:00:00+23:59' }],
  [
    'accounts/{id}/acting-orders',
    {
      kind: 'PLH',
      role: 'kasi',
      actingFor: accountId('kasi'),
      letterNumber: '800/18/PLH/2026',
      from: '2026-11-22T00:00:00+16:00',
      until: '2026-11-30T00:00:00-16:00',
    },
  ],
  [
    'inspection-mandates',
    { accountId: accountId('inspektur', 2), letterNumber: '700/42/ST/2026', until: '2026-12-01T00:00:00+16:00' },
  ],
])('an instant of any offset is taken by %s, and told in UTC', async (door, body) => {
  const { id } = await officer();
  const reply = await admin(`/${door.replace('{id}', id)}`, body);
  expect(reply.status).toBe(201);
  const { until } = body as { until: string };
  expect(reply.body.until).toBe(new Date(until).toISOString());
});

describe.each<[string, object, string]>([
  ['a role from now on', { role: 'kasi' }, 'grants'],
  ['a role until a day', { role: 'kasi', until: '2027-01-01T00:00:00+07:00' }, 'grants'],
  ['a role from one day to another', { role: 'kasi', from: PLH.from, until: PLH.until }, 'grants'],
  ['an order to act', PLH, 'acting-orders'],
])('%s, sent again and again', (_what, body, door) => {
  it('is one, and its end leaves nothing open', async () => {
    const { id, token } = await officer();
    const send = () => admin(`/accounts/${id}/${door}`, body);
    const first = await send();
    const again = [await send(), ...(await Promise.all([send(), send(), send()]))];
    expect([first, ...again].map((reply) => reply.status)).toEqual([201, 201, 201, 201, 201]);
    expect(new Set([first, ...again].map((reply) => reply.body.id)).size).toBe(1);
    await eventually('the role', async () => (await status(token, '/kasi/inbox')) === 200);
    expect((await admin(`/grants/${first.body.id}/end`)).status).toBe(200);
    await eventually('its end', async () => (await status(token, '/kasi/inbox')) === 403);
    // Given anew after its end, it is another one.
    const anew = await send();
    expect([anew.status, anew.body.id === first.body.id]).toEqual([201, false]);
  });

  it('five at once are one', async () => {
    const { id } = await officer();
    const replies = await Promise.all(Array.from({ length: 5 }, () => admin(`/accounts/${id}/${door}`, body)));
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
  });
});

it('what is given from a later day on is not made to begin earlier by a second one beside it', async () => {
  const { id } = await officer();
  const later = { role: 'kasi', from: '2026-12-01T00:00:00+07:00', until: '2027-01-01T00:00:00+07:00' };
  expect((await admin(`/accounts/${id}/grants`, later)).status).toBe(201);
  const reply = await admin(`/accounts/${id}/grants`, { role: 'kasi', until: later.until });
  expectProblem(reply, 'INVALID_INPUT');
  expect(reply.body.issues).toMatchObject([{ path: 'from' }]);
  const other = await admin(`/accounts/${id}/grants`, { role: 'kasi', until: '2026-11-30T00:00:00+07:00' });
  expect(other.status).toBe(201);
});

it('twins of an older installation are ended by the migration, on record, and what they gave stays', async () => {
  const { owner } = server.database;
  const { id } = await officer();
  const migration = new GrantOnce1764910000000();
  const runner = { query: (text: string) => owner.query(text) } as unknown as QueryRunner;
  await migration.down(runner);
  await owner.query(
    `INSERT INTO role_grants (office_id, id, account_id, role, valid_from)
     SELECT office_id, gen_random_uuid(), id, role, '2026-11-20'::timestamptz + n * interval '1 minute'
     FROM accounts, generate_series(1, 3) n, unnest(ARRAY['kasi', 'kabid']) role WHERE id = $1`,
    [id],
  );
  await migration.up(runner);
  const { rows } = await owner.query<{ role: string; minute: number }>(
    `SELECT role, date_part('minute', valid_from)::int AS minute FROM role_grants
     WHERE account_id = $1 AND valid_until = 'infinity' ORDER BY role`,
    [id],
  );
  expect(rows).toEqual([
    { role: 'kabid', minute: 1 },
    { role: 'kasi', minute: 1 },
  ]);
  const { rows: log } = await owner.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM admin_log l JOIN role_grants g ON g.id = l.subject_id
     WHERE g.account_id = $1 AND l.action = 'end-role' AND l.actor_id IS NULL`,
    [id],
  );
  expect(log).toEqual([{ n: 4 }]);
});

describe('an order whose principal loses the appointment', () => {
  const inbox = '/sekdin-kabid/inbox';
  const period = { from: '2026-11-22T00:00:00+07:00', until: '2026-12-31T00:00:00+07:00' };
  /** Somebody appointed kabid, and somebody who acts for them. */
  async function acting(kind: 'PLH' | 'PLT') {
    const [principal, deputy] = [await officer(), await officer()];
    const appointed = await admin(`/accounts/${principal.id}/grants`, { role: 'kabid', ...period });
    const letter = { kind, role: 'kabid', actingFor: principal.id, letterNumber: `800/19/${kind}/2026`, ...period };
    expect((await admin(`/accounts/${deputy.id}/acting-orders`, letter)).status).toBe(201);
    await eventually('the role', async () => (await status(deputy.token, inbox)) === 200);
    return { principal, deputy, appointed: appointed.body.id };
  }
  /** Whether a disposition could name them. */
  async function isNamed(login: string): Promise<boolean> {
    const now = await server.http.driveTo('headDisposition');
    const payload = {
      disposition: { recipientRole: 'kabid', recipient: login, copyTo: ['sekdin'] },
      instruction: 'Mohon ditindaklanjuti.',
    };
    return (await server.http.event('kadin', now.id, now.stepSeq, 'ISSUE_DISPOSITION', payload)).status === 200;
  }

  it('Plh. ends with it, at every door, in the directory and in the list; and stays over when they act themselves', async () => {
    const { principal, deputy, appointed } = await acting('PLH');
    await eventually('the directory', () => isNamed(deputy.login));
    expect((await admin(`/grants/${appointed}/end`)).status).toBe(200);
    await eventually('the end of the order', async () => (await status(deputy.token, inbox)) === 403);
    await eventually('the directory', async () => !(await isNamed(deputy.login)));
    const listed = await server.http.get<{ roles: string[] }>('admin', `/admin/accounts/${deputy.id}`);
    expect(listed.body.roles).toEqual([]);
    // Who was acted for now acts for somebody else: that makes no chain.
    const letter = { kind: 'PLH', role: 'kabid', actingFor: accountId('kabid'), letterNumber: '800/20', ...period };
    expect((await admin(`/accounts/${principal.id}/acting-orders`, letter)).status).toBe(201);
    await eventually('the role', async () => (await status(principal.token, inbox)) === 200);
    expect(await status(deputy.token, inbox)).toBe(403);
  });

  it('Plt. fills the vacant place on', async () => {
    const { principal, deputy, appointed } = await acting('PLT');
    expect((await admin(`/grants/${appointed}/end`)).status).toBe(200);
    await eventually('the end of the appointment', async () => (await status(principal.token, inbox)) === 403);
    expect(await status(deputy.token, inbox)).toBe(200);
  });
});
