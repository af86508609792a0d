/**
 * S4: tokens signed with the provider's own key, so that nothing but what they say can be wrong with them. The provider is a
 * real one; its key is the test's.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId } from '../support/http.js';
import { startProvider, type OidcProvider } from '../support/oidc.js';
import { statusWith } from '../support/sign-in.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const HEADER = { alg: 'RS256', typ: 'at+jwt', kid: 'first' };

let provider: OidcProvider;
let server: TestApp;
beforeAll(async () => {
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'first', use: 'sig', alg: 'RS256' };
  provider = await startProvider({ SUBJECTS: 'sub-staf', SIGNING_KEY: JSON.stringify(key) });
  server = await startApp({ environment: { OIDC_ISSUER: provider.issuer } });
  await server.database.owner.query(
    `INSERT INTO account_identities SELECT office_id, id, $2, 'sub-staf' FROM accounts WHERE id = $1`,
    [accountId('staf'), provider.issuer],
  );
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

type Fields = Readonly<Record<string, unknown>>;
const now = () => Math.floor(Date.now() / 1000);
const present = (fields: Fields) => Object.fromEntries(Object.entries(fields).filter(([, one]) => one !== undefined));

/** What the provider itself would sign, but for the change; `undefined` takes a field out. */
function signed(change: Fields = {}, header: Fields = {}): Promise<string> {
  const sound = {
    iss: provider.issuer,
    aud: 'alur-api',
    sub: 'sub-staf',
    client_id: 'sub-staf',
    scope: 'api',
    jti: randomUUID(),
    iat: now(),
    exp: now() + 600,
  };
  const head = present({ ...HEADER, ...header }) as typeof HEADER;
  return new SignJWT(present({ ...sound, ...change })).setProtectedHeader(head).sign(privateKey);
}
const statusOf = async (change: Fields = {}, header: Fields = {}) =>
  statusWith(server.http.base, await signed(change, header));

describe('a token of the provider’s key is taken', () => {
  it.each<[string, () => Fields, Fields]>([
    ['as the provider makes it', () => ({}), {}],
    ['not yet valid by 20 seconds: clocks differ', () => ({ nbf: now() + 20 }), {}],
    ['for several audiences, ours among them', () => ({ aud: ['another-api', 'alur-api'] }), {}],
    ['with its type written whole', () => ({}), { typ: 'application/at+jwt' }],
  ])('%s', async (_, change, header) => expect(await statusOf(change(), header)).toBe(200));

  it('as the provider did make it', async () =>
    expect(await statusWith(server.http.base, await provider.token('sub-staf'))).toBe(200));

  // Made anew until one arrives within its second.
  it('expired 29 seconds ago', () =>
    eventually('one in time', async () => (await statusOf({ exp: now() - 29 })) === 200, 20_000));
});

describe('a token of the provider’s key is refused', () => {
  it.each<[string, () => Fields]>([
    ['expired 31 seconds ago', () => ({ exp: now() - 31 })],
    ['expired an hour ago', () => ({ iat: now() - 7200, exp: now() - 3600 })],
    ['whose expiry is text', () => ({ exp: String(now() + 600) })],
    ['not valid for another 40 seconds', () => ({ nbf: now() + 40 })],
    ['not valid for an hour', () => ({ nbf: now() + 3600 })],
    ['for another audience', () => ({ aud: 'another-api' })],
    ['for two others', () => ({ aud: ['another-api', 'alur'] })],
    ['for an audience that begins like ours', () => ({ aud: 'alur-api.example' })],
    ['for no audience in a list', () => ({ aud: [] })],
    ['of our own issuer', () => ({ iss: 'alur' })],
    ['of the issuer with a slash behind it', () => ({ iss: `${provider.issuer}/` })],
    ['of two issuers', () => ({ iss: [provider.issuer] })],
    ['with an empty subject', () => ({ sub: '' })],
    ['with a subject that is a number', () => ({ sub: 7 })],
    ['with a subject nobody has here', () => ({ sub: 'sub-nobody' })],
    ['with an account’s id as its subject', () => ({ sub: accountId('staf') })],
    ...['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'client_id'].map((name): [string, () => Fields] => [
      `without ${name}`,
      () => ({ [name]: undefined }),
    ]),
  ])('%s', async (_, change) => expect(await statusOf(change())).toBe(401));

  it.each<[string, Fields]>([
    ['JWT', { typ: 'JWT' }],
    ['none', { typ: undefined }],
    ['a logout token', { typ: 'logout+jwt' }],
    ['a proof of possession', { typ: 'dpop+jwt' }],
    ['empty', { typ: '' }],
  ])('whose type is %s', async (_, header) => expect(await statusOf({}, header)).toBe(401));

  it('signed in a way the key is not for, or by a key the provider does not name', async () => {
    expect(await statusOf({}, { alg: 'PS256' })).toBe(401);
    expect(await statusOf({}, { kid: 'second' })).toBe(401);
  });

  it.each<[string, Fields]>([
    ['as OpenID Connect has it', { aud: 'sub-staf' }],
    ['made out to us', { aud: 'alur-api' }],
    ['with all that an access token has', { aud: 'alur-api', client_id: 'sub-staf', jti: randomUUID() }],
  ])('that is an ID token, %s', async (_, change) => {
    const idToken = { client_id: undefined, jti: undefined, scope: undefined, nonce: 'n-0S6', at_hash: 'MTIzNDU2Nzg5' };
    expect(await statusOf({ ...idToken, ...change }, { typ: 'JWT' })).toBe(401);
    expect(await statusOf({ ...idToken, ...change }, { typ: undefined })).toBe(401);
  });
});

it('roles that the provider writes into a token open nothing: they come from the database', async () => {
  const roles = ['admin', 'kadin', 'inspector'];
  const authorization = `Bearer ${await signed({ roles, role: 'admin', groups: roles, realm_access: { roles }, scope: 'admin' })}`;
  for (const [path, expected] of [
    ['/staff/inbox', 200],
    ['/admin/office', 403],
    ['/kadin/inbox', 403],
    ['/inspection/findings', 403],
  ] as const) {
    const response = await fetch(`${server.http.base}/api/v1${path}`, { headers: { authorization } });
    await response.text();
    expect([path, response.status]).toEqual([path, expected]);
  }
});
