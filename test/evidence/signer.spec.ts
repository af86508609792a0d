/** The signer: signs what grew out of what it signed before, and nothing else (H2). */
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastNote } from '../../src/evidence/checkpoint-file.js';
import { CheckpointStore } from '../../src/evidence/checkpoint.store.js';
import { makeLogKey } from '../../src/evidence/log-key.js';
import { LogStore } from '../../src/evidence/log.store.js';
import { openCheckpoint, parseVerifierKey } from '../../src/evidence/note.js';
import { Signer } from '../../src/evidence/signer.js';
import { SelfCheckStore } from '../../src/evidence/self-check.store.js';
import { Metrics } from '../../src/ops/metrics.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { countOf, logOf, rootOver, sealed } from '../support/log.js';

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterEach(() => server.stop());

const signer = () => server.app.get(Signer, { strict: false });
const file = () => join(server.dataDir, 'checkpoints.ndjson');
const notes = () =>
  readFileSync(file(), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { checkpoint: string }).checkpoint);
const isStopped = async () =>
  (await server.app.get(Metrics, { strict: false }).signerStopped.get()).values[0]?.value === 1;
/** Signs all there is, whether this call or the worker's own turn does it; the note. */
const signNow = async () => {
  await sealed(server.database);
  const size = await countOf(server.database, 'log_entries');
  return eventually('signed', async () => {
    await signer().signIfDue(true);
    // In the file before it is committed: another's turn may be at it still.
    const { rows } = await server.database.owner.query<{ note: string }>(
      `SELECT note FROM log_checkpoints WHERE size = ${size}`,
    );
    const [row] = rows;
    return row?.note === lastNote(file()) ? row.note : null;
  });
};
/** As a superuser who has switched the triggers off. */
const forge = async (text: string) => {
  const { owner } = server.database;
  for (const table of ['log_entries', 'log_tiles', 'log_checkpoints', 'log_keys']) {
    await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  }
  await owner.query(text);
};
const append = async () => {
  const { id } = await server.http.open();
  await server.http.event('staf', id, null, 'RECORD_PAPER');
};
const ADD_LEAF = `
INSERT INTO log_entries SELECT max(idx) + 1, office_id, gen_random_uuid(), 1, now(), sha256('new') FROM log_entries
GROUP BY office_id ORDER BY 1 DESC LIMIT 1`;

describe('a checkpoint', () => {
  it('is a C2SP note that the served key opens, over the root of the definition, on file and in the database', async () => {
    await append();
    await signNow();
    const [{ verifierKey } = { verifierKey: '' }] = await server.app.get(CheckpointStore, { strict: false }).keys();
    const note = lastNote(file()) ?? '';
    const rows = await logOf(server.database);
    const root = rootOver(rows.map(({ hash }) => hash)).toString('base64');
    const [text = '', signature = ''] = note.split('\n\n');
    expect(text).toBe(`alur.localhost/history\n${rows.length}\n${root}`);
    // By hand, as the specification says: four bytes of key id, then the signature over the text with its line break.
    const [dash, name, base64 = ''] = signature.trimEnd().split(' ');
    expect([dash, name]).toEqual(['\u2014', 'alur.localhost/history']);
    const bytes = Buffer.from(base64, 'base64');
    expect(bytes.subarray(0, 4).toString('hex')).toBe(verifierKey.split('+')[1]);
    const key = createPublicKey(createPrivateKey(readFileSync(join(server.dataDir, 'log-key.pem'))));
    expect(verify(null, Buffer.from(`${text}\n`), key, bytes.subarray(4))).toBe(true);
    const stored = await server.database.owner.query<{ note: string }>(
      'SELECT note FROM log_checkpoints ORDER BY size',
    );
    expect(stored.rows.map((row) => row.note)).toEqual(notes());
  });

  it('comes by itself, first at once, then with a hundred entries or after a minute, and not without anything new', async () => {
    await append();
    await eventually('the first', () => countOf(server.database, 'log_checkpoints'));
    await append();
    await sealed(server.database);
    const size = async () =>
      (await server.database.owner.query<{ size: number }>('SELECT max(size)::int AS size FROM log_checkpoints'))
        .rows[0]!.size;
    const before = await size();
    await append();
    await sealed(server.database);
    expect(await signer().signIfDue()).toBeNull();
    await server.database.setNow(new Date(Date.now() + 61_000));
    await eventually('after a minute', async () => (await size()) > before);
    await Promise.all(Array.from({ length: 60 }, append));
    await eventually('after a hundred', async () => (await size()) >= before + 100);
    await signNow();
    expect(await signer().signIfDue(true)).toBeNull();
  });

  it('is signed by a key that only its owner can read', async () => {
    await append();
    await signNow();
    expect(statSync(join(server.dataDir, 'log-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('is opened by no other key, and not with one bit changed', async () => {
    await append();
    await signNow();
    const [{ verifierKey } = { verifierKey: '' }] = await server.app.get(CheckpointStore, { strict: false }).keys();
    const key = parseVerifierKey(verifierKey)!;
    const note = lastNote(file()) ?? '';
    expect(openCheckpoint(note, [key])).not.toBeNull();
    for (let at = 0; at < note.length; at++) {
      const changed = note.slice(0, at) + String.fromCharCode(note.charCodeAt(at) ^ 1) + note.slice(at + 1);
      const opened = openCheckpoint(changed, [key]);
      // Base64 has bits that say nothing, in the last character before the padding.
      if (opened)
        expect(Buffer.from(changed.split(' ')[2] ?? '', 'base64')).toEqual(
          Buffer.from(note.split(' ')[2] ?? '', 'base64'),
        );
    }
    expect(parseVerifierKey(verifierKey.replace('+', '+0'))).toBeNull();
  });
});

describe('the signer refuses, and says so by metric,', () => {
  beforeEach(async () => {
    await Promise.all(Array.from({ length: 5 }, append));
    expect(await signNow()).not.toBeNull();
  });
  const expectRefused = async () => {
    const [kept, stored] = [notes().length, await countOf(server.database, 'log_checkpoints')];
    await eventually('stopped', async () => (await signer().signIfDue(true)) === null && isStopped());
    expect([notes().length, await countOf(server.database, 'log_checkpoints')]).toEqual([kept, stored]);
  };

  it('a log with a leaf changed', async () => {
    await forge("UPDATE log_entries SET hash = sha256('forged') WHERE idx = 2");
    await forge(ADD_LEAF);
    await expectRefused();
  });

  it('a log cut short, even while nothing is written to it', async () => {
    await forge('DELETE FROM log_entries WHERE idx >= 8');
    await expectRefused();
  });

  it('a backup restored: entries and checkpoints of yesterday, other entries since', async () => {
    await forge('DELETE FROM log_entries WHERE idx >= 4');
    await forge('DELETE FROM log_checkpoints');
    await forge(Array(20).fill(ADD_LEAF).join(';'));
    await expectRefused();
  });

  it('a log rewritten together with the checkpoints in the database', async () => {
    await forge('UPDATE log_entries SET hash = sha256(idx::text::bytea)');
    await forge('DELETE FROM log_checkpoints');
    await forge(ADD_LEAF);
    await expectRefused();
  });

  it('a checkpoint in the database that carries no signature of ours', async () => {
    await forge("UPDATE log_checkpoints SET note = replace(note, 'alur', 'ular')");
    await forge(ADD_LEAF);
    await expectRefused();
  });

  it('another key than the one that has signed so far', async () => {
    const other = await startApp({ beside: server, process: 'worker', environment: { LOG_KEY: makeLogKey() } });
    await append();
    await sealed(server.database);
    const { signerStopped } = other.app.get(Metrics, { strict: false });
    await eventually('stopped', async () => {
      expect(await other.app.get(Signer, { strict: false }).signIfDue(true)).toBeNull();
      return (await signerStopped.get()).values[0]?.value === 1;
    });
    await other.stop();
    expect(await signNow()).not.toBeNull();
  });

  it('a file of its own that it cannot read', async () => {
    writeFileSync(file(), 'garbage\n');
    await append();
    await sealed(server.database);
    await eventually('the complaint', () =>
      signer()
        .signIfDue(true)
        .then(
          () => false,
          (error: unknown) => /no checkpoint that can be read/.test((error as Error).message),
        ),
    );
  });

  it('but not for a line that a crash cut short, nor without its file', async () => {
    appendFileSync(file(), '{"checkpoint":"alur.loc');
    await append();
    expect(await signNow()).not.toBeNull();
    expect(readFileSync(file(), 'utf8')).toMatch(/\n\{"checkpoint":"alur\.loc\n\{/);
    rmSync(file());
    await append();
    expect(await signNow()).not.toBeNull();
    expect(await isStopped()).toBe(false);
  });
});

it('the sealer and the signer of two processes never work at once', async () => {
  const store = server.app.get(LogStore, { strict: false });
  const inner = await store.alone(async () => store.alone(() => Promise.resolve('both')));
  expect(inner).toBeNull();
});

it('needs no third connection: of the smallest pool the self-check holds one while it runs, and the signer another', async () => {
  const small = await startApp({ environment: { SWEEP_SECONDS: '300', DATABASE_POOL: '2' } });
  try {
    await small.http.driveTo('registration');
    const store = small.app.get(SelfCheckStore, { strict: false });
    const note = await eventually('signed within a check', async () => {
      await sealed(small.database);
      await small.http.open();
      await sealed(small.database);
      return store.alone(() => small.app.get(Signer, { strict: false }).signIfDue(true));
    });
    expect(note).toMatch(/\n\n\u2014 /);
  } finally {
    await small.stop();
  }
});
