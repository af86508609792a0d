/** Tokens that somebody made up, changed or stole a key for: none opens a door. The sound one beside each shows why not. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign as signRaw,
  type KeyObject,
} from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { localTokenKey } from '../../src/access/tokens.js';
import { demoId } from '../../src/db/seed-demo.js';
import { startApp, type TestApp } from '../support/app.js';
import { accountId, type ProblemBody, type Reply } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

let server: TestApp;
let ours: KeyObject;
beforeAll(async () => {
  server = await startApp();
  ours = createPrivateKey(localTokenKey(server.dataDir));
});
afterAll(() => server.stop());

type Fields = Readonly<Record<string, unknown>>;
const now = () => Math.floor(Date.now() / 1000);
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'EdDSA', typ: 'at+jwt' };

/** What the application itself would sign; `undefined` takes a field out. */
function claims(change: Fields = {}): Fields {
  const sound: Fields = {
    sub: accountId('staf'),
    sid: accountId('staf'),
    iss: 'alur',
    aud: 'alur-api',
    jti: randomUUID(),
    iat: now(),
    exp: now() + 600,
  };
  return Object.fromEntries(Object.entries({ ...sound, ...change }).filter(([, value]) => value !== undefined));
}
const sign = (change: Fields = {}, header: Fields = {}, key: KeyObject | Uint8Array = ours) =>
  new SignJWT(claims(change)).setProtectedHeader({ ...HEADER, ...header }).sign(key);

async function ask(authorization: string | null): Promise<Reply<ProblemBody>> {
  const headers: Record<string, string> = authorization === null ? {} : { authorization };
  const response = await fetch(`${server.http.base}/api/v1/services`, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as ProblemBody };
}
const expectRefused = async (authorization: string | null) => {
  const reply = await ask(authorization);
  expectProblem(reply, 'UNAUTHENTICATED');
  expect(reply.headers.get('www-authenticate')).toBe('Bearer');
};

describe('taken', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('a sound token after "%s"', async (scheme) => {
    expect((await ask(`${scheme} ${await sign()}`)).status).toBe(200);
  });

  it('one whose instants lie a few seconds off: clocks differ', async () => {
    expect((await ask(`Bearer ${await sign({ nbf: now() + 2 })}`)).status).toBe(200);
  });
});

describe('claims, signed with our own key', () => {
  it.each<[string, () => Fields]>([
    ['expired', () => ({ exp: now() - 60 })],
    ['expired long ago', () => ({ iat: 1, exp: 2 })],
    ['not valid yet', () => ({ nbf: now() + 600 })],
    ['of another issuer', () => ({ iss: 'alur.example' })],
    ['of another issuer in capitals', () => ({ iss: 'ALUR' })],
    ['for another audience', () => ({ aud: 'another-api' })],
    ['for no audience in a list', () => ({ aud: [] })],
    ['with a subject that is no id', () => ({ sub: 'staf' })],
    ['with an empty subject', () => ({ sub: '' })],
    ['for an account nobody has', () => ({ sub: randomUUID() })],
    ['of a sign-in nobody made', () => ({ sid: randomUUID() })],
    ['of a sign-in of somebody else', () => ({ sid: accountId('kadin') })],
    ['with a sign-in that is no id', () => ({ sid: 'x' })],
    ['with an expiry that is text', () => ({ exp: 'tomorrow' })],
    ...['sub', 'sid', 'iss', 'aud', 'jti', 'iat', 'exp'].map((name): [string, () => Fields] => [
      `without ${name}`,
      () => ({ [name]: undefined }),
    ]),
  ])('%s are refused', async (_, change) => {
    await expectRefused(`Bearer ${await sign(change())}`);
  });

  it.each<[string, Fields]>([
    ['another type', { typ: 'JWT' }],
    ['no type', { typ: undefined }],
    ['a critical extension nobody knows', { crit: ['b64x'], b64x: true }],
  ])('%s in the header is refused', async (_, header) => {
    const head = base64url(Object.fromEntries(Object.entries({ ...HEADER, ...header }).filter(([, one]) => one)));
    const body = `${head}.${base64url(claims())}`;
    await expectRefused(`Bearer ${body}.${signRaw(null, Buffer.from(body), ours).toString('base64url')}`);
  });
});

describe('what a token says of roles and offices', () => {
  const roles = ['admin', 'kadin', 'inspector'];
  const said: Fields = {
    roles,
    role: 'admin',
    scope: 'admin read write',
    scopes: ['read', 'write'],
    groups: roles,
    grants: roles.map((role) => ({ role, actingFor: null, letterNumber: null })),
    realm_access: { roles },
    office: demoId(2, 0, 0),
    officeId: demoId(2, 0, 0),
    office_id: demoId(2, 0, 0),
    kind: 'officer',
    clientId: null,
  };

  it('opens no door: roles come from the database', async () => {
    const authorization = `Bearer ${await sign(said)}`;
    expect((await ask(authorization)).status).toBe(200);
    for (const path of ['/admin/office', '/kadin/inbox', '/inspection/findings']) {
      const response = await fetch(`${server.http.base}/api/v1${path}`, { headers: { authorization } });
      expect([path, response.status]).toEqual([path, 403]);
      await response.text();
    }
    const own = await fetch(`${server.http.base}/api/v1/staff/inbox`, { headers: { authorization } });
    expect(own.status).toBe(200);
    await own.text();
  });

  it('nor another office', async () => {
    const theirs = await server.http.inOffice(2).open();
    const authorization = `Bearer ${await sign(said)}`;
    const response = await fetch(`${server.http.base}/api/v1/cases/${theirs.id}`, { headers: { authorization } });
    expect(response.status).toBe(404);
    await response.text();
  });
});

describe('signatures', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', ''])('the algorithm "%s" is refused', async (alg) => {
    const body = `${base64url({ ...HEADER, alg })}.${base64url(claims())}`;
    for (const signature of ['', '.', '.AAAA']) await expectRefused(`Bearer ${body}${signature}`);
  });

  it('HS256 with our public key as the secret is refused, in every form it is written', async () => {
    const key = createPublicKey(ours);
    const jwk = await exportJWK(key);
    const secrets = [
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      JSON.stringify(jwk),
      Buffer.from(jwk.x ?? '', 'base64url'),
    ];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'HS512']) {
        await expectRefused(`Bearer ${await sign({}, { alg }, new Uint8Array(Buffer.from(secret)))}`);
      }
    }
  });

  it('a foreign Ed25519 key is refused, also one the token brings along', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = await exportJWK(publicKey);
    const headers = [
      {},
      { jwk },
      { kid: '../../token-key.pem' },
      { kid: "x' UNION SELECT 1 --" },
      { jku: `${server.http.base}/healthz` },
      { x5u: `${server.http.base}/healthz` },
      { jwk, kid: 'ours' },
    ];
    for (const header of headers) await expectRefused(`Bearer ${await sign({}, header, privateKey)}`);
  });

  it.each(['ES256', 'RS256', 'PS256'] as const)('%s is refused', async (alg) => {
    const { privateKey } =
      alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expectRefused(`Bearer ${await sign({}, { alg }, privateKey)}`);
  });

  it('a payload changed after signing is refused, and one half of another token', async () => {
    const [head = '', body = '', signature = ''] = (await sign()).split('.');
    const [, kadin = ''] = (await sign({ sub: accountId('kadin') })).split('.');
    await expectRefused(`Bearer ${head}.${kadin}.${signature}`);
    await expectRefused(`Bearer ${head}.${base64url(claims({ exp: now() + 9999 }))}.${signature}`);
    await expectRefused(`Bearer ${base64url({ ...HEADER, x: 1 })}.${body}.${signature}`);
    await expectRefused(`Bearer ${head}.${body}.${signature.slice(0, -4)}`);
    await expectRefused(`Bearer ${head}.${body}.${Buffer.alloc(64).toString('base64url')}`);
    await expectRefused(`Bearer ${head}.${body}.`);
    await expectRefused(`Bearer ${head}.${body}`);
  });
});

describe('the header', () => {
  it('absent, empty or without a token is refused', async () => {
    for (const value of [null, '', 'Bearer', 'Bearer ', 'Bearer null', 'Bearer a.b.c']) await expectRefused(value);
  });

  it('with a sound token said in another way is refused', async () => {
    const token = await sign();
    const ways = [
      token,
      `Basic ${token}`,
      `Token ${token}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token}, Bearer ${token}`,
    ];
    for (const value of [...ways, `Bearer  ${token}`, `Bearer "${token}"`, `Bearer:${token}`])
      await expectRefused(value);
  });

  it('is the only place: no query, no cookie', async () => {
    const token = await sign();
    const path = `${server.http.base}/api/v1/services`;
    const statuses = await Promise.all([
      fetch(`${path}?access_token=${token}&token=${token}`),
      fetch(path, { headers: { cookie: `access_token=${token}; token=${token}` } }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401]);
  });
});
