/** The self-check: silent about a true history under load, and it notices what a superuser changes in a running office. */
import { Metrics } from '../../src/ops/metrics.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody } from '../support/http.js';
import { countOf, sealed } from '../support/log.js';

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300', SELF_CHECK_SECONDS: '1' } });
  const { owner } = server.database;
  for (const table of ['history', 'records', 'log_entries', 'log_tiles'])
    await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
});
afterEach(() => server.stop());

const metrics = () => server.app.get(Metrics, { strict: false });
const runsThat = async (result: string) =>
  (await metrics().selfChecks.get()).values.find(({ labels }) => labels.result === result)?.value ?? 0;
const differences = async () => (await metrics().selfCheckDifferences.get()).values[0]?.value ?? 0;
const noticed = () => eventually('the alarm', async () => (await differences()) > 0, 60_000);
const sql = (text: string, ...values: unknown[]) => server.database.owner.query(text, values);

it('agrees, again and again, while the office works', async () => {
  const working = Promise.all(Array.from({ length: 6 }, () => server.http.driveTo('archived')));
  await eventually('three runs', async () => (await runsThat('agrees')) >= 3, 60_000);
  await working;
  expect([await runsThat('differs'), await runsThat('failed'), await differences()]).toEqual([0, 0, 0]);
});

it('says nothing where another process has looked', async () => {
  const LOCK = 427_534_2021;
  await eventually('a run', () => runsThat('agrees'));
  // Waits for the run that holds it.
  await sql('SELECT pg_advisory_lock($1)', LOCK);
  await eventually('unknown', async () => (await differences()) === -1);
  await sql('SELECT pg_advisory_unlock($1)', LOCK);
  await eventually('known again', async () => (await differences()) === 0);
});

describe('in a running office, a superuser who', () => {
  let done: CaseBody;
  beforeEach(async () => {
    done = await server.http.driveTo('headDisposition');
    await sealed(server.database);
  });

  it.each([
    ['changes a text', "UPDATE history SET entry = replace(entry, 'staff', 'kadin') WHERE case_id = $1 AND seq = 2"],
    ['deletes an entry', 'DELETE FROM history WHERE case_id = $1 AND seq = 3'],
    ['changes a stored hash', "UPDATE history SET hash = sha256('x') WHERE case_id = $1 AND seq = 2"],
    ['changes where the case stands', "UPDATE cases SET state = 'followUp' WHERE id = $1"],
  ])('%s is noticed, and the inspectors are told which case', async (_what, change) => {
    await sql(change, done.id);
    await noticed();
    const told = await eventually('the notice', async () => {
      const reply = await server.http.get<{ items: { kind: string; caseId: string }[] }>('inspektur', '/notices');
      return reply.body.items.find(({ kind }) => kind === 'INTEGRITY');
    });
    expect(told.caseId).toBe(done.id);
  });

  /** Hashes that agree, as somebody makes them who knows of them: in history and in the log. */
  const rewrite = (seq: number, entry: string) =>
    sql(
      `WITH h AS (UPDATE history SET entry = ${entry}, hash = sha256('\\x00'::bytea || convert_to(${entry}, 'UTF8'))
         WHERE case_id = $1 AND seq = $2 RETURNING hash)
       UPDATE log_entries SET hash = h.hash FROM h WHERE chain_id = $1 AND seq = $2`,
      done.id,
      seq,
    );

  it.each([
    ['no JSON', 2, "'x'"],
    ['nothing', 2, "'null'"],
    ['an entry without its actor', 3, "(entry::jsonb - 'actor')::text"],
    ['an entry without what is next', 3, "(entry::jsonb - 'next')::text"],
  ])(
    'makes a text %s, with hashes that agree, silences nothing: that case and others are told',
    async (_what, seq, entry) => {
      const other = await server.http.driveTo('registration');
      await sealed(server.database);
      await rewrite(seq, entry);
      await sql("UPDATE cases SET state = 'followUp' WHERE id = $1", other.id);
      const told = await eventually('both notices', async () => {
        const reply = await server.http.get<{ items: { kind: string; caseId: string }[] }>('inspektur', '/notices');
        const cases = new Set(reply.body.items.filter(({ kind }) => kind === 'INTEGRITY').map(({ caseId }) => caseId));
        return cases.size >= 2 && cases;
      });
      expect([...told].sort()).toEqual([done.id, other.id].sort());
      await noticed();
      expect(await runsThat('failed')).toBe(0);
    },
  );

  it('makes what is read fail is noticed too', async () => {
    await sql('ALTER TABLE records RENAME TO taken');
    await noticed();
    await eventually('told', () => countOf(server.database, 'integrity_alarms'));
  });

  it('writes an entry past the program is noticed', async () => {
    await sql(
      `INSERT INTO history SELECT office_id, gen_random_uuid(), 1, at, event, actor_id, visit, NULL, entry, hash
       FROM history WHERE case_id = $1 AND seq = 1`,
      done.id,
    );
    await noticed();
  });

  it('changes a leaf of the log is noticed', async () => {
    await sql("UPDATE log_entries SET hash = sha256('x') WHERE chain_id = $1 AND seq = 1", done.id);
    await noticed();
  });

  it('takes a tile, or changes one, is noticed', async () => {
    await Promise.all(
      Array.from({ length: 130 }, async () => {
        const { id } = await server.http.open();
        await server.http.event('staf', id, null, 'RECORD_PAPER');
      }),
    );
    await sealed(server.database);
    expect(await countOf(server.database, 'log_tiles')).toBe(1);
    const before = await runsThat('agrees');
    await eventually('a run over it', async () => (await runsThat('agrees')) >= before + 2);
    await sql("UPDATE log_tiles SET root = sha256('x')");
    await noticed();
  }, 120_000);

  it('cuts the log is noticed', async () => {
    await eventually('signed', async () => (await sql('SELECT 1 FROM log_checkpoints')).rowCount);
    await sql('DELETE FROM log_entries WHERE chain_id = $1 AND idx = (SELECT max(idx) FROM log_entries)', done.id);
    await noticed();
  });
});
