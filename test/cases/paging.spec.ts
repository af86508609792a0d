/** Keyset pages: each case once, in order, whatever is opened or moved between two pages. */
import { startApp, type TestApp } from '../support/app.js';

interface Page {
  readonly items: { readonly id: string; readonly openedAt: string; readonly dueAt: string | null }[];
  readonly next: string | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await server.database.setNow('2026-11-25T02:00:00Z');
});
afterAll(() => server.stop());

/** Reads to the end, doing something else after each page. */
async function readAll(path: string, between: () => Promise<unknown>): Promise<Page['items']> {
  const found: Page['items'] = [];
  let cursor: string | null = null;
  do {
    const and = path.includes('?') ? '&' : '?';
    const query: string = cursor ? `${and}cursor=${encodeURIComponent(cursor)}` : '';
    const { status, body } = await server.http.get<Page>('staf', `${path}${query}`);
    expect(status).toBe(200);
    found.push(...body.items);
    cursor = body.next;
    if (cursor) await between();
  } while (cursor);
  return found;
}

/** Tables that keep when a case was opened, and those that keep when it is due, with the name of its id there. */
const DESKS = [
  ['cases', 'id'],
  ['case_desks', 'case_id'],
] as const;
const PLACES = [...DESKS, ['case_register', 'case_id'] as const];
const openSome = (count: number) => Promise.all(Array.from({ length: count }, () => server.http.open()));
const idsOf = (cases: readonly { id: string }[]) => cases.map(({ id }) => id);

it('of the list give each case once, newest first, while others are opened', async () => {
  const before = idsOf(await openSome(23));
  // Several opened in the very same millisecond: the id decides, and the cursor must carry it.
  const { rows } = await server.database.owner.query<{ at: Date }>('SELECT max(opened_at) AS at FROM cases');
  for (const [table, id] of PLACES) {
    await server.database.owner.query(`UPDATE ${table} SET opened_at = $2 WHERE ${id} = ANY($1)`, [
      before.slice(0, 9),
      rows[0]?.at,
    ]);
  }
  const seen = await readAll('/cases?limit=4', () => openSome(2));
  expect(new Set(idsOf(seen)).size).toBe(seen.length);
  expect(idsOf(seen).sort()).toEqual([...before].sort());
  const keys = seen.map(({ openedAt, id }) => `${openedAt} ${id}`);
  expect(keys).toEqual([...keys].sort().reverse());
});

it('of the list keep to their filter, and end where a page is exactly full', async () => {
  const { body } = await server.http.get<{ counts: { total: number } }>('staf', '/cases?state=intake');
  const pages = await readAll(`/cases?state=intake&limit=${Math.min(body.counts.total, 100)}`, () => Promise.resolve());
  expect(pages).toHaveLength(body.counts.total);
});

it('of an inbox give each waiting case once, soonest due first, while others come and go', async () => {
  const before = await openSome(11);
  // The same due time for several.
  const { rows } = await server.database.owner.query<{ at: Date }>('SELECT max(due_at) AS at FROM cases');
  for (const [table, id] of DESKS) {
    await server.database.owner.query(`UPDATE ${table} SET due_at = $2 WHERE ${id} = ANY($1)`, [
      idsOf(before.slice(0, 6)),
      rows[0]?.at,
    ]);
  }
  // Returned ones wait at the same desk without a due time: they come last, and the cursor has to get past them.
  for (const { id, stepSeq } of before.slice(6)) await server.http.event('staf', id, stepSeq, 'RETURN_INCOMPLETE');
  const gone = new Set<string>();
  const seen = await readAll('/staff/inbox?limit=3', async () => {
    await server.http.open();
    // One that was already read leaves the desk: the next page must not shift.
    const [first] = (await server.http.get<Page>('staf', '/staff/inbox?limit=1')).body.items;
    const now = await server.http.get<{ stepSeq: number }>('staf', `/cases/${first!.id}`);
    await server.http.event('staf', first!.id, now.body.stepSeq, 'WITHDRAW');
    gone.add(first!.id);
  });
  expect(gone.size).toBeGreaterThan(3);
  expect(new Set(idsOf(seen)).size).toBe(seen.length);
  const waiting = await server.database.owner.query<{ id: string }>(
    `SELECT id FROM cases WHERE desk_role = 'staff' AND closed_at IS NULL AND id = ANY($1)`,
    [idsOf(before)],
  );
  for (const { id } of waiting.rows) expect(idsOf(seen)).toContain(id);
  expect(seen.slice(-5).map(({ dueAt }) => dueAt)).toEqual(Array(5).fill(null));
  const dues = seen.map(({ dueAt }) => dueAt ?? '9999');
  expect(dues).toEqual([...dues].sort());
});
