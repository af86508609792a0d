/** What makes a demo easy opens nothing in an installation: no demo mode by itself, no token anybody could know. */
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { localTokenKey, Tokens } from '../../src/access/tokens.js';
import { readConfig } from '../../src/config.js';
import { startApp, type TestApp } from '../support/app.js';
import { createDatabase } from '../support/database.js';
import { accountId } from '../support/http.js';
import { Program } from '../support/program.js';
import { statusWith } from '../support/sign-in.js';

const DATABASE_URL = 'postgres://alur@db.example/alur';

describe('demo mode', () => {
  it.each<[string, NodeJS.ProcessEnv, boolean]>([
    ['off with a database of one’s own', { DATABASE_URL }, false],
    ['off with one, whatever else is set', { DATABASE_URL, DEMO_PASSWORD: 'demo-password', LOG_LEVEL: 'debug' }, false],
    ['off with one and NODE_ENV=development', { DATABASE_URL, NODE_ENV: 'development' }, false],
    ['off where it is said', { DEMO: 'off' }, false],
    ['on with one where it is said', { DATABASE_URL, DEMO: 'on' }, true],
    ['on for who has nothing but the program', {}, true],
  ])('is %s', (_, environment, demo) => {
    const config = readConfig(environment);
    expect(config.demo).toBe(demo);
    expect(config.requestsPerMinute === null).toBe(demo);
  });

  it.each(['1', 'true', 'ON', 'yes', 'production'])('is not understood as DEMO=%s', (DEMO) =>
    expect(() => readConfig({ DATABASE_URL, DEMO })).toThrow('DEMO'),
  );

  it('left in a database ends the start of an installation, and changes nothing', async () => {
    const database = await createDatabase();
    const hashes = async () => {
      const text = 'SELECT login, password_hash AS hash FROM accounts ORDER BY login';
      return (await database.owner.query<{ login: string; hash: string }>(text)).rows;
    };
    const before = await hashes();
    const environment = { PROCESS: 'api', PORT: '0', DATABASE_URL: database.appUrl, DEMO_PASSWORD: 'another-password' };
    const program = Program.start(environment);
    const code = await program.ended();
    expect(code).not.toBe(0);
    expect(program.err + program.out).toContain('rehearsal calendar, refused outside demo mode');
    expect(program.out + program.err).not.toContain('another-password');
    expect(await hashes()).toEqual(before);
    await database.drop();
  }, 150_000);
});

describe('an installation', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp({ environment: { DEMO: 'off' } });
  });
  afterAll(() => server.stop());
  const status = (token: string) => statusWith(server.http.base, token);

  it('makes a token key of its own, that no other has', () => {
    const keys = [1, 2].map(() => {
      const folder = mkdtempSync(join(tmpdir(), 'alur-key-'));
      const pem = localTokenKey(folder);
      rmSync(folder, { recursive: true, force: true });
      return pem;
    });
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys).not.toContain(localTokenKey(server.dataDir));
  });

  it('takes no token of another one, nor of a key that can be guessed', async () => {
    const id = accountId('admin');
    const { privateKey } = generateKeyPairSync('ed25519');
    const other = new Tokens(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 30);
    expect(await status(await other.issue(id, id))).toBe(401);
    const claims = { sub: id, sid: id, iss: 'alur', aud: 'alur-api', jti: randomUUID() };
    for (const secret of ['secret', 'alur', 'demo', 'demo-password', 'dev', 'development', 'test', 'changeme']) {
      const key = createHash('sha256').update(secret).digest();
      for (const bytes of [key, new TextEncoder().encode(secret.padEnd(32, secret))]) {
        const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).setIssuedAt();
        expect([secret, await status(await token.setExpirationTime('5m').sign(bytes))]).toEqual([secret, 401]);
      }
    }
  });

  it.each(['dev', 'demo', 'test', 'staf', 'admin', 'dev:staf', 'demo.staf', 'dev-token', 'demo-password', '1', 'null'])(
    'takes no bare word: %s',
    async (word) => expect(await status(word)).toBe(401),
  );

  it('takes no account’s id for a token', async () => expect(await status(accountId('admin'))).toBe(401));
});
