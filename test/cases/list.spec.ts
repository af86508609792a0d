/** GET /cases: every filter, pages that neither lose nor repeat, counts of the same question. */
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Person } from '../support/http.js';

interface Item {
  readonly id: string;
  readonly caseNo: string;
  readonly state: string;
  readonly stepNo: number | null;
  readonly openedAt: string;
  readonly late: boolean;
}

interface Page {
  readonly items: Item[];
  readonly next: string | null;
  readonly counts: { total: number; capped: boolean; byState: Record<string, number> };
}

let server: TestApp;
/** By what makes each one findable. */
const made: Record<string, CaseBody> = {};

const applicant = (values: object) => ({ ...service.applicantExample, ...values });
const openFor = async (values: object): Promise<CaseBody> => {
  const reply = await server.http.post<CaseBody>('staf', '/cases', {
    service: service.id,
    applicant: applicant(values),
  });
  expect(reply.status).toBe(201);
  return reply.body;
};
const act = async (person: Person, now: CaseBody, event: string, payload?: object) => {
  const reply = await server.http.event(person, now.id, now.stepSeq, event, payload);
  expect([event, reply.status]).toEqual([event, 200]);
  return reply.body;
};
const list = async (query: string, person: Person = 'staf'): Promise<Page> => {
  const reply = await server.http.get<Page>(person, `/cases${query}`);
  expect([query, reply.status, reply.text]).toEqual([query, 200, reply.text]);
  return reply.body;
};
const namesOf = ({ items }: Page) =>
  items.map(({ id }) => Object.keys(made).find((name) => made[name]!.id === id) ?? 'unknown').sort();

beforeAll(async () => {
  server = await startApp({ process: 'api' });
  // Half an hour before and after midnight in Jakarta, when it is still the day before in UTC.
  await server.database.setNow('2026-11-23T23:30:00+07:00');
  made.monday = await openFor({ name: 'Budi Senin', kim: 'KIM 100% Maju', village: 'Desa_Satu' });
  await server.database.setNow('2026-11-24T00:30:00+07:00');
  made.tuesday = await openFor({ name: 'Ani Selasa', purpose: 'Liputan panen raya', phone: '0811-2233-4455' });
  await server.database.setNow('2026-11-25T09:00:00+07:00');
  made.late = await openFor({ name: 'Citra Lambat' });
  made.held = await act('staf', await openFor({ name: 'Dewi Tunda' }), 'HOLD');
  made.closed = await act('kasi', await openFor({ name: 'Eka Batal' }), 'CANCEL');
  await server.http.inOffice(2).open();
  await server.database.setNow('2026-11-25T09:30:00+07:00');
  const head = await server.http.driveTo('headDisposition', await openFor({ name: 'Fajar Sekdin' }));
  made.sekdin = await server.http.driveTo(
    'followUp',
    await act('kadin', head, 'ISSUE_DISPOSITION', { disposition: { recipientRole: 'sekdin' } }),
  );
});
afterAll(() => server.stop());

describe('a filter', () => {
  const all = ['closed', 'held', 'late', 'monday', 'sekdin', 'tuesday'];
  it.each<[string, string[]]>([
    ['', all],
    ['?state=held', ['held']],
    ['?state=held,cancelled', ['closed', 'held']],
    ['?state=intake', ['late', 'monday', 'tuesday']],
    ['?state=noSuchState', []],
    ['?step=6', ['sekdin']],
    ['?step=1', ['held', 'late', 'monday', 'tuesday']],
    ['?step=1&state=held', ['held']],
    ['?step=1&state=archived', []],
    ['?step=1&state=archived&text=senin', []],
    ['?step=99', []],
    ['?state=held,held', ['held']],
    ['?state=held,held&text=000', ['held']],
    ['?step=6&officer=kadin', ['sekdin']],
    ['?text=senin&officer=staf&state=intake', ['monday']],
    ['?text=000003&late=true&step=1', ['late']],
    ['?late=true', ['late', 'monday', 'tuesday']],
    ['?late=false', ['closed', 'held', 'sekdin']],
    ['?officer=sekdin', ['sekdin']],
    ['?officer=kadin', ['sekdin']],
    ['?officer=kasi', ['closed']],
    ['?officer=kabid', []],
    ['?officer=staf.kilat', []],
    ['?officer=nobody', []],
    ['?from=2026-11-24&to=2026-11-24', ['tuesday']],
    ['?to=2026-11-23', ['monday']],
    ['?from=2026-11-25', ['closed', 'held', 'late', 'sekdin']],
    ['?from=2026-11-26', []],
    ['?from=2026-11-24&to=2026-11-23', []],
    ['?text=senin', ['monday']],
    ['?text=SELASA', ['tuesday']],
    ['?text=panen%20raya', ['tuesday']],
    ['?text=100%25', ['monday']],
    ['?text=desa_s', ['monday']],
    ['?text=%25%25%25', []],
    ['?text=000003', ['late']],
    ['?text=kim-2026-000001', ['monday']],
    // The telling word alone is not the text.
    ['?text=bim-2026-000003', []],
    ['?text=lambat%20000003', []],
    ['?text=2233', []],
    ['?text=%27%3B--', []],
    ['?state=intake&late=true&from=2026-11-24&officer=staf&step=1&text=lambat', ['late']],
  ])('%s finds exactly what it says, and counts it', async (query, expected) => {
    const page = await list(query);
    expect([query, namesOf(page)]).toEqual([query, expected]);
    expect(page.counts).toMatchObject({ total: expected.length, capped: false });
    const states = page.items.map(({ state }) => state);
    expect(page.counts.byState).toEqual(
      Object.fromEntries([...new Set(states)].map((state) => [state, states.filter((one) => one === state).length])),
    );
    expect(page.next).toBeNull();
  });

  it('together with others finds what each of them finds alone', async () => {
    const filters = [
      ['', 'state=held', 'state=archived', 'state=intake,held,intake'],
      ['', 'step=1', 'step=6'],
      ['', 'late=true', 'late=false'],
      ['', 'officer=staf', 'officer=kasi', 'officer=nobody'],
      ['', 'text=000', 'text=fajar', 'text=no such text'],
      ['', 'from=2026-11-25', 'to=2026-11-24'],
    ];
    const alone = new Map<string, Set<string>>();
    for (const filter of filters.flat()) alone.set(filter, new Set(namesOf(await list(`?${filter}`))));
    let together: string[][] = [[]];
    for (const choices of filters) together = together.flatMap((chosen) => choices.map((one) => [...chosen, one]));
    for (const chosen of together) {
      const page = await list(`?${chosen.filter(Boolean).join('&')}`);
      const expected = all.filter((name) => chosen.every((filter) => alone.get(filter)?.has(name)));
      expect([chosen, namesOf(page), page.counts.total]).toEqual([chosen, expected, expected.length]);
    }
  }, 120_000);

  it('never finds another office’s case', async () => {
    const { body } = await server.http.inOffice(2).get<Page>('staf', '/cases');
    expect(body.counts.total).toBe(1);
    expect(Object.values(made).map(({ id }) => id)).not.toContain(body.items[0]?.id);
  });

  it('shows what lies in the list as it stands: step, lateness, newest first', async () => {
    // However long the filters before have taken.
    await server.database.setNow('2026-11-25T09:30:10+07:00');
    const { items } = await list('');
    expect(items.map(({ openedAt }) => openedAt)).toEqual(
      items
        .map(({ openedAt }) => openedAt)
        .sort()
        .reverse(),
    );
    const of = (name: string) => items.find(({ id }) => id === made[name]!.id);
    expect(of('late')).toMatchObject({ state: 'intake', stepNo: 1, late: true });
    expect(of('sekdin')).toMatchObject({ state: 'followUp', stepNo: 6, late: false });
    expect(of('closed')).toMatchObject({ state: 'cancelled', dueAt: null, late: false });
  });
});

describe('readers without a right to the applicant', () => {
  it('find a case by its number, never by what only the applicant’s data holds', async () => {
    expect(namesOf(await list('?text=000003', 'inspektur'))).toEqual(['late']);
    expect(namesOf(await list('?text=lambat', 'inspektur'))).toEqual([]);
    expect(namesOf(await list('?text=panen%20raya', 'inspektur'))).toEqual([]);
    expect(namesOf(await list('?text=lambat%20000003', 'inspektur'))).toEqual([]);
    expect(namesOf(await list('?text=lambat', 'demo-client'))).toEqual(['late']);
  });

  it('see no case at all as administrator', async () => {
    for (const path of ['/cases', `/cases/${made.late!.id}`, `/cases/${made.late!.id}/history`]) {
      expect([path, (await server.http.get('admin', path)).status]).toEqual([path, 403]);
    }
  });
});
