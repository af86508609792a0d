/** Exports of a log as it is after years: memory does not grow with it, a slow reader holds up nobody, and a period is found. */
import { get as request, type IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ExportStore } from '../../src/inspection/export.store.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId } from '../support/http.js';

const ROWS = 100_000;
const BEGUN = Date.parse('2026-01-01T00:00:00Z');
const MOST_GROWTH = 48e6;
const MOST_OPEN = 4;
const LINE_END = 0x0a;

setFlagsFromString('--expose_gc');
const gc = runInNewContext('gc') as () => void;
const held = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  const { owner } = server.database;
  const row = `FROM generate_series(0, ${ROWS - 1}) n, (SELECT office_id FROM accounts WHERE id = $1) o`;
  const [id, at] = [`md5((n / 10)::text)::uuid`, `'2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second'`];
  await owner.query(
    `INSERT INTO history (office_id, case_id, seq, at, event, visit, entry, hash)
     SELECT office_id, ${id}, n % 10 + 1, ${at}, 'OPENED', 1, json_build_object('n', n, 'text', repeat(md5(n::text), 28)),
       sha256(n::text::bytea) ${row}`,
    [accountId('inspektur')],
  );
  await owner.query(
    `INSERT INTO log_entries (idx, office_id, chain_id, seq, at, hash)
     SELECT n, office_id, ${id}, n % 10 + 1, ${at}, sha256(n::text::bytea) ${row}`,
    [accountId('inspektur')],
  );
  await owner.query(`INSERT INTO log_checkpoints (size, root, key_id, note) VALUES (${ROWS}, '', 'x', 'a note')`);
  await owner.query('VACUUM ANALYZE log_entries, history');
}, 300_000);
afterAll(() => server.stop());

/** Begun, and not read. */
async function open(path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${await server.http.token('inspektur')}` };
  return new Promise((resolve, reject) => {
    request(`${server.http.base}/api/v1/inspection${path}`, { headers, agent: false }, resolve).on('error', reject);
  });
}

/** To its end; looks at what is held, each so many bytes. */
async function read(reply: IncomingMessage, every: number): Promise<{ bytes: number; lines: number; most: number }> {
  let [bytes, lines, most, next] = [0, 0, 0, every];
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) lines += 1;
    if (bytes < next) continue;
    next += every;
    most = Math.max(most, held());
  }
  return { bytes, lines, most };
}

it(`an export of ${ROWS} entries is written as it is read, beside one that nobody reads`, async () => {
  const slow = await open('/export');
  expect(slow.statusCode).toBe(200);
  const before = held();
  const whole = await read(await open('/export'), 5e6);
  expect(whole.bytes).toBeGreaterThan(90e6);
  expect(whole.lines).toBe(ROWS + 3);
  const growth = Math.max(whole.most, held()) - before;
  process.stdout.write(`export of ${Math.round(whole.bytes / 1e6)} MB: ${Math.round(growth / 1e6)} MB held at most\n`);
  expect(growth).toBeLessThan(MOST_GROWTH);
  const later = await read(slow, 20e6);
  expect([later.bytes, later.lines]).toEqual([whole.bytes, whole.lines]);
  expect(later.most - before).toBeLessThan(MOST_GROWTH);
}, 300_000);

const room = () =>
  eventually('room', async () => {
    const reply = await open('/export');
    reply.destroy();
    return reply.statusCode === 200;
  });

it('four are open at a time; who gives one up makes room', async () => {
  const opened: IncomingMessage[] = [];
  for (let n = 0; n < MOST_OPEN; n++) opened.push(await open('/export'));
  expect(opened.map(({ statusCode }) => statusCode)).toEqual(opened.map(() => 200));
  for (const path of ['/export', '/event-log?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z']) {
    const refused = await open(path);
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10']);
    refused.resume();
  }
  opened.forEach((reply) => reply.destroy());
  await room();
}, 60_000);

describe('asked for at once,', () => {
  const AT_ONCE = 20;
  const paths = Array.from({ length: AT_ONCE }, (_, n) =>
    n % 2 === 0 ? '/export' : '/event-log?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
  );
  const statuses = (replies: readonly IncomingMessage[]) => replies.map(({ statusCode }) => statusCode).sort();

  it('no more are begun than may be open', async () => {
    const replies = await Promise.all(paths.map(() => open('/export')));
    const expected = paths.map((_, n) => (n < MOST_OPEN ? 200 : 429));
    expect(statuses(replies)).toEqual(expected);
    replies.forEach((reply) => reply.destroy());
    await room();
  });

  it('those that fail keep no place', async () => {
    const { owner } = server.database;
    await owner.query('ALTER TABLE records RENAME TO records_away');
    try {
      const replies = await Promise.all(paths.map(open));
      replies.forEach((reply) => reply.resume());
      expect(new Set(statuses(replies))).toEqual(new Set([429, 500]));
    } finally {
      await owner.query('ALTER TABLE records_away RENAME TO records');
    }
    await eventually('all places', async () => {
      const replies = await Promise.all(Array.from({ length: MOST_OPEN }, () => open('/export')));
      replies.forEach((reply) => reply.destroy());
      return replies.every(({ statusCode }) => statusCode === 200);
    });
  });
});

describe('a period', () => {
  const iso = (second: number) => new Date(BEGUN + second * 1000).toISOString();
  const spanOf = (from: number, to: number) =>
    server.app.get(ExportStore, { strict: false }).spanOf({ from: iso(from), to: iso(to) });

  it('is looked for where it is, and no further than its end', async () => {
    expect(await spanOf(500, 700)).toEqual({ from: 500, to: 700 });
    expect(await spanOf(0, 1)).toEqual({ from: 0, to: 1 });
    expect(await spanOf(ROWS - 1, ROWS + 50)).toEqual({ from: ROWS - 1, to: ROWS });
    expect(await spanOf(ROWS, ROWS + 50)).toEqual({ from: 0, to: 0 });
  });

  it('goes by the index on time', async () => {
    const client = server.database.owner;
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT min(idx + 0), max(idx + 0) FROM log_entries WHERE at >= '${iso(500)}' AND at < '${iso(700)}'`,
    );
    await client.query('RESET enable_seqscan');
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('log_entries_at');
  });

  it('holds what was written in it and got its place long after', async () => {
    const { owner } = server.database;
    await owner.query('ALTER TABLE log_entries DISABLE TRIGGER ALL');
    await owner.query(`UPDATE log_entries SET at = '${iso(600.5)}' WHERE idx = 90000`);
    expect(await spanOf(500, 700)).toEqual({ from: 500, to: 90_001 });
    const store = server.app.get(ExportStore, { strict: false });
    const { rows } = await owner.query<{ office: string }>('SELECT office_id AS office FROM log_entries LIMIT 1');
    const found = await store.ofPeriod(rows[0]!.office, 89_990, 90_001, { from: iso(500), to: iso(700) });
    expect(found.map(({ index }) => index)).toEqual([90_000]);
  });
});
