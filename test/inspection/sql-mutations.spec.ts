/**
 * H1 against the tables themselves: what a superuser changes by SQL reaches the inspector through the real export, and the
 * verifier names the first bad index. Nothing is sealed or signed meanwhile: the changes are seen as they are.
 */
import { leafHash } from '../../src/engine/chain.js';
import { Signer } from '../../src/evidence/signer.js';
import type { LogLine, Subject } from '../../src/inspection/export.lines.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { verdictOn } from '../support/exports.js';
import { firstBadOf, type Truth } from '../support/first-bad.js';
import { countOf, sealed } from '../support/log.js';
import { Dice } from '../support/property.js';

const MUTATIONS = 200;
const FROM = '2026-11-22T00:00:00.000Z';
const TO = '2026-11-23T00:00:00.000Z';
const dice = new Dice();

interface Place {
  readonly index: number;
  readonly chain: string;
  readonly seq: number;
  readonly entry: string;
}

let server: TestApp;
let key: string;
let office: string;
let truth: Truth;
/** Entries of cases of the office, in the order of the log. */
let places: Place[];
/** Pristine exports, and the proof of each index in them. */
const pristine = new Map<string, string>();
const proofs = new Map<number, string>();

const sql = async (text: string, ...values: unknown[]) => {
  await server.database.owner.query(text, values);
};
const pathOf = (subject: Subject) =>
  subject.kind === 'case'
    ? `/cases/${subject.caseId}/export`
    : `/export${subject.kind === 'period' ? `?from=${subject.from}&to=${subject.to}` : ''}`;
/** As far as it comes: where the log itself has holes, there is no proof to write, and the export breaks off. */
async function exported(subject: Subject): Promise<string> {
  const headers = { authorization: `Bearer ${await server.http.token('inspektur')}` };
  const reply = await fetch(`${server.http.base}/api/v1/inspection${pathOf(subject)}`, { headers });
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of reply.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  } catch {
    return `${Buffer.concat(chunks).toString('utf8')}${BROKEN_OFF}`;
  }
  return Buffer.concat(chunks).toString('utf8');
}
const BROKEN_OFF = '(broken off)';
const TABLES = ['history', 'log_entries'] as const;

beforeAll(async () => {
  server = await startApp({ process: 'api', environment: { SWEEP_SECONDS: '300' } });
  const worker = await startApp({ beside: server, process: 'worker', environment: { SWEEP_SECONDS: '300' } });
  const signer = worker.app.get(Signer, { strict: false });
  await server.database.setNow('2026-11-22T03:00:00Z');
  for (let n = 0; n < 5; n++) {
    await server.http.driveTo(n < 3 ? 'archived' : 'serviceDelivery');
    if (n === 2) await server.http.inOffice(2).driveTo('headDisposition');
    await sealed(server.database);
    await eventually('signed', async () => {
      await signer.signIfDue(true);
      return (
        (await countOf(
          server.database,
          'log_entries WHERE idx >= (SELECT coalesce(max(size), 0) FROM log_checkpoints)',
        )) === 0
      );
    });
  }
  await worker.stop();
  await remember();
}, 120_000);
afterAll(() => server.stop());

async function remember(): Promise<void> {
  const { owner } = server.database;
  const { rows } = await owner.query<{ hash: string; office: string; place: Place | null }>(
    `SELECT encode(l.hash, 'hex') AS hash, l.office_id AS office, CASE WHEN h.entry IS NOT NULL AND o.code = 'contoh' THEN
       json_build_object('index', l.idx, 'chain', l.chain_id, 'seq', l.seq, 'entry', h.entry) END AS place
     FROM log_entries l JOIN offices o ON o.id = l.office_id
     LEFT JOIN history h ON h.case_id = l.chain_id AND h.seq = l.seq ORDER BY l.idx`,
  );
  places = rows.flatMap(({ place }) => place ?? []);
  office = (JSON.parse(places[0]!.entry) as { office: string }).office;
  const sizes = await owner.query<{ size: number }>(
    'SELECT size::int FROM log_checkpoints ORDER BY log_checkpoints.size',
  );
  const passed = sizes.rows.map(({ size }) => size).filter((size) => size < rows.length);
  truth = { office, leaves: rows.map(({ hash }) => hash), passed, oneOffice: false };
  const { body } = await server.http.get<{ items: { verifierKey: string }[] }>('inspektur', '/inspection/keys');
  key = body.items[0]!.verifierKey;
  const cases = [...new Set(places.map(({ chain }) => chain))].map((caseId): Subject => ({ kind: 'case', caseId }));
  for (const subject of [{ kind: 'all' } as const, { kind: 'period', from: FROM, to: TO } as const, ...cases]) {
    const text = await exported(subject);
    pristine.set(pathOf(subject), text);
    for (const { index, proof } of linesOf(text)) if (proof) proofs.set(index, proof);
    expect(verdictOn(text, key)).toMatchObject({ result: 'PASS' });
  }
  for (const table of TABLES) {
    await sql(`CREATE TABLE true_${table} AS TABLE ${table}`);
    await sql(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  }
}

async function restore(): Promise<void> {
  for (const table of TABLES) {
    await sql(`DELETE FROM ${table}`);
    await sql(`INSERT INTO ${table} SELECT * FROM true_${table}`);
  }
}

function linesOf(text: string): (LogLine & { proof: string | null })[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"index"'))
    .map((line) => {
      const { index, leaf, entry, proof, lost } = JSON.parse(line) as Partial<LogLine> & {
        proof?: string[];
        lost?: true;
      };
      const digest = leaf ?? leafHash(entry ?? '');
      const own = lost === true || entry != null;
      return { index: index!, leaf: digest, own, entry: entry ?? null, proof: proof ? proof.join() : null };
    });
}

const AT = 'case_id = $1 AND seq = $2';
const edited = (entry: string) => {
  const at = dice.below(entry.length);
  return entry.slice(0, at) + (entry[at] === '7' ? '8' : '7') + entry.slice(at + 1);
};
const shift = async (from: number, by: number) => {
  await sql('UPDATE log_entries SET idx = -idx - 1 WHERE idx >= $1', from);
  await sql('UPDATE log_entries SET idx = -idx - 1 + $1 WHERE idx < 0', by);
};
const other = () => dice.pick(places);
const hashOf = (text: string) => Buffer.from(leafHash(text), 'hex');

const MUTANTS: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
  'edits a text': ({ chain, seq, entry }) =>
    sql(`UPDATE history SET entry = $3 WHERE ${AT}`, chain, seq, edited(entry)),
  'edits a text, and both its hashes': async ({ chain, seq, entry }) => {
    const text = edited(entry);
    await sql(`UPDATE history SET entry = $3, hash = $4 WHERE ${AT}`, chain, seq, text, hashOf(text));
    await sql('UPDATE log_entries SET hash = $3 WHERE chain_id = $1 AND seq = $2', chain, seq, hashOf(text));
  },
  'edits a hash in the log': ({ chain, seq }) =>
    sql('UPDATE log_entries SET hash = $3 WHERE chain_id = $1 AND seq = $2', chain, seq, hashOf('x')),
  'deletes an act': ({ chain, seq }) => sql(`DELETE FROM history WHERE ${AT}`, chain, seq),
  'deletes a place in the log': ({ index }) => sql('DELETE FROM log_entries WHERE idx = $1', index),
  'deletes an act and its place, and closes up': async ({ chain, seq, index }) => {
    await sql(`DELETE FROM history WHERE ${AT}`, chain, seq);
    await sql('DELETE FROM log_entries WHERE idx = $1', index);
    await shift(index, -1);
  },
  'inserts an act, and makes room': async ({ index }) => {
    const id = '00000000-0000-4000-9000-00000000cafe';
    const at = '2026-11-22T03:00:00.000Z';
    const text = JSON.stringify({ v: 1, office, case: id, seq: 1, prev: '0'.repeat(64), at, event: 'OPENED' });
    await shift(index, 1);
    await sql(
      `INSERT INTO history (office_id, case_id, seq, at, event, visit, entry, hash) VALUES ($1, $2, 1, $3, 'OPENED', 1, $4, $5)`,
      ...[office, id, at, text, hashOf(text)],
    );
    await sql('INSERT INTO log_entries VALUES ($1, $2, $3, 1, $4, $5)', index, office, id, at, hashOf(text));
  },
  'exchanges two places in the log': async ({ index }) => {
    const { index: to } = other();
    await sql('UPDATE log_entries SET idx = -1 WHERE idx = $1', index);
    await sql('UPDATE log_entries SET idx = $1 WHERE idx = $2', index, to);
    await sql('UPDATE log_entries SET idx = $1 WHERE idx = -1', to);
  },
  'exchanges two texts': async ({ chain, seq, entry }) => {
    const to = other();
    await sql(`UPDATE history SET entry = $3 WHERE ${AT}`, chain, seq, to.entry);
    await sql(`UPDATE history SET entry = $3 WHERE ${AT}`, to.chain, to.seq, entry);
  },
  'passes an act off as another office’s, and deletes it': async ({ chain, seq }) => {
    await sql('UPDATE log_entries SET office_id = gen_random_uuid() WHERE chain_id = $1 AND seq = $2', chain, seq);
    await sql(`DELETE FROM history WHERE ${AT}`, chain, seq);
  },
};

it(`a superuser who changes the tables in ${MUTATIONS} ways is found each time, at the first bad index`, async () => {
  const counts: Record<string, number> = {};
  const mutants = Object.entries(MUTANTS);
  let found = 0;
  for (let tried = 0; found < MUTATIONS; tried++) {
    const [what, mutate] = mutants[tried % mutants.length]!;
    const place = other();
    const subject = dice.pick<Subject>([
      { kind: 'all' },
      { kind: 'case', caseId: place.chain },
      { kind: 'period', from: FROM, to: TO },
    ]);
    await mutate(place);
    const text = await exported(subject);
    const whole = pristine.get(pathOf(subject))!;
    await restore();
    if (text === whole) continue;
    found += 1;
    if (text.endsWith(BROKEN_OFF)) {
      expect(verdictOn(text, key)).toMatchObject({ result: 'FAIL' });
      counts['broken off'] = (counts['broken off'] ?? 0) + 1;
      continue;
    }
    const lines = linesOf(text);
    const proven = (index: number) =>
      proofs.get(index) === undefined || lines.some((line) => line.index === index && line.proof === proofs.get(index));
    const expected = firstBadOf(truth, subject, lines, subject.kind === 'all' ? undefined : proven);
    const receipts = linesOf(whole).flatMap(({ entry, leaf }) => (entry === null ? [] : [leaf]));
    const { result, index, why } = verdictOn(text, key, [], receipts);
    expect([what, subject.kind, place.index, why, result, index]).toEqual([
      what,
      subject.kind,
      place.index,
      why,
      'FAIL',
      expected,
    ]);
    counts[`${what}, ${subject.kind}`] = (counts[`${what}, ${subject.kind}`] ?? 0) + 1;
  }
  process.stdout.write(`H1 by SQL: n = ${found}, all found: ${JSON.stringify(counts)}\n`);
  expect(counts['broken off'] ?? 0).toBeLessThan(MUTATIONS / 4);
  expect(await exported({ kind: 'all' })).toBe(pristine.get('/export'));
}, 240_000);
