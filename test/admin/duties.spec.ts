/** Nobody grants themselves a role, and who administers or inspects carries out no steps: by the data itself (S11). */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type ProblemBody } from '../support/http.js';
import { newOfficer } from '../support/officer.js';
import { expectProblem } from '../support/refused.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const grant = (id: string, body: object, door = 'grants') =>
  server.http.post<{ id: string } & ProblemBody>('admin', `/admin/accounts/${id}/${door}`, body);
const end = (id: string) => server.http.post('admin', `/admin/grants/${id}/end`, {});
const PLH = {
  kind: 'PLH',
  role: 'kasi',
  actingFor: accountId('kasi'),
  letterNumber: '800/18/PLH/2026',
  from: '2026-11-22T00:00:00+07:00',
  until: '2026-11-30T00:00:00+07:00',
};
const roleOf = ({ role }: { role: string }) => role;

it('an administrator grants themselves nothing, and the attempt is kept', async () => {
  const own = accountId('admin');
  for (const role of ['staff', 'inspector', 'admin']) expectProblem(await grant(own, { role }), 'OWN_ACCOUNT');
  expectProblem(await grant(own, PLH, 'acting-orders'), 'OWN_ACCOUNT');
  const { body } = await server.http.get<{ items: { role: string }[] }>('admin', `/admin/accounts/${own}/grants`);
  expect(body.items.map(roleOf)).toEqual(['admin']);
  await eventually('the record of it', async () => {
    const text = `SELECT sum(times)::int AS n FROM refused_attempts WHERE code = 'OWN_ACCOUNT' AND account_id = $1`;
    return (await server.database.owner.query<{ n: number }>(text, [own])).rows[0]!.n === 4;
  });
});

describe.each([
  ['admin', 'staff'],
  ['inspector', 'kasi'],
  ['staff', 'inspector'],
  ['kabid', 'admin'],
])('who is %s', (first, second) => {
  it(`is not ${second} at the same time, by grant or by order, and is once the first is over`, async () => {
    const { id } = await newOfficer(server.http);
    const held = await grant(id, { role: first });
    expect(held.status).toBe(201);
    expectProblem(await grant(id, { role: second }), 'DUTIES_APART');
    expectProblem(await grant(id, { role: second, from: '2027-01-01T00:00:00Z' }), 'DUTIES_APART');
    const isApart = first === 'admin' || first === 'inspector';
    if (isApart) expectProblem(await grant(id, PLH, 'acting-orders'), 'DUTIES_APART');
    expect((await end(held.body.id)).status).toBe(200);
    expect((await grant(id, { role: second })).status).toBe(201);
  });

  it(`of two at once with ${second}, one is taken`, async () => {
    const { id } = await newOfficer(server.http);
    const replies = await Promise.all([first, second, first, second].map((role) => grant(id, { role })));
    const held = new Set(replies.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(held.size).toBe(1);
    expect(replies.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual([
      'DUTIES_APART',
      'DUTIES_APART',
    ]);
  });
});

it('is possible where the dates do not meet', async () => {
  const { id } = await newOfficer(server.http);
  expect((await grant(id, { role: 'staff', until: '2026-12-31T17:00:00Z' })).status).toBe(201);
  expect((await grant(id, { role: 'inspector', from: '2026-12-31T17:00:00Z' })).status).toBe(201);
});

it('holds for whoever writes, lets what is there be ended, and the demo keeps to it', async () => {
  const { owner } = server.database;
  const write = `INSERT INTO role_grants (office_id, id, account_id, role)
    SELECT office_id, gen_random_uuid(), id, $2 FROM accounts WHERE id = $1`;
  await expect(owner.query(write, [accountId('admin'), 'staff'])).rejects.toMatchObject({ code: 'AL001' });
  const mixed = `SELECT account_id FROM role_grants WHERE valid_from < valid_until GROUP BY account_id
    HAVING bool_or(role IN ('admin', 'inspector')) AND NOT bool_and(role IN ('admin', 'inspector'))
      AND bool_and(valid_until = 'infinity')`;
  expect((await owner.query(mixed)).rows).toEqual([]);
  // As an installation from before may have it.
  await owner.query('ALTER TABLE role_grants DISABLE TRIGGER role_grants_duties');
  const { rows } = await owner.query<{ id: string }>(`${write} RETURNING id`, [accountId('inspektur'), 'staff']);
  await owner.query('ALTER TABLE role_grants ENABLE TRIGGER role_grants_duties');
  expect((await end(rows[0]!.id)).status).toBe(200);
});
