/**
 * Every question of the list, the inboxes and the history goes by the index made for it, and none reads a table whole:
 * what PostgreSQL itself counted while the questions were asked over HTTP.
 */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { Person } from '../support/http.js';

const TABLES = ['cases', 'case_desks', 'case_register', 'case_officers', 'case_applicants', 'history'];

let server: TestApp;
let caseId: string;
beforeAll(async () => {
  server = await startApp();
  for (let i = 0; i < 30; i++) caseId = (await server.http.open()).id;
  await server.http.driveTo('followUp');
});
afterAll(() => server.stop());

/** Uses of an index, or reads of whole tables, so far: each connection tells when it has been idle for a while. */
async function count(sql: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await server.database.owner.query<{ n: number }>(sql, [...values]);
  return rows[0]?.n ?? 0;
}
const usesOf = (index: string) =>
  count('SELECT idx_scan::int AS n FROM pg_stat_user_indexes WHERE indexrelname = $1', [index]);
const wholeReads = () =>
  count('SELECT sum(seq_scan)::int AS n FROM pg_stat_user_tables WHERE relname = ANY($1)', [TABLES]);

it.each<[path: string, index: string, person?: Person]>([
  ['/cases', 'case_register_pkey'],
  ['/cases?from=2026-01-01&to=2026-12-31', 'case_register_pkey'],
  ['/cases?late=false', 'case_register_pkey'],
  ['/cases?state=intake', 'case_desks_state'],
  ['/cases?step=1', 'case_desks_state'],
  ['/cases?late=true', 'case_desks_late'],
  ['/cases?late=true', 'case_desks_next_alarm'],
  ['/cases?officer=staf', 'case_officers_pkey'],
  ['/cases?text=tidak%20ada%20di%20sini', 'case_applicants_search'],
  ['/cases?text=KIM-2026-999999', 'case_register_text'],
  ['/staff/inbox', 'case_desks_inbox'],
  ['/sekdin-kabid/inbox', 'case_desks_inbox', 'kabid'],
  ['/cases/:id', 'cases_pkey'],
  ['/cases/:id/history', 'history_pkey'],
])('%s goes by %s', async (path, index, person = 'staf') => {
  const before = await usesOf(index);
  await eventually(`use of ${index}`, async () => {
    expect((await server.http.get(person, path.replace(':id', caseId))).status).toBe(200);
    return (await usesOf(index)) > before;
  });
});

it('a transition reads no table whole, nor did any question above', async () => {
  const fresh = await startApp({ beside: server });
  const before = await wholeReads();
  try {
    const { id } = await fresh.http.open();
    for (const person of ['staf', 'kadin', 'inspektur'] as const) {
      expect((await fresh.http.get(person, '/cases?text=contoh&officer=staf&state=intake&late=false')).status).toBe(
        200,
      );
    }
    await fresh.http.event('staf', id, 1, 'RECEIVE_APPLICANT');
  } finally {
    // A connection that ends has told everything.
    await fresh.stop();
  }
  expect(await wholeReads()).toBe(before);
});
