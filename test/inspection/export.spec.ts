/** Exports over HTTP, checked by the verifier as an inspector runs it. */
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash } from '../../src/engine/chain.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { verdictOn } from '../support/exports.js';
import type { CaseBody, ProblemBody } from '../support/http.js';
import { countOf, sealed } from '../support/log.js';
import { expectProblem } from '../support/refused.js';
import { Signer } from '../../src/evidence/signer.js';

const SUNDAY = '2026-11-22T03:00:00Z';

let server: TestApp;
let folder: string;
let key: string;
let done: CaseBody;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alur-export-'));
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow(SUNDAY);
  for (let n = 0; n < 5; n++) {
    await server.http.driveTo('archived');
    await signed();
  }
  await server.http.inOffice(2).driveTo('headDisposition');
  done = await server.http.driveTo('archived');
  await signed();
  const { body } = await server.http.get<{ items: { verifierKey: string }[] }>('inspektur', '/inspection/keys');
  key = body.items[0]!.verifierKey;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Until a checkpoint covers all there is. */
async function signed(): Promise<void> {
  await sealed(server.database);
  const signer = server.app.get(Signer, { strict: false });
  const behind = 'log_entries WHERE idx >= (SELECT coalesce(max(size), 0) FROM log_checkpoints)';
  await eventually('signed', async () => {
    await signer.signIfDue(true);
    return (await countOf(server.database, behind)) === 0;
  });
}
const get = (path: string) => server.http.get<ProblemBody>('inspektur', `/inspection${path}`);
const exported = async (path: string) => {
  const reply = await get(path);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.text;
};
const run = (text: string, ...args: string[]) => {
  const file = join(folder, 'export.ndjson');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(PROJECT_ROOT, 'verify-history.mjs'), file, ...args],
    {
      encoding: 'utf8',
      env: {},
    },
  );
  return { status, stdout, stderr };
};

describe('the verifier, as an inspector runs it', () => {
  it('is served as it lies in the repository, and passes what is exported', async () => {
    const { text, headers } = await get('/verifier');
    expect(headers.get('content-disposition')).toContain('verify-history.mjs');
    writeFileSync(join(folder, 'served.mjs'), text);
    writeFileSync(join(folder, 'all.ndjson'), await exported('/export'));
    const args = [join(folder, 'served.mjs'), join(folder, 'all.ndjson'), '--key', key];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^PASS 63 entries, 60 with text, 6 chains; /)]);
  });

  it('says FAIL, the index and the reason, by its exit code too', async () => {
    const text = (await exported('/export')).replace('RECEIVE_APPLICANT', 'RECEIVE_APPLICANT ');
    const { status, stdout } = run(text, '--key', key);
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/^FAIL index \d+: the text is not the one that was sealed\n$/),
    ]);
  });

  it('compares with checkpoints that were kept, as the signer’s own file or a scanner has them', async () => {
    const text = await exported('/export');
    const file = join(server.dataDir, 'checkpoints.ndjson');
    expect(run(text, '--key', key, '--checkpoint', file)).toMatchObject({ status: 0 });
    const { body } = await server.http.get<{ items: { note: string }[] }>('inspektur', '/inspection/checkpoints');
    const note = body.items.at(-1)!.note;
    for (const kept of [note, `${note.trim()} \n\n`, note.replaceAll('\n', '\r\n')]) {
      writeFileSync(join(folder, 'kept.txt'), kept);
      expect(run(text, '--key', key, '--checkpoint', join(folder, 'kept.txt'))).toMatchObject({ status: 0 });
    }
  });

  it('finds the receipt that an act was answered with', async () => {
    const text = await exported(`/cases/${done.id}/export`);
    const found = run(text, '--key', key, '--receipt', done.receipt.hash);
    expect([found.status, found.stdout]).toEqual([0, expect.stringMatching(/^PASS 10 entries.*1 receipt/)]);
    const other = run(text, '--key', key, '--receipt', 'f'.repeat(64));
    expect([other.status, other.stdout]).toEqual([1, expect.stringContaining('no entry has the hash')]);
  });

  it.each([
    [[], 'usage'],
    [['--key', 'nonsense'], 'this is no key'],
    [['--key'], 'needs a value'],
    [['--colour', 'red'], 'no option'],
  ])('cannot check with %j, which is no FAIL', (args, why) => {
    const { status, stdout, stderr } = run('', ...args);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)]);
  });
});

describe('an export', () => {
  it('of a period holds what was written in it, and passes', async () => {
    const text = await exported('/export?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z');
    expect(verdictOn(text, key)).toMatchObject({ result: 'PASS' });
    const none = await exported('/export?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z');
    expect([none.includes('"entries":0'), verdictOn(none, key).result]).toEqual([true, 'PASS']);
  });

  it('gives nothing of another office but hashes', async () => {
    const { rows } = await server.database.owner.query<{ entry: string; office: string }>(
      `SELECT entry, h.office_id AS office FROM history h JOIN log_entries l ON l.chain_id = h.case_id AND l.seq = h.seq
       WHERE h.office_id <> (SELECT id FROM offices WHERE code <> 'kilat' LIMIT 1)
         AND l.idx < (SELECT max(size) FROM log_checkpoints)`,
    );
    const text = await exported('/export');
    expect(rows.length).toBeGreaterThan(0);
    for (const { entry, office } of rows) {
      expect(text).not.toContain(office);
      expect(text).toContain(`"leaf":"${leafHash(entry)}"}`);
    }
  });

  it('is itself a record in the log, of who, what and when', async () => {
    await exported(`/cases/${done.id}/export`);
    await signed();
    const text = await exported('/export');
    const records = text.split('\n').filter((line) => line.includes('EXPORT_MADE'));
    expect(records.some((line) => line.includes(done.id))).toBe(true);
    expect(verdictOn(text, key)).toMatchObject({ result: 'PASS' });
  });

  it('answers with the receipt of its record, which a later export of everything must have', async () => {
    const { headers } = await get('/export');
    const receipt = headers.get('receipt') ?? '';
    expect(receipt).toMatch(/^[0-9a-f]{64}$/);
    await signed();
    const later = await exported('/export');
    const record = later.split('\n').find((line) => line.includes(receipt)) ?? '';
    const size = Number(/\\"size\\":(\d+)/.exec(record)?.[1]);
    const texts = later
      .split('\n')
      .slice(0, -3)
      .filter((line) => line.includes('"entry"') && Number(/\d+/.exec(line)?.[0]) < size);
    expect(record).toContain(`\\"texts\\":${texts.length}}`);
    expect(run(later, '--key', key, '--receipt', receipt)).toMatchObject({ status: 0 });
  });

  it('has the texts of its own cases whatever a superuser writes beside their places in the log', async () => {
    const { owner } = server.database;
    const before = (await exported('/export')).split('\n');
    const last = `chain_id = '${done.id}' AND seq > 7`;
    await owner.query('ALTER TABLE log_entries DISABLE TRIGGER ALL');
    await owner.query(`UPDATE log_entries SET office_id = gen_random_uuid() WHERE ${last}`);
    const forged = (await exported('/export')).split('\n');
    expect(forged.filter((line) => line.includes(done.id))).toEqual(before.filter((line) => line.includes(done.id)));
    const ofCase = await exported(`/cases/${done.id}/export`);
    expect(verdictOn(ofCase, key, [], [done.receipt.hash])).toMatchObject({ result: 'PASS' });
    await owner.query(
      `UPDATE log_entries l SET office_id = c.office_id FROM cases c WHERE c.id = l.chain_id AND l.${last}`,
    );
    await owner.query('ALTER TABLE log_entries ENABLE ALWAYS TRIGGER log_entries_append_only');
  });

  it('of a case no checkpoint covers yet is refused', async () => {
    const { id } = await server.http.open();
    for (const path of [`/cases/${id}/export`, `/cases/${id}/proof?seq=1`]) {
      expectProblem(await get(path), 'NOT_SEALED_YET');
    }
    expectProblem(await get(`/cases/${id}/proof?seq=2`), 'NOT_FOUND');
    expectProblem(await get('/export?from=2026-01-01T00:00:00Z'), 'INVALID_INPUT');
    expectProblem(await server.http.inOffice(2).get('inspektur', `/inspection/cases/${id}/export`), 'NOT_FOUND');
  });

  it('of one entry is its proof', async () => {
    const reply = await server.http.get<{
      text: string;
      leaf: string;
      index: number;
      proof: string[];
      checkpoint: string;
    }>('inspektur', `/inspection/cases/${done.id}/proof?seq=${done.receipt.seq}`);
    const { text, leaf, index, proof, checkpoint } = reply.body;
    expect([leaf, hash('sha256', `\0${text}`)]).toEqual([done.receipt.hash, done.receipt.hash]);
    const office = (JSON.parse(text) as { office: string }).office;
    const lines = [
      JSON.stringify({
        format: 'history-export/1',
        kind: 'period',
        office,
        from: '2026-01-01T00:00:00.000Z',
        to: '2027-01-01T00:00:00.000Z',
      }),
      JSON.stringify({ checkpoint, keys: [] }),
      JSON.stringify({ index, entry: text, proof }),
      JSON.stringify({ end: true, entries: 1 }),
    ];
    expect(verdictOn(`${lines.join('\n')}\n`, key)).toMatchObject({ result: 'PASS' });
  });

  it('stops at a text that a superuser has deleted', async () => {
    const { owner } = server.database;
    const { id } = await server.http.driveTo('headDisposition');
    await signed();
    await owner.query('ALTER TABLE history DISABLE TRIGGER ALL');
    await owner.query('BEGIN');
    await owner.query('DELETE FROM history WHERE case_id = $1 AND seq = 2', [id]);
    await owner.query('COMMIT');
    for (const path of [`/cases/${id}/export`, '/export']) {
      const verdict = verdictOn(await exported(path), key);
      expect(verdict).toMatchObject({
        result: 'FAIL',
        why: expect.stringMatching(/^index \d+: its text is lost$/) as string,
      });
    }
  });
});
