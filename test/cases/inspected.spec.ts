/** The list over all offices somebody inspects: what the offices' own lists have, in one order, page by page. */
import { startApp, type TestApp } from '../support/app.js';
import { accountId, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Item {
  readonly office: string;
  readonly id: string;
  readonly openedAt: string;
  readonly state: string;
}
interface Page extends ProblemBody {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly counts: { total: number; capped: boolean; byState: Record<string, number> };
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  // A Sunday: nothing becomes late.
  await server.database.setNow('2026-11-22T03:00:00Z');
  const letter = { accountId: accountId('inspektur'), letterNumber: '700/41/ST/2026', until: '2099-01-01T00:00:00Z' };
  expect((await server.http.inOffice(2).post('admin', '/admin/inspection-mandates', letter)).status).toBe(201);
  // By turns, sometimes several in one office.
  for (const office of [1, 2, 2, 1, 1, 1, 2, 1, 2] as const) {
    const http = server.http.inOffice(office);
    const one = await http.driveTo(office === 1 ? 'registration' : 'intake');
    if (office === 2) await http.event('kasi', one.id, one.stepSeq, 'HOLD', HELD);
  }
});
afterAll(() => server.stop());

const HELD = { cause: 'FORCE_MAJEURE', reason: 'Listrik padam' };
const ask = (query = '', person: Person = 'inspektur') => server.http.get<Page>(person, `/inspection/cases${query}`);
const ofOffice = async (office: 1 | 2, query = '') =>
  (await server.http.inOffice(office).get<Page>('inspektur', `/cases${query}`)).body;

it.each([
  '',
  'state=held',
  'state=held,registration',
  'officer=staf',
  'from=2026-11-22&to=2026-11-22',
  'text=kim-2026',
])('with "%s" has what the lists of the offices have, newest first, whatever the page', async (filter) => {
  const and = (more: string) => `?${[filter, more].filter(Boolean).join('&')}`;
  const [first, second] = [await ofOffice(1, and('limit=100')), await ofOffice(2, and('limit=100'))];
  const expected = [...first.items, ...second.items].map(({ id }) => id);
  expect(expected.length).toBeGreaterThan(0);
  for (const limit of [1, 2, 4, 100]) {
    const seen: Item[] = [];
    let cursor = '';
    for (let page = 0; page <= expected.length; page++) {
      const { body } = await ask(and(`limit=${limit}${cursor}`));
      expect(body.items.length).toBeLessThanOrEqual(limit);
      expect(body.counts.total).toBe(first.counts.total + second.counts.total);
      seen.push(...body.items);
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen.map(({ id }) => id).sort()).toEqual([...expected].sort());
    const order = seen.map(({ openedAt, id }) => `${openedAt} ${id}`);
    expect(order).toEqual([...order].sort().reverse());
    const offices = new Map([
      ...first.items.map(({ id }) => [id, 'contoh']),
      ...second.items.map(({ id }) => [id, 'kilat']),
    ] as [string, string][]);
    expect(seen.map(({ office }) => office)).toEqual(seen.map(({ id }) => offices.get(id)));
  }
});

it('is one office for who inspects one, nothing for who inspects none, and refuses what a list refuses', async () => {
  const theirs = await server.http.inOffice(2).get<Page>('inspektur', '/inspection/cases');
  expect(new Set(theirs.body.items.map(({ office }) => office))).toEqual(new Set(['kilat']));
  for (const person of ['staf', 'kasi', 'admin', 'demo-client'] as const) {
    expect((await ask('', person)).body).toEqual({
      items: [],
      next: null,
      counts: { total: 0, capped: false, byState: {} },
    });
  }
  expectProblem(await ask('?limit=0'), 'INVALID_INPUT');
  expectProblem(await ask('?cursor=x'), 'INVALID_CURSOR');
  const { body } = await server.http.get<CaseBody & ProblemBody>('inspektur', '/inspection/cases?limit=1');
  expect(Object.keys(body)).toEqual(['items', 'next', 'counts']);
});
