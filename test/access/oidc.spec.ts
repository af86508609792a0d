/** Access tokens of a real OpenID Connect provider, beside our own; and what of it is not taken. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type Person, type ProblemBody } from '../support/http.js';
import { startProvider, type OidcProvider } from '../support/oidc.js';
import { expectProblem } from '../support/refused.js';
import { statusWith } from '../support/sign-in.js';

const SUBJECTS = 'sub-staf,sub-nobody,sub-gone,sub-wrong';
let provider: OidcProvider;
let server: TestApp;
beforeAll(async () => {
  provider = await startProvider({ SUBJECTS });
  server = await startApp({ environment: { OIDC_ISSUER: provider.issuer } });
  await identify('staf', 'sub-staf');
  await identify('kabid', 'sub-gone');
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

const sql = (text: string, ...values: unknown[]) => server.database.owner.query(text, values);
const identify = (person: Person, subject: string) =>
  sql(
    `INSERT INTO account_identities SELECT office_id, id, $2, $3 FROM accounts WHERE id = $1`,
    accountId(person),
    provider.issuer,
    subject,
  );
const status = (token: string) => statusWith(server.http.base, token);

describe('a token of the provider', () => {
  it('speaks for the account of its issuer and subject, with the roles it has here', async () => {
    const token = await provider.token('sub-staf');
    const opened = await fetch(`${server.http.base}/api/v1/cases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    // Staff may open cases: they are told what is missing.
    expect(opened.status).toBe(400);
    const head = await fetch(`${server.http.base}/api/v1/kasi/inbox`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(head.status).toBe(403);
  });

  it('is taken beside our own', async () => {
    expect(await status(await provider.token('sub-staf'))).toBe(200);
    expect(await status(await server.http.token('staf'))).toBe(200);
  });

  it('of a subject nobody has here is refused', async () =>
    expect(await status(await provider.token('sub-nobody'))).toBe(401));

  it('for another audience is refused', async () =>
    expect(await status(await provider.token('sub-staf', 'urn:example:another-api'))).toBe(401));

  it('that is opaque is refused', async () =>
    expect(await status(await provider.token('sub-staf', 'urn:opaque:alur-api'))).toBe(401));

  it('is worth nothing within seconds of the account being disabled', async () => {
    const token = await provider.token('sub-gone');
    expect(await status(token)).toBe(200);
    await sql('UPDATE accounts SET disabled_at = alur_now() WHERE id = $1', accountId('kabid'));
    await eventually('its end', async () => (await status(token)) === 401, 5000);
  });

  it('of an identity that is taken off speaks for nobody, at once and in another process', async () => {
    const beside = await startApp({ beside: server, environment: { OIDC_ISSUER: provider.issuer } });
    const { http } = server;
    const path = `/admin/accounts/${accountId('kasi')}/identities`;
    const identity = { issuer: provider.issuer, subject: 'sub-wrong' };
    expect((await http.post('admin', path, identity)).status).toBe(201);
    const token = await provider.token('sub-wrong');
    const both = () => Promise.all([http, beside.http].map(({ base }) => statusWith(base, token)));
    expect(await both()).toEqual([200, 200]);
    const { body } = await http.get<{ items: { id: string }[] }>('admin', path);
    expect(body.items).toMatchObject([identity]);
    const remove = () => http.send<ProblemBody>('admin', 'DELETE', `${path}/${body.items[0]!.id}`, null);
    // Neither from another account, nor by another office.
    const elsewhere = `/admin/accounts/${accountId('staf')}/identities/${body.items[0]!.id}`;
    expectProblem(await http.send<ProblemBody>('admin', 'DELETE', elsewhere, null), 'NOT_FOUND');
    expectProblem(
      await http.inOffice(2).send<ProblemBody>('admin', 'DELETE', `${path}/${body.items[0]!.id}`, null),
      'NOT_FOUND',
    );
    expect(await both()).toEqual([200, 200]);
    expect((await remove()).status).toBe(204);
    await eventually('its end', async () => (await both()).every((one) => one === 401), 5000);
    expect((await http.get<{ items: object[] }>('admin', path)).body.items).toEqual([]);
    const log = await http.get<{ items: object[] }>('admin', '/admin/log?limit=1');
    expect(log.body.items).toMatchObject([{ action: 'remove-identity', subjectId: accountId('kasi'), old: identity }]);
    expectProblem(await remove(), 'NOT_FOUND');
    await beside.stop();
  });

  it('changed in any part is refused', async () => {
    const [head = '', body = '', signature = ''] = (await provider.token('sub-staf')).split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'sub-gone' })).toString('base64url');
    for (const token of [
      `${head}.${other}.${signature}`,
      `${head}.${body}.${signature.slice(4)}`,
      `${head}.${body}.`,
    ]) {
      expect(await status(token)).toBe(401);
    }
  });
});

describe('a token somebody else made in the provider’s name', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const claims = () => ({
    iss: provider.issuer,
    aud: 'alur-api',
    sub: 'sub-staf',
    client_id: 'sub-staf',
    jti: randomUUID(),
    iat: now(),
    exp: now() + 600,
  });

  it.each(['RS256', 'ES256', 'EdDSA', 'HS256'])(
    'signed with a key of theirs (%s) is refused, however it names it',
    async (alg) => {
      const makers: Record<string, () => ReturnType<typeof generateKeyPairSync>> = {
        RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
        ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
        EdDSA: () => generateKeyPairSync('ed25519'),
      };
      const pair = makers[alg]?.();
      const jwks = (await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: { n: string }[] };
      const key = pair?.privateKey ?? Buffer.from(jwks.keys[0]!.n, 'base64url');
      const jwk = pair ? await exportJWK(pair.publicKey) : {};
      const jku = `${server.http.base}/healthz`;
      for (const extra of [{}, { kid: 'first' }, { kid: 'unknown' }, { jwk }, { jku, kid: 'x' }, { x5u: jku }]) {
        const token = await new SignJWT(claims()).setProtectedHeader({ alg, typ: 'at+jwt', ...extra }).sign(key);
        expect([alg, extra, await status(token)]).toEqual([alg, extra, 401]);
      }
    },
  );

  it('in its name but by our own key, or in ours by its subject, is refused', async () => {
    const mixed = new SignJWT({ ...claims(), iss: 'alur', sid: accountId('staf') });
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(await status(await mixed.setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' }).sign(privateKey))).toBe(401);
    const unsigned = [{ alg: 'none', typ: 'at+jwt' }, claims()].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    expect(await status(`${unsigned.join('.')}.`)).toBe(401);
  });

  it('is refused where the issuer is one nobody configured', async () => {
    const other = await startProvider({ SUBJECTS });
    expect(await status(await other.token('sub-staf'))).toBe(401);
    await other.stop();
  });
});

it('keys that the provider rotates are fetched, and tokens of the old key go with it', async () => {
  const old = await provider.token('sub-staf');
  const { issuer } = provider;
  const fresh = await startApp({ beside: server, environment: { OIDC_ISSUER: issuer } });
  expect(await statusWith(fresh.http.base, old)).toBe(200);
  await provider.stop();
  provider = await startProvider({ SUBJECTS, KIDS: 'second', PORT: new URL(issuer).port });
  expect(provider.issuer).toBe(issuer);
  const next = await provider.token('sub-staf');
  // Nobody has asked for the keys again yet: the old one is remembered.
  expect(await statusWith(fresh.http.base, old)).toBe(200);
  // Keys are asked for again 30 seconds after they were at the earliest.
  await eventually('the new key', async () => (await statusWith(fresh.http.base, next)) === 200, 45_000);
  // What was proved by a key that is no more is forgotten with it, in the very process that remembered it.
  expect(await statusWith(fresh.http.base, old)).toBe(401);
  const again = await startApp({ beside: server, environment: { OIDC_ISSUER: issuer } });
  expect([await statusWith(again.http.base, next), await statusWith(again.http.base, old)]).toEqual([200, 401]);
  await again.stop();
  await fresh.stop();
}, 90_000);

it('a provider that is away costs its own tokens only', async () => {
  const away = await startApp({ beside: server, environment: { OIDC_ISSUER: 'http://127.0.0.1:9' } });
  const { http } = away;
  expect(await statusWith(http.base, await http.token('staf'))).toBe(200);
  await away.stop();
});
