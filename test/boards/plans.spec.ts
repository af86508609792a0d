/** How boards and reports find what they count, by what PostgreSQL itself counted: no table whole, in a long history. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { dayOf } from '../support/recount.js';

const YEARS = 6;
const DAILY = 20;

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await server.http.driveTo('archived');
  for (let i = 0; i < 20; i++) await server.http.open();
  const { owner } = server.database;
  // Years of history in the order of time, before what has just been written: true entries, but for their instants.
  await owner.query(
    `INSERT INTO history (office_id, case_id, seq, at, event, actor_id, visit, entry, hash)
     SELECT h.office_id, gen_random_uuid(), 1, now() - interval '40 days' - $1 * interval '1 day' + day * interval '1 day', h.event,
       h.actor_id, h.visit, h.entry, h.hash
     FROM generate_series(1, $1) day, generate_series(1, $2),
       (SELECT * FROM history WHERE actor_id IS NOT NULL AND event = 'RECEIVE_APPLICANT' LIMIT 1) h ORDER BY day`,
    [YEARS * 365, DAILY],
  );
  await owner.query("SELECT brin_summarize_new_values('history_at')");
  await owner.query('ANALYZE history');
}, 120_000);
afterAll(() => server.stop());
/** A connection counts late, and has told everything when it ends: what came before is no part of what is measured. */
beforeEach(async () => {
  const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  const { rows } = await server.database.owner.query<{ pid: number }>(
    `SELECT pid, pg_terminate_backend(pid) ${others}`,
  );
  const ended = rows.map(({ pid }) => pid);
  await eventually('the end of all connections', async () => {
    const left = await server.database.owner.query(`SELECT 1 ${others} AND pid = ANY($1)`, [ended]);
    return left.rows.length === 0;
  });
  // Our own as well.
  await server.database.owner.query('SELECT pg_stat_force_next_flush()');
});

const count = async (sql: string, names: readonly string[]) => {
  const { rows } = await server.database.owner.query<{ n: number }>(sql, [names]);
  return rows[0]?.n ?? 0;
};
const usesOf = (...indexes: string[]) =>
  count('SELECT sum(idx_scan)::int AS n FROM pg_stat_user_indexes WHERE indexrelname = ANY($1)', indexes);
const wholeReads = (...tables: string[]) =>
  count('SELECT sum(seq_scan)::int AS n FROM pg_stat_user_tables WHERE relname = ANY($1)', tables);

it('a report of a month goes by the index on time', async () => {
  const month = dayOf(new Date().toISOString()).slice(0, 7);
  const [uses, reads] = [await usesOf('history_at'), await wholeReads('history')];
  await eventually('use of the index on time', async () => {
    const reply = await server.http.get<{ rows: { finished: number }[] }>(
      'kadin',
      `/reports/sla?from=${month}&to=${month}&groupBy=month`,
    );
    expect(reply.body.rows[0]?.finished).toBe(8);
    return (await usesOf('history_at')) > uses;
  });
  expect(await wholeReads('history')).toBe(reads);
});

it('the board goes by indexes of the desks and of the history', async () => {
  const desks = ['case_desks_inbox', 'case_desks_state', 'case_desks_late', 'case_desks_pkey'];
  const fresh = await startApp({ beside: server, process: 'api' });
  const uses = [await usesOf(...desks), await usesOf('history_at')];
  const reads = await wholeReads('case_desks', 'history');
  try {
    const { body } = await fresh.http.get<{ open: number; today: { finished: number } }>('kasi', '/kasi/board');
    expect(body).toMatchObject({ open: 20, today: { finished: 8 } });
  } finally {
    // A connection that ends has told everything.
    await fresh.stop();
  }
  await eventually('use of the desks', async () => (await usesOf(...desks)) > (uses[0] ?? 0));
  await eventually('use of the index on time', async () => (await usesOf('history_at')) > (uses[1] ?? 0));
  expect(await wholeReads('case_desks', 'history')).toBe(reads);
});
