/** The office's own data by its doors: name, letter numbers, titles; each change recorded, and no number on paper changed by it. */
import { OfficeStore } from '../../src/engine/office.store.js';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface OfficeBody {
  readonly name: string;
  readonly unitCode: string;
  readonly letterClassification: string;
  readonly letterTemplate: string;
  readonly titles: readonly { role: string; title: string; validFrom: string | null }[];
}
interface Logged {
  readonly action: string;
  readonly old: object | null;
  readonly new: object | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-24T02:00:00Z');
});
afterAll(() => server.stop());

const admin = (path: string, body: object) =>
  server.http.post<OfficeBody & ProblemBody>('admin', `/admin${path}`, body);
const logged = async () => (await server.http.get<{ items: Logged[] }>('admin', '/admin/log?limit=100')).body.items;
const register = () => server.http.driveTo('headDisposition');
const numberOf = async ({ id }: CaseBody) =>
  (await server.http.get<{ agenda: { letterNumber: string }[] }>('staf', `/cases/${id}`)).body.agenda[0]!.letterNumber;

it('numbers given out before a change stay as they were written, through two changes', async () => {
  const first = await register();
  await server.database.setNow('2026-11-24T02:10:00Z');
  const { status, body } = await admin('/office', { unitCode: '427.53' });
  expect([status, body.unitCode, body.letterClassification]).toEqual([200, '427.53', '800.1.6.2']);
  await server.database.setNow('2026-11-24T02:20:00Z');
  const second = await register();
  await server.database.setNow('2026-11-24T02:30:00Z');
  await admin('/office', { letterTemplate: '{seq}/{classification}/{year}', letterClassification: '555' });
  await server.database.setNow('2026-11-24T02:40:00Z');
  const third = await register();
  expect(await Promise.all([first, second, third].map(numberOf))).toEqual([
    '800.1.6.2/1/427.72/2026',
    '800.1.6.2/2/427.53/2026',
    '3/555/2026',
  ]);
});

it('two changes at one instant leave what was written before as it was', async () => {
  const before = await register();
  const number = await numberOf(before);
  await server.database.setNow('2026-11-24T02:45:00Z');
  const units = ['427.1', '427.2', '427.53'];
  for (const unitCode of units)
    expect((await admin('/office', { unitCode, letterClassification: unitCode })).status).toBe(200);
  expect(await numberOf(before)).toBe(number);
});

it('what changes nothing is no change: it leaves no record and no form', async () => {
  const before = await logged();
  const { body } = await server.http.get<OfficeBody>('admin', '/admin/office');
  expect((await admin('/office', { name: body.name, unitCode: body.unitCode })).status).toBe(200);
  expect(await logged()).toEqual(before);
});

it('each change is recorded with the old and the new value', async () => {
  await admin('/office', { name: 'Dinas Baru' });
  const [last] = await logged();
  expect(last).toMatchObject({
    action: 'change-office',
    old: { name: 'Dinas Contoh Kabupaten Lumajang', unitCode: '427.53' },
    new: { name: 'Dinas Baru', unitCode: '427.53' },
  });
});

it.each([
  ['nothing', {}],
  ['no number', { letterTemplate: '{classification}/{year}' }],
  ['no year', { letterTemplate: '{classification}/{seq}' }],
  ['a place that is none', { letterTemplate: '{seq}/{year}/{month}' }],
  ['a brace left open', { letterTemplate: '{seq}/{year}/{' }],
  ['another code', { code: 'lain' }],
])('%s is refused', async (_what, body) => {
  const before = (await server.http.get<OfficeBody>('admin', '/admin/office')).body;
  expectProblem(await admin('/office', body), 'INVALID_INPUT');
  expect((await server.http.get<OfficeBody>('admin', '/admin/office')).body).toEqual(before);
});

describe('a title', () => {
  const titlesOf = ({ titles }: OfficeBody) => titles.filter(({ role }) => role === 'kasi');

  it('holds from its day on, beside the one before, and can be corrected', async () => {
    await server.database.setNow('2026-11-24T02:50:00Z');
    const old = { role: 'kasi', title: 'Kepala Seksi', validFrom: '2018-03-01' };
    const later = { role: 'kasi', title: 'Ketua Tim Layanan', validFrom: '2027-01-01' };
    expect(titlesOf((await admin('/office/titles', later)).body)).toEqual([old, later]);
    expect((await logged())[0]).toMatchObject({ action: 'entitle-role', old: null, new: later });
    await server.database.setNow('2026-11-24T03:00:00Z');
    const corrected = { ...later, title: 'Ketua Tim Layanan Informasi' };
    expect(titlesOf((await admin('/office/titles', corrected)).body)).toEqual([old, corrected]);
    expect((await logged())[0]).toMatchObject({ old: later, new: corrected });
  });

  it('begins with the day of the office, not of Greenwich', async () => {
    const title = { role: 'kasi', title: 'Ketua Tim Hari Ini', validFrom: '2026-12-25' };
    expect((await admin('/office/titles', title)).status).toBe(200);
    const offices = server.app.get(OfficeStore, { strict: false });
    const [office] = (await server.database.owner.query<{ id: string }>(`SELECT id FROM offices WHERE code = 'contoh'`))
      .rows;
    const read = async (now: string) => {
      await server.database.setNow(now);
      offices.clear();
      return (await offices.directory(office!.id)).titles['kasi'];
    };
    expect(await read('2026-12-24T16:59:00Z')).not.toBe(title.title);
    expect(await read('2026-12-24T17:00:00Z')).toBe(title.title);
  });

  it.each([
    ['of nobody who carries out steps', { role: 'admin', title: 'Pengelola', validFrom: '2027-01-01' }],
    ['without a day', { role: 'kasi', title: 'Ketua Tim' }],
    ['of a year there is not', { role: 'kasi', title: 'Ketua Tim', validFrom: '0000-01-01' }],
    ['of a day there is not', { role: 'kasi', title: 'Ketua Tim', validFrom: '2027-02-30' }],
    ['without words', { role: 'kasi', title: ' ', validFrom: '2027-01-01' }],
  ])('%s is refused', async (_what, body) => {
    expectProblem(await admin('/office/titles', body), 'INVALID_INPUT');
  });
});
