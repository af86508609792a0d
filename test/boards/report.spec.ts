/** The report over HTTP, for an office that worked for months, against a recount from the history's own texts. */
import { startApp, type TestApp } from '../support/app.js';
import { keepBusy } from '../support/busy-office.js';
import { entriesOf, type TextEntry } from '../support/clock.js';
import { parseCsv } from '../support/csv.js';
import { accountId, type CaseBody, type Person } from '../support/http.js';
import { runs } from '../support/property.js';
import { recount, type Recounted } from '../support/recount.js';

const FROM = '2026-11';
const TO = '2027-06';
const GROUPINGS = ['month', 'step', 'officer', 'month,step', 'officer,month', 'step,officer', 'month,step,officer'];
const COLUMNS =
  'month,step,login,name,finished,onTimePercent,medianMinutes,p90Minutes,breaches,outsideSop,holds,returns,recalls';

type Row = Recounted & { readonly name: string | null };

let server: TestApp;
let entries: TextEntry[];
const report = async (query: string) => {
  const reply = await server.http.get<{ rows: Row[] }>('inspektur', `/reports/sla${query}`);
  expect([query, reply.status, reply.text]).toEqual([query, 200, reply.text]);
  return reply.body.rows;
};

beforeAll(async () => {
  server = await startApp({ process: 'api' });
  const { seed } = runs(1);
  await keepBusy(server, server.http.inOffice(2), seed + 1, 40, '2026-11-20T02:00:00Z');
  const early: string[] = [];
  // On both sides of midnight in Jakarta, at a month's end.
  for (const at of ['2026-11-30T16:50:00Z', '2026-11-30T17:10:00Z']) {
    await server.database.setNow(at);
    const { id } = await server.http.driveTo('registration');
    early.push(id);
  }
  early.push(...(await oneOfEach()));
  const { ids } = await keepBusy(server, server.http, seed, 400, '2026-12-01T02:00:00Z');
  const histories = await Promise.all([...early, ...ids].map((id) => entriesOf(server.http, id)));
  entries = histories.flat();
}, 180_000);
afterAll(() => server.stop());

/** A case held, sent back and recalled, which a seed may leave out. */
async function oneOfEach(): Promise<string[]> {
  const { id } = await server.http.driveTo('dispositionDelivery');
  const ways: readonly [Person, string][] = [
    ['kadin', 'RECALL_DISPOSITION'],
    ['kasi', 'HOLD'],
    ['kasi', 'RESUME'],
  ];
  for (const [person, event] of ways) {
    const { body } = await server.http.get<CaseBody>(person, `/cases/${id}`);
    const reply = await server.http.event(person, id, body.stepSeq, event);
    expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
  }
  const sentBack = await server.http.open();
  const reply = await server.http.event('staf', sentBack.id, sentBack.stepSeq, 'RETURN_INCOMPLETE');
  expect(reply.status).toBe(200);
  return [id, sentBack.id];
}

const keyOf = ({ month, step, login }: Recounted) => JSON.stringify([month, step, login]);
const close = (value: number | null, digits: number) =>
  value === null ? null : (expect.closeTo(value, digits) as unknown);
const sorted = <T extends Recounted>(rows: readonly T[]) =>
  [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).map(({ name: _, ...row }: T & { name?: unknown }) => row);

describe('the report', () => {
  it('speaks of an office in which much happened', () => {
    const [all] = recount(entries, [], FROM, TO);
    expect(recount(entries, ['month'], FROM, TO).length).toBeGreaterThan(2);
    for (const figure of ['finished', 'breaches', 'holds', 'returns', 'recalls'] as const) {
      expect([figure, all?.[figure]]).not.toEqual([figure, 0]);
    }
    expect(all?.onTimePercent).toBeGreaterThan(10);
    expect(all?.p90Minutes).toBeGreaterThan(all?.medianMinutes ?? 0);
  });

  it.each(GROUPINGS)('by %s equals the recount in every column', async (groupBy) => {
    const rows = await report(`?from=${FROM}&to=${TO}&groupBy=${groupBy}`);
    const expected = sorted(recount(entries, groupBy.split(','), FROM, TO)).map((row) => ({
      ...row,
      // Given to two places.
      onTimePercent: close(row.onTimePercent, 1),
      medianMinutes: close(row.medianMinutes, 9),
      p90Minutes: close(row.p90Minutes, 9),
    }));
    expect(sorted(rows)).toEqual(expected);
  });

  it('of one month has what happened in it by the clock on the wall', async () => {
    for (const month of ['2026-11', '2026-12']) {
      const rows = await report(`?from=${month}&to=${month}&groupBy=step`);
      const counted = recount(entries, ['step'], month, month);
      expect(rows.map(({ step, finished }) => [step, finished]).sort()).toEqual(
        counted.map(({ step, finished }) => [step, finished]).sort(),
      );
    }
  });

  it('of another office has nothing of this one', async () => {
    const other = server.http.inOffice(2);
    const { body } = await other.get<{ rows: Row[] }>('kasi', `/reports/sla?from=${TO}&to=${TO}`);
    expect(body.rows).toEqual([]);
    const all = await other.get<{ rows: Row[] }>('kasi', `/reports/sla?from=${FROM}&to=${TO}`);
    expect(all.body.rows.length).toBeGreaterThan(0);
    expect(all.body.rows.filter(({ login }) => !login?.endsWith('.kilat'))).toEqual([]);
  });

  it.each([
    '?from=2026-13&to=2026-12',
    '?from=2026-12&to=2026-11',
    '?from=2024-01&to=2026-01',
    '?from=2026-11',
    '?from=2026-11&to=2026-11&groupBy=x',
    '?from=2026-11&to=2026-11&groupBy=month,month',
    '?from=2026-11&to=2026-11&groupBy=',
    '?from=2026-11&to=2026-11&format=xml',
    '?from=2026-11&to=2026-11&office=2',
  ])('refuses %s', async (query) => {
    const { status, body } = await server.http.get<{ code: string }>('kasi', `/reports/sla${query}`);
    expect([status, body.code]).toEqual([400, 'INVALID_INPUT']);
  });

  it('is not for staff', async () => {
    expect((await server.http.get('staf', `/reports/sla?from=${FROM}&to=${TO}`)).status).toBe(403);
  });
});

describe('as CSV', () => {
  const path = `/reports/sla?from=${FROM}&to=${TO}`;

  it('has a header, the same rows, and a name to save it by', async () => {
    const { headers, text } = await server.http.get('kadin', `${path}&format=csv`);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="sla-${FROM}-${TO}.csv"`);
    const [header, ...cells] = parseCsv(text);
    expect(header?.join(',')).toBe(COLUMNS);
    const rows = (await report(`?from=${FROM}&to=${TO}`)) as unknown as Record<string, string | number | null>[];
    expect(cells).toEqual(rows.map((row) => COLUMNS.split(',').map((name) => String(row[name] ?? ''))));
  });

  it('comes where nothing else is accepted, and only there', async () => {
    const types = await Promise.all(
      ['text/csv', 'text/csv, */*', 'application/json'].map(async (accept) => {
        const { headers } = await server.http.get('kadin', path, { accept });
        return headers.get('content-type')?.split(';')[0];
      }),
    );
    expect(types).toEqual(['text/csv', 'application/json', 'application/json']);
    const json = await server.http.get('kadin', `${path}&format=json`, { accept: 'text/csv' });
    expect(json.headers.get('content-type')).toContain('application/json');
  });

  it('is recorded in the log where an inspector takes it away, and not where the office does', async () => {
    const taken = async () => {
      const text = `SELECT actor_id AS actor, entry::json -> 'facts' AS facts FROM records WHERE kind = 'REPORT_MADE'`;
      return (await server.database.owner.query<{ actor: string; facts: object }>(text)).rows;
    };
    const before = (await taken()).length;
    for (const person of ['kadin', 'inspektur'] as const) {
      expect((await server.http.get(person, `${path}&format=csv`)).status).toBe(200);
    }
    const facts = { report: 'sla', format: 'csv', from: FROM, to: TO };
    expect((await taken()).slice(before)).toEqual([{ actor: accountId('inspektur'), facts }]);
  });

  it("makes an officer's name harmless that a spreadsheet would run", async () => {
    const name = '=HYPERLINK("http://contoh.invalid"), a\nb';
    await server.database.owner.query('UPDATE accounts SET name = $1 WHERE id = $2', [name, accountId('kasi')]);
    const { text } = await server.http.get('kadin', `${path}&groupBy=officer&format=csv`);
    expect(parseCsv(text).find(([, , login]) => login === 'kasi')?.[3]).toBe(`'${name}`);
  });
});
