/** A text is looked for near, far, and by its index: wherever it is found, it is the same pages. */
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { CasesStore } from '../../src/cases/cases.store.js';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody } from '../support/http.js';

interface Page {
  readonly items: { readonly id: string }[];
  readonly next: string | null;
  readonly counts: { readonly total: number; readonly capped: boolean };
}

const MADE = 48;
/** Newest first: how often each is among the nearest, the far ones, and all. */
const TEXTS: readonly (readonly [text: string, has: (place: number) => boolean])[] = [
  ['sering', () => true],
  ['tersebar', (place) => place % 3 === 0],
  ['dahulu', (place) => place >= 40],
  ['sekali', (place) => place === 20],
];
const WINDOWS = [
  { counted: 1000, keys: 12, near: 12, far: 30 },
  { counted: 10, keys: 9, near: 9, far: 10 },
  { counted: 1, keys: 1, near: 1, far: 48 },
  { counted: 1000, keys: 2000, near: 4000, far: 20_000 },
];

let server: TestApp;
/** Newest first. */
const made: string[] = [];

beforeAll(async () => {
  server = await startApp({ process: 'api' });
  for (let place = MADE - 1; place >= 0; place--) {
    const purpose = TEXTS.filter(([, has]) => has(place)).map(([text]) => text);
    const applicant = { ...service.applicantExample, purpose: `Liputan ${purpose.join(' ')}` };
    const opened = await server.http.post<CaseBody>('staf', '/cases', { service: service.id, applicant });
    expect(opened.status).toBe(201);
    made.unshift(opened.body.id);
    // Of others, in between.
    if (place % 5 === 0) await server.http.inOffice(2).open();
  }
  // Every fourth case is held.
  for (const [place, id] of made.entries()) {
    if (place % 4 === 0) expect((await server.http.event('staf', id, 1, 'HOLD')).status).toBe(200);
  }
});
afterAll(() => server.stop());

async function pages(query: string, limit: number): Promise<{ ids: string[]; first: Page }> {
  const ids: string[] = [];
  let first: Page | undefined;
  let cursor: string | null = null;
  do {
    const and: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await server.http.get<Page>('staf', `/cases?${query}&limit=${limit}${and}`);
    expect(status).toBe(200);
    first ??= body;
    ids.push(...body.items.map(({ id }) => id));
    cursor = body.next;
  } while (cursor !== null);
  return { ids, first };
}

describe.each(WINDOWS)('with $keys by keys, $near near and $far far', (windows) => {
  beforeAll(() => {
    server.app.get(CasesStore, { strict: false }).windows = windows;
  });

  it.each(TEXTS)('"%s" is found in all its cases, newest first, page by page', async (text, has) => {
    const expected = made.filter((_, place) => has(place));
    for (const limit of [1, 4, 5, 11, 100]) {
      const { ids, first } = await pages(`text=${text}`, limit);
      expect([limit, ids]).toEqual([limit, expected]);
      const { total, capped } = first.counts;
      if (!capped) expect([limit, total]).toEqual([limit, expected.length]);
      expect(total).toBeLessThanOrEqual(expected.length);
    }
  });

  it('together with other filters', async () => {
    for (const [text, has] of TEXTS) {
      const held = made.filter((_, place) => has(place) && place % 4 === 0);
      for (const limit of [3, 7])
        expect([text, (await pages(`text=${text}&state=held`, limit)).ids]).toEqual([text, held]);
    }
  });

  it('and what stands in a number as well', async () => {
    expect((await pages('text=kim-', 5)).ids).toEqual(made);
  });
});

it.each([
  { near: 48, total: 16, capped: false },
  { near: 47, total: 16, capped: true },
  { near: 30, total: 10, capped: true },
  { near: 30, counted: 7, total: 7, capped: true },
  // Four are near, and not enough for a page: 23 cases should have enough, and those that have it are counted.
  { near: 10, far: 48, total: 8, capped: true },
  { near: 10, far: 20, total: 7, capped: true },
  // Nor far: everywhere.
  { near: 10, far: 11, total: 16, capped: false },
])(
  'says how many there are, as far as it has looked: %j',
  async ({ near, far = 48, counted = 1000, total, capped }) => {
    server.app.get(CasesStore, { strict: false }).windows = { counted, keys: 9, near, far };
    const { body } = await server.http.get<Page>('staf', '/cases?text=tersebar&limit=5');
    expect(body.counts).toMatchObject({ total, capped });
  },
);

it('loses no number behind applicants who are gone', async () => {
  server.app.get(CasesStore, { strict: false }).windows = { counted: 1000, keys: 9, near: 10, far: 10 };
  const { rows } = await server.database.owner.query<{ number: string }>(
    `DELETE FROM case_applicants WHERE case_id = ANY($1)
     RETURNING (SELECT case_no FROM case_register r WHERE r.case_id = case_applicants.case_id) AS number`,
    [made.slice(0, 5)],
  );
  expect(rows).toHaveLength(5);
  // One word that stands in a number beyond the window, and in applicants before and behind it.
  const { rows: places } = await server.database.owner.query<{ case_no: string }>(
    'SELECT case_no FROM case_register WHERE case_id = $1',
    [made[10]],
  );
  const word = places[0]?.case_no.toLowerCase() ?? '';
  await server.database.owner.query(`UPDATE case_applicants SET search = search || ' ' || $2 WHERE case_id = ANY($1)`, [
    [made[6], made[8], made[11], made[12]],
    word,
  ]);
  const expected = [6, 8, 10, 11, 12].map((place) => made[place]);
  for (const limit of [1, 2, 3, 100])
    expect([limit, (await pages(`text=${word}`, limit)).ids]).toEqual([limit, expected]);
});
