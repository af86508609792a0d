/** The sealer: every committed entry once, without gaps, each case in its own order, and nobody waits for it. */
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { pack } from '../../src/evidence/leaves.js';
import { TreeReader } from '../../src/evidence/tree-reader.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually, inTime } from '../support/eventually.js';
import { countOf, logOf, rootOver, sealed } from '../support/log.js';

/** An entry waits at most this long for its place. */
const WAIT_MS = 2000;

let server: TestApp;
let second: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  second = await startApp({ beside: server, process: 'worker', environment: { SWEEP_SECONDS: '300' } });
});
afterAll(async () => {
  await second.stop();
  await server.stop();
});

const HISTORY = `
SELECT count(*)::int AS n FROM history h
LEFT JOIN log_entries l ON l.chain_id = h.case_id AND l.seq = h.seq AND l.office_id = h.office_id AND l.at = h.at
  AND l.hash = h.hash
WHERE l.idx IS NULL`;

/** All of history is in the log, once, in an order in which each case's entries follow each other. */
async function expectWhole(): Promise<void> {
  const rows = await logOf(server.database);
  expect(rows.map(({ idx }) => idx)).toEqual(rows.map((_, index) => index));
  const { rows: left } = await server.database.owner.query<{ n: number }>(HISTORY);
  expect(left[0]?.n).toBe(0);
  const chains = new Map<string, number>();
  for (const { chain, seq } of rows) {
    expect([chain, seq]).toEqual([chain, (chains.get(chain) ?? 0) + 1]);
    chains.set(chain, seq);
  }
}

const strangerLeaf = (chain: number, seq = 1) =>
  pack({
    officeId: '00000000-0000-4000-8000-00000000000f',
    chainId: `00000000-0000-4000-8000-${chain.toString(16).padStart(12, '0')}`,
    seq,
    at: new Date('2026-11-24T02:00:00Z'),
    hash: createHash('sha256').update(`${chain}/${seq}`).digest(),
  });

describe('the sealer', () => {
  it('gives entries written by many at once their places, with two workers racing for them', async () => {
    const drives = Array.from({ length: 12 }, () => server.http.driveTo('archived'));
    await Promise.all(drives);
    inTime('all sealed', await sealed(server.database), WAIT_MS);
    await expectWhole();
    expect(await countOf(server.database, 'log_entries')).toBe(12 * 10);
  });

  it('keeps up with one case that changes without a pause', async () => {
    const { id } = await server.http.open();
    for (let n = 0; n < 40; n++) {
      const { status } = await server.http.event('staf', id, null, 'RECORD_PAPER');
      expect(status).toBe(200);
    }
    inTime('all sealed', await sealed(server.database), WAIT_MS);
    await expectWhole();
  });

  it('takes in the alarms that an act found due, before the act', async () => {
    await server.database.setNow('2026-11-24T02:00:00Z');
    const { id, stepSeq } = await server.http.open();
    await server.database.setNow('2026-11-24T03:00:00Z');
    await server.http.event('staf', id, stepSeq, 'RECEIVE_APPLICANT');
    await sealed(server.database);
    expect(await countOf(server.database, `log_entries WHERE chain_id = '${id}'`)).toBeGreaterThan(3);
    await expectWhole();
  });

  it('does not pass over a transaction that wrote early and commits late', async () => {
    const late = new Client({ connectionString: server.database.superuserUrl });
    await late.connect();
    await late.query('BEGIN');
    await late.query('INSERT INTO history_arrivals (leaves) VALUES ($1)', [strangerLeaf(0xaaaa)]);
    await server.http.driveTo('headDisposition');
    await eventually('the others sealed', async () => (await countOf(server.database, 'history_arrivals')) === 0);
    const before = await countOf(server.database, 'log_entries');
    await late.query('COMMIT');
    await late.end();
    await eventually('the late one sealed', async () => (await countOf(server.database, 'log_entries')) === before + 1);
  });

  it('takes a leaf apart without loss, whatever is in it', async () => {
    const leaf = {
      officeId: '00000000-0000-4000-8000-00000000000a',
      chainId: 'ffffffff-ffff-7fff-bfff-ffffffffffff',
      seq: 2_000_000_000,
      at: new Date('2026-11-24T02:00:00.123Z'),
      hash: createHash('sha256').update('x').digest(),
    };
    const packed = [leaf, { ...leaf, seq: 1, at: new Date('1969-12-31T23:59:59.999Z') }];
    const { owner } = server.database;
    await owner.query('INSERT INTO history_arrivals (leaves) VALUES ($1)', [Buffer.concat(packed.map(pack))]);
    await sealed(server.database);
    const { rows } = await owner.query(
      `SELECT office_id AS "officeId", chain_id AS "chainId", seq, at, hash FROM log_entries WHERE chain_id = $1 ORDER BY idx`,
      [leaf.chainId],
    );
    expect(rows).toEqual(packed);
  });

  it('takes in what an outage left behind, over many batches, to the root of the definition', async () => {
    const { owner } = server.database;
    const before = await countOf(server.database, 'log_entries');
    await owner.query('BEGIN');
    for (let n = 0; n < 900; n++) {
      const together = [strangerLeaf(n, 1), strangerLeaf(n, 2)];
      await owner.query('INSERT INTO history_arrivals (leaves) VALUES ($1)', [Buffer.concat(together)]);
    }
    await owner.query('COMMIT');
    await sealed(server.database);
    const rows = await logOf(server.database);
    expect(rows.length).toBe(before + 1800);
    const reader = server.app.get(TreeReader, { strict: false });
    const root = rootOver(rows.map(({ hash }) => hash));
    expect((await reader.root(rows.length)).toString('hex')).toBe(root.toString('hex'));
    expect(await countOf(server.database, 'log_tiles WHERE level = 0')).toBe(Math.floor(rows.length / 256));
  });

  it('never holds up a transition', async () => {
    const holder = new Client({ connectionString: server.database.superuserUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE log_entries, log_tiles IN ACCESS EXCLUSIVE MODE');
    const opened = await server.http.driveTo('headDisposition');
    expect(opened.state).toBe('headDisposition');
    await holder.query('ROLLBACK');
    await holder.end();
    await sealed(server.database);
  });
});
