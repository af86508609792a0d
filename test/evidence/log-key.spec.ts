/** Whose key signs: given wherever more than one machine may sign, made where there is one machine only. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLogKey, readLogKey } from '../../src/evidence/log-key.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { Program } from '../support/program.js';

const dataDir = mkdtempSync(join(tmpdir(), 'alur-key-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  // Outside a demo no office may have a minute that lasts a second.
  await database.owner.query(`
    INSERT INTO calendars (office_id, version, data)
      SELECT other.id, 99, c.data FROM offices o JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version
      JOIN offices other ON other.code = 'kilat' WHERE o.code <> 'kilat';
    UPDATE offices SET calendar_version = 99 WHERE code = 'kilat'`);
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const serve = (environment: Readonly<Record<string, string>>) =>
  new Program(['dist/scripts/serve.js'], {
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.appUrl,
    DEMO: 'off',
    ...environment,
  });

it.each(['worker', 'all'])(
  'PROCESS=%s without LOG_KEY does not start, makes no key, and says how to make one',
  async (kind) => {
    const refused = serve({ PROCESS: kind });
    expect(await refused.ended()).toBe(1);
    expect(refused.err).toMatch(
      new RegExp(`^alur: PROCESS=${kind} signs the log and needs LOG_KEY .*openssl genpkey.*\n$`),
    );
    expect(readdirSync(dataDir)).toEqual([]);
  },
  60_000,
);

it.each([
  ['an API, which signs nothing', { PROCESS: 'api' }],
  ['a worker with a key', { PROCESS: 'worker', LOG_KEY: makeLogKey() }],
  ['a demo', { PROCESS: 'worker', DEMO: 'on', DEMO_PASSWORD: 'demo-password' }],
])(
  '%s starts',
  async (_what, environment) => {
    const program = serve(environment);
    await program.ready();
    expect(await program.stop('SIGTERM')).toBe(0);
  },
  120_000,
);

it.each([
  [
    'a key of another kind',
    generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  ],
  ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string],
  ['no key', 'not a key'],
])('%s is refused, and not quoted', (_what, pem) => {
  expect(() => readLogKey(pem, dataDir, 'alur.example')).toThrow(
    /^LOG_KEY: not an Ed25519 private key in PEM \(PKCS#8\)\.$/,
  );
});
