/** Lists of administration page by page: every row once, in order, however many there are; each for its own office only. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { accountId, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Page {
  readonly items: readonly { readonly id: string; readonly createdAt?: string; readonly from?: string | null }[];
  readonly next: string | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  // Some began at the same moment, some before all time: the id decides between them.
  await server.database.owner.query(
    `INSERT INTO role_grants (office_id, id, account_id, role, valid_from, valid_until)
     SELECT office_id, gen_random_uuid(), id, 'kasi', CASE WHEN n > 10 THEN alur_now() - n / 3 * interval '1 day' ELSE '-infinity' END,
       alur_now() FROM accounts, generate_series(1, 41) n WHERE id = $1`,
    [accountId('staf')],
  );
  await server.database.owner.query(
    `INSERT INTO inspection_mandates (office_id, id, account_id, account_office_id, letter_number, valid_from, valid_until)
     SELECT o.id, gen_random_uuid(), a.id, a.office_id, n || '/ST/2026', alur_now() - n / 3 * interval '1 day', alur_now() + n * interval '1 day'
     FROM accounts a, offices o, generate_series(1, 41) n WHERE a.id = $1 AND o.id <> a.office_id`,
    [accountId('inspektur', 2)],
  );
  await server.database.owner.query(
    `INSERT INTO client_secrets (office_id, id, account_id, hash, created_at, expires_at)
     SELECT office_id, gen_random_uuid(), id, sha256(n::text::bytea), alur_now() - n / 3 * interval '1 day', alur_now() + interval '1 day'
     FROM accounts, generate_series(1, 41) n WHERE id = $1`,
    [accountId('demo-client')],
  );
});
afterAll(() => server.stop());

async function everything(path: string, limit: number): Promise<Page['items']> {
  const items: Page['items'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const at: string = `${path}?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { status, body } = await server.http.get<Page>('admin', at);
    expect([at, status, body.items.length <= limit]).toEqual([at, 200, true]);
    items.push(...body.items);
    cursor = body.next;
  }
  return items;
}

const LISTS: readonly (readonly [string, number])[] = [
  [`/admin/accounts/${accountId('staf')}/grants`, 42],
  ['/admin/inspection-mandates', 41],
  [`/admin/clients/${accountId('demo-client')}/secrets`, 41],
  ['/admin/accounts', 8],
];

it.each(LISTS)('%s', async (path, count) => {
  const whole = await everything(path, 100);
  expect(new Set(whole.map(({ id }) => id)).size).toBe(count);
  for (const limit of [1, 7, 25]) expect(await everything(path, limit)).toEqual(whole);
  const { body } = await server.http.get<Page>('admin', path);
  expect(body.items.length).toBe(Math.min(25, count));
});

it('begin with the oldest grant and mandate, and with the newest secret', async () => {
  const [grants, mandates, secrets] = await Promise.all(LISTS.slice(0, 3).map(([path]) => everything(path, 100)));
  const instants = (items: Page['items'], of: 'from' | 'createdAt') => items.map((item) => Date.parse(item[of] ?? '0'));
  const risen = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  expect(instants(grants!, 'from')).toEqual(risen(instants(grants!, 'from')));
  expect(instants(mandates!, 'from')).toEqual(risen(instants(mandates!, 'from')));
  expect(instants(secrets!, 'createdAt')).toEqual(risen(instants(secrets!, 'createdAt')).reverse());
});

it.each(LISTS)(
  '%s: a cursor that is none of ours is refused, one of nothing that is here ends the list',
  async (path) => {
    expectProblem(await server.http.get<ProblemBody>('admin', `${path}?cursor=x`), 'INVALID_CURSOR');
    const nothing = Buffer.from(JSON.stringify([randomUUID()])).toString('base64url');
    const { status, body } = await server.http.get<Page>('admin', `${path}?cursor=${nothing}`);
    expect(status).toBe(200);
    if (path !== '/admin/accounts') expect(body.items).toEqual([]);
  },
);
