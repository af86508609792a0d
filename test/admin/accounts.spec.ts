/** Administration of people: accounts, roles, orders to act, identities; what is changed bites, and is recorded. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type ProblemBody } from '../support/http.js';
import { newOfficer, OWN_PASSWORD } from '../support/officer.js';
import { expectProblem } from '../support/refused.js';
import { postAuth, signInAs, statusWith } from '../support/sign-in.js';

interface Created extends ProblemBody {
  readonly id: string;
  readonly firstPassword: string;
}
interface Logged {
  readonly actor: string;
  readonly action: string;
  readonly subjectId: string;
  readonly old: object | null;
  readonly new: object | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const FEW_SECONDS_MS = 5000;
const admin = <Body = Created>(path: string, body: object = {}) =>
  server.http.post<Body & ProblemBody>('admin', `/admin${path}`, body);
const lastLogged = async () =>
  (await server.http.get<{ items: Logged[] }>('admin', '/admin/log?limit=1')).body.items[0]!;
const officer = () => newOfficer(server.http);

async function ask(token: string, method: string, path: string, body?: object) {
  const response = await fetch(`${server.http.base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as CaseBody & ProblemBody };
}
const mayOpenCases = async (token: string) => (await ask(token, 'POST', '/cases', {})).status === 400;
const mayInspect = async (token: string) => (await ask(token, 'GET', '/kasi/inbox')).status === 200;

describe('an account', () => {
  it('begins with a password that opens nothing but its own change, and with no role', async () => {
    const { body } = await admin('/accounts', { login: 'loket-baru', name: 'Petugas Baru' });
    expectProblem(await signInAs(server.http.base, 'loket-baru', body.firstPassword), 'PASSWORD_CHANGE_REQUIRED');
    const changed = await postAuth(server.http.base, 'password', {
      account: 'loket-baru',
      password: body.firstPassword,
      newPassword: OWN_PASSWORD,
    });
    expect(await statusWith(server.http.base, changed.body.accessToken)).toBe(200);
    expect(await mayOpenCases(changed.body.accessToken)).toBe(false);
  });

  it('is created once under one login, whichever office has it', async () => {
    for (const login of ['staf', 'staf.kilat']) {
      expectProblem(await admin('/accounts', { login, name: 'Petugas' }), 'LOGIN_TAKEN');
    }
  });

  it.each(['ab', 'Staf', 'a b c', "x' OR 1=1", '-abc', 'x'.repeat(61)])('is not called %j', async (login) => {
    expectProblem(await admin('/accounts', { login, name: 'Petugas' }), 'INVALID_INPUT');
  });

  it('that is disabled ends its sign-ins within seconds; enabled, it may sign in again', async () => {
    const { id, login, token } = await officer();
    expect(await statusWith(server.http.base, token)).toBe(200);
    expect((await admin(`/accounts/${id}/disable`)).status).toBe(200);
    await eventually('its end', async () => (await statusWith(server.http.base, token)) === 401, FEW_SECONDS_MS);
    expectProblem(await signInAs(server.http.base, login, OWN_PASSWORD), 'WRONG_CREDENTIALS');
    await admin(`/accounts/${id}/enable`);
    expect(await statusWith(server.http.base, token)).toBe(401);
    expect((await signInAs(server.http.base, login, OWN_PASSWORD)).status).toBe(200);
  });

  it('whose password is reset loses its sign-ins and its old password', async () => {
    const { id, login, token } = await officer();
    const { body } = await admin(`/accounts/${id}/reset-password`);
    await eventually(
      'the end of its sign-in',
      async () => (await statusWith(server.http.base, token)) === 401,
      FEW_SECONDS_MS,
    );
    expectProblem(await signInAs(server.http.base, login, OWN_PASSWORD), 'WRONG_CREDENTIALS');
    expectProblem(await signInAs(server.http.base, login, body.firstPassword), 'PASSWORD_CHANGE_REQUIRED');
  });

  it('takes one foreign identity once', async () => {
    const [one, two] = [await officer(), await officer()];
    const identity = { issuer: 'https://sso.example', subject: '24-8' };
    expect((await admin(`/accounts/${one.id}/identities`, identity)).status).toBe(201);
    expectProblem(await admin(`/accounts/${two.id}/identities`, identity), 'IDENTITY_TAKEN');
  });

  it('is listed page by page with the roles it holds', async () => {
    const ids: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const query: string = next && `&cursor=${next}`;
      const page = await server.http.get<{ items: { id: string }[]; next: string | null }>(
        'admin',
        `/admin/accounts?limit=3${query}`,
      );
      ids.push(...page.body.items.map(({ id }) => id));
      ({ next } = page.body);
    }
    expect(new Set(ids).size).toBe(ids.length);
    const { rows } = await server.database.owner.query<{ id: string }>(
      'SELECT id FROM accounts WHERE office_id = (SELECT office_id FROM accounts WHERE id = $1) ORDER BY id',
      [accountId('staf')],
    );
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect((await server.http.get('admin', `/admin/accounts/${accountId('kasi')}`)).body).toMatchObject({
      login: 'kasi',
      roles: ['kasi'],
    });
  });
});

describe('a role', () => {
  it('that is granted is held within seconds, and no longer once it is ended', async () => {
    const { id, token } = await officer();
    const grant = await admin(`/accounts/${id}/grants`, { role: 'staff' });
    expect(grant.status).toBe(201);
    await eventually('the role', () => mayOpenCases(token), FEW_SECONDS_MS);
    await admin(`/grants/${grant.body.id}/end`);
    await eventually('its end', async () => !(await mayOpenCases(token)), FEW_SECONDS_MS);
    expectProblem(await admin(`/grants/${grant.body.id}/end`), 'NOT_FOUND');
  });

  it('is held between its dates only', async () => {
    const { id, token } = await officer();
    await admin(`/accounts/${id}/grants`, { role: 'staff', from: '2027-01-01T00:00:00+07:00' });
    await admin(`/accounts/${id}/grants`, { role: 'kasi', until: '2027-01-01T00:00:00+07:00' });
    await eventually('the one of today', () => mayInspect(token), FEW_SECONDS_MS);
    expect(await mayOpenCases(token)).toBe(false);
  });

  it.each([
    [{ role: 'client' }, 'role'],
    [{ role: 'superuser' }, 'role'],
    [{ role: 'staff', from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' }, 'until'],
    [{ role: 'staff', from: 'tomorrow' }, 'from'],
    // What PostgreSQL does not know: the year 0, an offset of 16 hours; and what becomes the year 0 or 10000 in UTC.
    [{ role: 'staff', from: '0000-01-01T00:00:00Z' }, 'from'],
    [{ role: 'staff', from: '0001-01-01T00:00:00+07:00' }, 'from'],
    [{ role: 'staff', until: '9999-12-31T23:59:59-01:00' }, 'until'],
    // From now on, until before now: it would never be held.
    [{ role: 'staff', until: '2026-11-22T02:00:00Z' }, 'until'],
    [{ role: 'staff', officeId: 'x' }, ''],
  ])('%j is refused', async (body, path) => {
    const reply = await admin(`/accounts/${accountId('staf')}/grants`, body);
    expectProblem(reply, 'INVALID_INPUT');
    expect(reply.body.issues?.map((issue) => issue.path)).toContain(path);
  });
});

describe('an order to act', () => {
  const order = (actingFor: string, change: object = {}) => ({
    kind: 'PLH',
    role: 'kasi',
    actingFor,
    letterNumber: '800/17/PLH/2026',
    from: '2026-11-22T00:00:00+07:00',
    until: '2026-11-30T00:00:00+07:00',
    ...change,
  });

  it('lends the role for its time, with both people and the letter', async () => {
    const { id, token } = await officer();
    const { status } = await admin(`/accounts/${id}/acting-orders`, order(accountId('kasi')));
    expect(status).toBe(201);
    await eventually('the role', () => mayInspect(token), FEW_SECONDS_MS);
    const grants = await server.http.get<{ items: object[] }>('admin', `/admin/accounts/${id}/grants`);
    expect(grants.body.items).toMatchObject([
      { order: 'PLH', actingFor: accountId('kasi'), letterNumber: '800/17/PLH/2026' },
    ]);
  });

  it('is not given for somebody who acts: no chains', async () => {
    const [first, second] = [await officer(), await officer()];
    await admin(`/accounts/${first.id}/acting-orders`, order(accountId('kasi')));
    expectProblem(await admin(`/accounts/${second.id}/acting-orders`, order(first.id)), 'NOTHING_TO_ACT_FOR');
  });

  it('is not given for a role nobody of that name holds, of another office, or beyond their own time', async () => {
    const { id } = await officer();
    for (const body of [
      order(accountId('staf')),
      order(accountId('kasi', 2)),
      order(accountId('kasi'), { role: 'kadin' }),
    ]) {
      expectProblem(await admin(`/accounts/${id}/acting-orders`, body), 'NOTHING_TO_ACT_FOR');
    }
    const left = await officer();
    await admin(`/accounts/${left.id}/grants`, {
      role: 'kabid',
      from: '2026-11-01T00:00:00Z',
      until: '2026-11-25T00:00:00Z',
    });
    const absent = order(left.id, { role: 'kabid' });
    expectProblem(await admin(`/accounts/${id}/acting-orders`, absent), 'NOTHING_TO_ACT_FOR');
    // The place is vacant from the 25th on.
    const vacant = { ...absent, kind: 'PLT', from: '2026-11-25T00:00:00Z' };
    expect((await admin(`/accounts/${id}/acting-orders`, vacant)).status).toBe(201);
  });

  it('is not given to oneself', async () => {
    expectProblem(
      await admin(`/accounts/${accountId('kasi')}/acting-orders`, order(accountId('kasi'))),
      'INVALID_INPUT',
    );
  });
});

describe('the record', () => {
  it('has each change with who, the old and the new value, and no password', async () => {
    const { id } = await officer();
    await admin(`/accounts/${id}/disable`);
    expect(await lastLogged()).toMatchObject({
      actor: 'admin',
      action: 'disable-account',
      subjectId: id,
      old: { disabled: false },
      new: { disabled: true },
    });
    await admin(`/accounts/${id}/disable`);
    await admin(`/accounts/${id}/enable`);
    expect(await lastLogged()).toMatchObject({
      action: 'enable-account',
      old: { disabled: true },
      new: { disabled: false },
    });
    await admin('/office', { name: 'Dinas Baru' });
    expect(await lastLogged()).toMatchObject({
      action: 'change-office',
      old: { name: 'Dinas Contoh Kabupaten Lumajang' },
      new: { name: 'Dinas Baru' },
    });
    const { body } = await admin(`/accounts/${id}/reset-password`);
    expect((await lastLogged()).action).toBe('reset-password');
    const { rows } = await server.database.owner.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM admin_log l WHERE l::text LIKE $1',
      [`%${body.firstPassword}%`],
    );
    expect(rows).toEqual([{ n: 0 }]);
    // The second "disable" changed nothing, so it is not there.
    const { body: log } = await server.http.get<{ items: Logged[] }>('admin', '/admin/log');
    expect(log.items.filter(({ subjectId }) => subjectId === id).map(({ action }) => action)).toEqual([
      'reset-password',
      'enable-account',
      'disable-account',
      'create-officer',
    ]);
  });

  it.each(['UPDATE admin_log SET actor_id = NULL', 'DELETE FROM admin_log', 'TRUNCATE admin_log'])(
    'cannot be changed, not by a superuser: %s',
    async (statement) => {
      await expect(server.database.owner.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('of another office is not shown', async () => {
    const { body } = await server.http.inOffice(2).get<{ items: Logged[] }>('admin', '/admin/log');
    expect(body.items).toEqual([]);
  });
});

it('nobody but an administrator administers, and no client on behalf of one', async () => {
  for (const person of ['staf', 'kadin', 'kasi', 'inspektur', 'demo-client'] as const) {
    expectProblem(
      await server.http.post<ProblemBody>(person, '/admin/accounts', { login: 'new-one', name: 'x' }),
      'FORBIDDEN',
    );
  }
  const behalf = await server.http.post<ProblemBody>(
    'demo-client',
    '/admin/accounts',
    { login: 'new-one', name: 'x' },
    { 'on-behalf-of': 'admin' },
  );
  expectProblem(behalf, 'FORBIDDEN');
});
