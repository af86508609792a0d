/** Client applications: secrets that overlap and end, scopes that bind, and what they may do for an officer. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';
import { BEHIND_PROXY, postAuth, signInAs, statusWith } from '../support/sign-in.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: BEHIND_PROXY });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

interface Secret extends ProblemBody {
  readonly id: string;
  readonly secret: string;
}
const FEW_SECONDS_MS = 5000;
const admin = (path: string, body: object = {}) => server.http.post<Secret>('admin', `/admin/clients${path}`, body);
let serial = 0;

async function client(scopes = ['read', 'write']) {
  const login = `client-${(serial += 1)}`;
  const { body, status } = await admin('', { login, name: 'Aplikasi Contoh', scopes });
  expect(status).toBe(201);
  return { id: body.id, login };
}
const addSecret = async (id: string, days = 90) => (await admin(`/${id}/secrets`, { days })).body;
const tokenBy = async (login: string, secret: string) =>
  (await signInAs(server.http.base, login, secret)).body.accessToken;
const statusOf = (token: string) => statusWith(server.http.base, token);

async function ask(token: string, method: string, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.http.base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: '{}' }),
  });
  return { status: response.status, body: (await response.json()) as ProblemBody };
}

describe('secrets', () => {
  it('two are good side by side, and one that is revoked ends its own sign-ins only', async () => {
    const { id, login } = await client();
    const [old, next] = [await addSecret(id), await addSecret(id)];
    const [oldToken, nextToken] = [await tokenBy(login, old.secret), await tokenBy(login, next.secret)];
    expect([await statusOf(oldToken), await statusOf(nextToken)]).toEqual([200, 200]);
    expect((await admin(`/${id}/secrets/${old.id}/revoke`)).status).toBe(200);
    await eventually('the end of the old one', async () => (await statusOf(oldToken)) === 401, FEW_SECONDS_MS);
    expect(await statusOf(nextToken)).toBe(200);
    expectProblem(await signInAs(server.http.base, login, old.secret), 'WRONG_CREDENTIALS');
    expectProblem(await admin(`/${id}/secrets/${old.id}/revoke`), 'NOT_FOUND');
  });

  it('end at their time, and so do the sign-ins they opened', async () => {
    const { id, login } = await client();
    const { secret } = await addSecret(id, 1);
    await server.database.setNow('2026-11-23T02:30:00Z');
    const reply = await signInAs(server.http.base, login, secret);
    expect(reply.body.refreshExpiresIn).toBeLessThanOrEqual(1860);
    await server.database.setNow('2026-11-23T03:30:00Z');
    expectProblem(await signInAs(server.http.base, login, secret), 'WRONG_CREDENTIALS');
    await eventually(
      'the end of its sign-in',
      async () => (await statusOf(reply.body.accessToken)) === 401,
      FEW_SECONDS_MS,
    );
    await server.database.setNow('2026-11-22T03:00:00Z');
  });

  it('are kept as hashes, and shown once', async () => {
    const { id } = await client();
    const { secret } = await addSecret(id);
    const list = await server.http.get('admin', `/admin/clients/${id}/secrets`);
    const { rows } = await server.database.owner.query(
      'SELECT t::text FROM client_secrets t UNION ALL SELECT l::text FROM admin_log l',
    );
    expect(rows.length).toBeGreaterThan(3);
    const written = `${list.text} ${JSON.stringify(rows)}`;
    expect(written).not.toContain(secret);
    expect(written).not.toContain(Buffer.from(secret).toString('hex'));
  });

  it('of another client, or made up, open nothing', async () => {
    const [one, two] = [await client(), await client()];
    const { secret } = await addSecret(one.id);
    for (const [login, password] of [
      [two.login, secret],
      [one.login, `${secret}x`],
      ['staf', secret],
      [one.login, 'alur_'],
    ] as const) {
      expectProblem(await signInAs(server.http.base, login, password), 'WRONG_CREDENTIALS');
    }
  });

  it('of a client that is there are not refused faster than of one that is not', async () => {
    const { login } = await client();
    const logins = [login, 'no-such-client', 'staf'];
    const times: number[][] = [[], [], []];
    // By turns, each from an address of its own: nobody is locked, and what else the machine does meets all alike.
    for (let round = 0; round < 15; round++) {
      for (const [n, one] of logins.entries()) {
        const begun = performance.now();
        const reply = await signInAs(server.http.base, one, 'alur_made-up', `198.51.100.${3 * round + n}`);
        times[n]!.push(performance.now() - begun);
        expectProblem(reply, 'WRONG_CREDENTIALS');
      }
    }
    const [known, unknown, person] = times.map((all) => all.sort((a, b) => a - b)[7]!);
    // Without the slow hash a client is refused in a few milliseconds: a tenth.
    expect(known!).toBeGreaterThan(0.6 * Math.min(unknown!, person!));
  });

  it('cannot be exchanged for a password by the client itself', async () => {
    const { id, login } = await client();
    const { secret } = await addSecret(id);
    const change = { account: login, password: secret, newPassword: 'two herons over the rice field' };
    expectProblem(await postAuth(server.http.base, 'password', change), 'WRONG_CREDENTIALS');
  });

  it('are five at most that are live, also where more are asked for at once', async () => {
    const { id } = await client();
    const replies = await Promise.all(Array.from({ length: 8 }, () => admin(`/${id}/secrets`, { days: 90 })));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 201, 409, 409, 409]);
    for (const reply of replies.filter(({ status }) => status === 409)) expectProblem(reply, 'TOO_MANY_SECRETS');
    await admin(`/${id}/secrets/${replies.find(({ status }) => status === 201)!.body.id}/revoke`);
    expect((await admin(`/${id}/secrets`, { days: 90 })).status).toBe(201);
    expectProblem(await admin(`/${id}/secrets`, { days: 90 }), 'TOO_MANY_SECRETS');
  });

  it('are not given to a person', async () => {
    const { body } = await server.http.get<{ items: { id: string; kind: string }[] }>('admin', '/admin/accounts');
    const person = body.items.find(({ kind }) => kind === 'officer')!;
    expectProblem(await admin(`/${person.id}/secrets`, { days: 1 }), 'NOT_FOUND');
  });
});

it('a client whose role was ended acts for nobody any more', async () => {
  const { id, login } = await client();
  const token = await tokenBy(login, (await addSecret(id)).secret);
  const status = async () => (await ask(token, 'GET', '/cases', { 'on-behalf-of': 'staf' })).status;
  expect(await status()).toBe(200);
  const { body } = await server.http.get<{ items: { id: string }[] }>('admin', `/admin/accounts/${id}/grants`);
  expect(body.items).toHaveLength(1);
  expect((await server.http.post('admin', `/admin/grants/${body.items[0]!.id}/end`, {})).status).toBe(200);
  await eventually('the end of acting for others', async () => (await status()) === 403, FEW_SECONDS_MS);
  const refused = await ask(token, 'POST', '/cases', { 'on-behalf-of': 'staf' });
  expect(refused).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});

describe('scopes', () => {
  it('let a client read, write or both, whomever it acts for', async () => {
    const [reader, writer] = [await client(['read']), await client(['write'])];
    const read = await tokenBy(reader.login, (await addSecret(reader.id)).secret);
    const write = await tokenBy(writer.login, (await addSecret(writer.id)).secret);
    const ways: Record<string, string>[] = [{}, { 'on-behalf-of': 'staf' }];
    for (const headers of ways) {
      expect((await ask(read, 'GET', '/cases', headers)).status).toBe(200);
      expect(await ask(read, 'POST', '/cases', headers)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      // Its body is empty, so it is told what is missing: it was let in.
      expect((await ask(write, 'POST', '/cases', headers)).status).toBe(400);
      expect((await ask(write, 'GET', '/cases', headers)).status).toBe(403);
    }
  });

  it('are of the list only', async () => {
    for (const scopes of [[], ['admin'], ['read', 'write', 'read']]) {
      expectProblem(await admin('', { login: 'client-x', name: 'x', scopes }), 'INVALID_INPUT');
    }
  });
});
