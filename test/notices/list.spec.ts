/** GET /notices and acknowledging, over HTTP: one person's own, newest first, page by page. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Person, ProblemBody } from '../support/http.js';
import { tell } from '../support/notices.js';
import { expectProblem } from '../support/refused.js';

interface Item {
  readonly id: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly kind: string;
  readonly level: number;
  readonly text: string;
  readonly createdAt: string;
  readonly acknowledgedAt: string | null;
}
interface Page {
  readonly items: Item[];
  readonly next: string | null;
  readonly open: number;
}

/** A Sunday: no clock runs, so nobody is told anything but what a test says. */
const SUNDAY = '2026-11-22T03:00:00Z';

let server: TestApp;
let about: CaseBody;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow(SUNDAY);
  about = await server.http.open();
});
afterAll(() => server.stop());
beforeEach(() => server.database.owner.query('DELETE FROM notices'));

const list = async (person: Person, query = '', headers: Record<string, string> = {}) => {
  const reply = await server.http.get<Page>(person, `/notices${query}`, headers);
  expect([reply.status, reply.text]).toEqual([200, reply.text]);
  return reply.body;
};
const say = (person: Person, ...texts: string[]) => tell(server.database.owner, about, person, texts);
const textsOf = ({ items }: Page) => items.map(({ text }) => text);
const acknowledge = (person: Person, id: string) =>
  server.http.post<{ id: string; acknowledgedAt: string } & ProblemBody>(person, `/notices/${id}/acknowledge`, {});

async function allPages(limit: number, between?: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  let cursor = '';
  do {
    const page = await list('kasi', `?limit=${limit}${cursor}`);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    texts.push(...textsOf(page));
    await between?.();
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor);
  return texts;
}

describe('the list', () => {
  it('is empty for somebody who was told nothing', async () => {
    await say('kadin', 'Untuk kadin');
    expect(await list('kasi')).toEqual({ items: [], next: null, open: 0 });
  });

  it('has the newest first, each with its case, and nothing of the table', async () => {
    await say('kasi', 'satu');
    const [second] = await say('kasi', 'dua');
    const page = await list('kasi');
    expect(textsOf(page)).toEqual(['dua', 'satu']);
    expect(page.items[0]).toEqual({
      id: second?.id,
      caseId: about.id,
      caseNo: about.caseNo,
      kind: 'SLA_BREACH',
      level: 100,
      text: 'dua',
      createdAt: expect.stringMatching(/^2026-11-22T03:\d\d:\d\d\.\d{3}Z$/) as string,
      acknowledgedAt: null,
    });
  });

  it('shows a person only what was said to them, also to a holder of the same role elsewhere', async () => {
    await say('kasi', 'untuk kasi');
    await say('kadin', 'untuk kadin');
    expect(textsOf(await list('kasi'))).toEqual(['untuk kasi']);
    expect(textsOf(await list('kadin'))).toEqual(['untuk kadin']);
    expect((await server.http.inOffice(2).get<Page>('kasi', '/notices')).body).toMatchObject({ items: [], open: 0 });
  });

  it('is reached by a real act: a copy of a disposition', async () => {
    const { caseNo } = await server.http.driveTo('dispositionRecording');
    expect(await list('sekdin')).toMatchObject({
      items: [{ caseNo, kind: 'DISPOSITION_COPY', text: `Tembusan disposisi berkas ${caseNo}, untuk diketahui.` }],
      open: 1,
    });
    expect(await list('kabid')).toMatchObject({ items: [], open: 0 });
  });
});

describe('pages', () => {
  it('hold every notice once, also those of one transaction', async () => {
    await say('kasi', 'a', 'b', 'c', 'd', 'e');
    await say('kasi', 'f');
    await say('kasi', 'g', 'h', 'i');
    const whole = textsOf(await list('kasi', '?limit=100'));
    expect([...whole].sort().join('')).toBe('abcdefghi');
    for (const limit of [1, 2, 3, 4, 8, 9, 10]) expect([limit, await allPages(limit)]).toEqual([limit, whole]);
  });

  it('neither repeat nor skip while new ones come', async () => {
    await say('kasi', 'a', 'b', 'c', 'd', 'e');
    const before = textsOf(await list('kasi', '?limit=100'));
    expect(await allPages(2, () => say('kasi', 'baru'))).toEqual(before);
  });

  it('count all that are open, not those of the page', async () => {
    await say('kasi', 'a', 'b', 'c');
    expect(await list('kasi', '?limit=1')).toMatchObject({ open: 3, items: [expect.anything()] });
  });

  it.each(['limit=0', 'limit=101', 'open=yes', 'unknown=1'])('?%s is refused', async (query) => {
    expectProblem(await server.http.get<ProblemBody>('kasi', `/notices?${query}`), 'INVALID_INPUT');
  });

  it.each([['no cursor of ours'], [Buffer.from('["1","2"]').toString('base64url')]])(
    'the cursor %s is refused',
    async (cursor) => {
      const reply = await server.http.get<ProblemBody>('kasi', `/notices?cursor=${encodeURIComponent(cursor)}`);
      expectProblem(reply, 'INVALID_CURSOR');
    },
  );
});

describe('acknowledging', () => {
  it('takes a notice off the open ones, and keeps it in the list', async () => {
    const [first, second] = await say('kasi', 'a', 'b');
    const reply = await acknowledge('kasi', first?.id ?? '');
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ id: first?.id, acknowledgedAt: expect.stringMatching(/^2026-11-22T03:/) as string });
    const open = await list('kasi', '?open=true');
    expect([open.items.map(({ id }) => id), open.open]).toEqual([[second?.id], 1]);
    const all = await list('kasi', '?open=false');
    const shown = all.items.find(({ id }) => id === first?.id);
    expect([all.items.length, shown?.acknowledgedAt]).toEqual([2, reply.body.acknowledgedAt]);
  });

  it('twice keeps the first instant', async () => {
    const [told] = await say('kasi', 'a');
    const first = await acknowledge('kasi', told?.id ?? '');
    await server.database.setNow('2026-11-22T05:00:00Z');
    const second = await acknowledge('kasi', told?.id ?? '');
    await server.database.setNow(SUNDAY);
    expect([second.status, second.body]).toEqual([200, first.body]);
  });

  it("somebody else's, another office's and an unknown one are the same 404, and stay open", async () => {
    const [told] = await say('kadin', 'untuk kadin');
    const problems = [
      await acknowledge('kasi', told?.id ?? ''),
      await server.http.inOffice(2).post<ProblemBody>('kadin', `/notices/${told?.id ?? ''}/acknowledge`, {}),
      await acknowledge('kasi', randomUUID()),
      await acknowledge('kasi', 'no-id'),
    ];
    for (const problem of problems) expectProblem(problem, 'NOT_FOUND');
    expect((await list('kadin')).items[0]?.acknowledgedAt).toBeNull();
  });
});

describe('taking an acknowledgement back', () => {
  const reopen = (person: Person, id: string, from = server.http) =>
    from.send<ProblemBody & { acknowledgedAt: string | null }>(person, 'DELETE', `/notices/${id}/acknowledge`, null);

  it('puts the notice among the open ones again, as often as it is asked for', async () => {
    const [told] = await say('kasi', 'a');
    const id = told?.id ?? '';
    await acknowledge('kasi', id);
    for (const reply of [await reopen('kasi', id), await reopen('kasi', id)]) {
      expect([reply.status, reply.body]).toEqual([200, { id, acknowledgedAt: null }]);
    }
    expect(await list('kasi', '?open=true')).toMatchObject({ open: 1, items: [{ id, acknowledgedAt: null }] });
  });

  it("leaves somebody else's, another office's and an unknown one alone", async () => {
    const [told] = await say('kadin', 'untuk kadin');
    const id = told?.id ?? '';
    await acknowledge('kadin', id);
    const elsewhere = server.http.inOffice(2);
    const replies = [
      await reopen('kasi', id),
      await reopen('kadin', id, elsewhere),
      await reopen('kasi', randomUUID()),
    ];
    for (const problem of replies) expectProblem(problem, 'NOT_FOUND');
    expect((await list('kadin')).items[0]?.acknowledgedAt).not.toBeNull();
  });

  it('leaves one that is told once until it is acknowledged, where a later one of its kind is open', async () => {
    const [one, two] = await say('admin', 'a', 'b');
    const be = (id: string | undefined, acknowledged: string) =>
      server.database.owner.query(
        `UPDATE notices SET kind = 'DELIVERY_PARKED', acknowledged_at = ${acknowledged} WHERE id = $1`,
        [id],
      );
    await be(one?.id, 'alur_now()');
    await be(two?.id, 'NULL');
    const reply = await reopen('admin', one?.id ?? '');
    expect([reply.status, reply.body.acknowledgedAt]).toEqual([200, expect.stringMatching(/^2026-11-22T/) as string]);
    await acknowledge('admin', two?.id ?? '');
    expect((await reopen('admin', one?.id ?? '')).body.acknowledgedAt).toBeNull();
  });
});

it.each([
  [undefined, 'satu'],
  ['id', 'satu'],
  ['en', 'In English: satu'],
  ['en;q=0.4, id;q=0.5', 'satu'],
  ['fr, en-GB;q=0.9', 'In English: satu'],
  ['fr', 'satu'],
])('Accept-Language %s gives "%s"', async (wish, text) => {
  await say('kasi', 'satu');
  expect(textsOf(await list('kasi', '', wish === undefined ? {} : { 'accept-language': wish }))).toEqual([text]);
});
