/** npm run keys, as a process: the old key vouches for the new one, the log says so, and only the new one signs on. */
import { createPrivateKey, createPublicKey, hash, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lastNote } from '../../src/evidence/checkpoint-file.js';
import { makeLogKey } from '../../src/evidence/log-key.js';
import { openCheckpoint, parseVerifierKey, verifierKeyOf } from '../../src/evidence/note.js';
import { Signer } from '../../src/evidence/signer.js';
import { startApp, type TestApp } from '../support/app.js';
import { runScript } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { countOf, logOf, sealed } from '../support/log.js';

const NAME = 'alur.localhost/history';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.http.driveTo('headDisposition');
  await eventually('the first checkpoint', () => countOf(server.database, 'log_checkpoints'));
});
afterAll(() => server.stop());

const keys = (args: string[] = [], environment: Record<string, string> = {}) =>
  runScript('keys', { DATABASE_URL: server.database.appUrl, DATA_DIR: server.dataDir, ...environment }, args);
const keyFile = () => join(server.dataDir, 'log-key.pem');
const verifierOf = (file: string) => verifierKeyOf(NAME, createPublicKey(createPrivateKey(readFileSync(file))));

describe('npm run keys', () => {
  it('shows the key that signs', async () => {
    const { code, out } = await keys();
    expect([code, out]).toEqual([0, `keys: from entry 0: ${verifierOf(keyFile()).text}\n`]);
  });

  it('rotates: the old key vouches for the new one, and a record of it is in the log', async () => {
    const older = verifierOf(keyFile());
    const { code, out, err } = await keys(['rotate']);
    expect([code, err]).toEqual([0, '']);
    const newer = verifierOf(keyFile());
    expect(newer.keyId).not.toBe(older.keyId);
    expect(out).toContain(`keys: the log is signed by ${newer.text} from now on\n`);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(server.dataDir)).toContain(`log-key.${older.keyId}.old.pem`);
    await sealed(server.database);
    const { rows } = await server.database.owner.query<{ entry: string }>('SELECT entry FROM records');
    const { facts } = JSON.parse(rows[0]!.entry) as { facts: { from: string; to: string; endorsement: string } };
    expect([facts.from, facts.to]).toEqual([older.text, newer.text]);
    const [text = '', signature = ''] = facts.endorsement.split('\n\n');
    expect(text).toBe(`alur-key-rotation/1\n${older.text}\n${newer.text}`);
    const bytes = Buffer.from(signature.trimEnd().split(' ')[2] ?? '', 'base64').subarray(4);
    expect(verify(null, Buffer.from(`${text}\n`), older.publicKey, bytes)).toBe(true);
    const leaves = (await logOf(server.database)).map((row) => row.hash.toString('hex'));
    expect(leaves).toContain(hash('sha256', `\0${rows[0]!.entry}`));
  });

  it('leaves a worker with the old key unable to sign, and one with the new key able', async () => {
    await server.http.open();
    await sealed(server.database);
    const before = await countOf(server.database, 'log_checkpoints');
    expect(await server.app.get(Signer, { strict: false }).signIfDue(true)).toBeNull();
    expect(await countOf(server.database, 'log_checkpoints')).toBe(before);
    const restarted = await startApp({ beside: server, process: 'worker' });
    const signer = restarted.app.get(Signer, { strict: false });
    await eventually('signed', async () => {
      await signer.signIfDue(true);
      return (await countOf(server.database, 'log_checkpoints')) > before;
    });
    await restarted.stop();
    const opened = openCheckpoint(lastNote(join(server.dataDir, 'checkpoints.ndjson'))!, [verifierOf(keyFile())]);
    expect(opened?.keyId).toBe(verifierOf(keyFile()).keyId);
    const { out } = await keys();
    expect(out.split('\n').map((line) => parseVerifierKey(line.split(': ')[2] ?? '')?.keyId)).toContain(opened?.keyId);
  });

  it('refuses to rotate from a key that does not sign, or over a file that is there', async () => {
    const out = join(server.dataDir, 'next.pem');
    const foreign = await keys(['rotate', '--out', out], { LOG_KEY: makeLogKey() });
    expect([foreign.code, foreign.err]).toEqual([1, expect.stringContaining('the log is signed by key')]);
    const again = await keys(['rotate', '--out', out], { LOG_KEY: readFileSync(keyFile(), 'utf8') });
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('is there already')]);
    expect(existsSync(out)).toBe(true);
  });

  it.each([
    [['rotate', 'now'], {}, 'usage'],
    [['rotate', '--out', 'x.pem'], {}, '--out is for an installation with LOG_KEY'],
    [['rotate'], { LOG_KEY: 'x' }, 'LOG_KEY: not an Ed25519 private key'],
    [['rotate'], { LOG_KEY: makeLogKey() }, 'say with --out'],
  ])('says in one line what is amiss with %j', async (args, environment, why) => {
    const { code, err } = await keys(args, environment);
    expect([code, err]).toEqual([1, expect.stringContaining(why)]);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
