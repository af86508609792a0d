/** The event log: as CSV and as XES it says what the histories say, one event for each entry, and nothing personal. */
import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import { startApp, type TestApp } from '../support/app.js';
import { parseCsv } from '../support/csv.js';
import type { CaseBody, ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';
import { xesFlaws } from '../support/xes.js';

interface Attribute {
  readonly '@_key': string;
  readonly '@_value': string;
}
interface Parsed {
  readonly string: readonly Attribute[];
  readonly date: readonly Attribute[];
  readonly float?: readonly Attribute[];
}
interface Xes {
  readonly log: {
    readonly trace: readonly { readonly string: readonly Attribute[]; readonly event: readonly Parsed[] }[];
  };
}
interface Entries {
  readonly entries: readonly {
    readonly seq: number;
    readonly event: string;
    readonly at: string;
    readonly actor: { readonly login: string; readonly role: string } | null;
    readonly stepNo: number | null;
    readonly from: string | null;
    readonly to: string;
    readonly usedMinutes: number | null;
    readonly budgetMinutes: number | null;
    readonly verdict: string | null;
    readonly outsideSop: boolean;
    readonly hash: string;
  }[];
}

const FROM = '2026-11-23T00:00:00Z';
const TO = '2026-11-24T00:00:00Z';

let server: TestApp;
let cases: CaseBody[];
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-20T02:00:00Z');
  await server.http.open();
  await server.database.setNow('2026-11-23T02:00:00Z');
  const done = await server.http.driveTo('archived');
  const half = await server.http.driveTo('followUp');
  await server.http.inOffice(2).open();
  cases = [done, half];
});
afterAll(() => server.stop());

const ask = (query: string) => server.http.get<ProblemBody>('inspektur', `/inspection/event-log?${query}`);
const historyOf = async ({ id }: CaseBody) =>
  (await server.http.get<Entries>('inspektur', `/inspection/cases/${id}/history`)).body.entries;
const value = (attributes: readonly Attribute[], key: string) =>
  attributes.find((attribute) => attribute['@_key'] === key)?.['@_value'];

it('as CSV has every entry of the cases opened in the period, case, activity and time first', async () => {
  const { text, headers } = await ask(`from=${FROM}&to=${TO}`);
  expect(headers.get('content-type')).toContain('text/csv');
  const [header, ...rows] = parseCsv(text);
  expect(header!.slice(0, 3)).toEqual(['case', 'activity', 'timestamp']);
  const expected = await Promise.all(
    cases.map(async (one) => (await historyOf(one)).map(({ event, at }) => [one.caseNo, event, at])),
  );
  expect(rows.map((row) => row.slice(0, 3))).toEqual(expected.flat());
  expect(rows.every((row) => row.length === header!.length)).toBe(true);
});

it('as XES is well formed and has the same traces and events', async () => {
  const { text } = await ask(`from=${FROM}&to=${TO}&format=xes`);
  expect(SyntaxValidator.validate(text)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseAttributeValue: false,
    isArray: (name) => ['trace', 'event', 'string', 'date', 'float', 'int'].includes(name),
  });
  const { log } = parser.parse(text) as Xes;
  expect(log.trace.map((trace) => value(trace.string, 'concept:name'))).toEqual(cases.map(({ caseNo }) => caseNo));
  for (const [index, trace] of log.trace.entries()) {
    const history = await historyOf(cases[index]!);
    expect(
      trace.event.map((event) => [
        value(event.string, 'concept:name'),
        value(event.date, 'time:timestamp'),
        value(event.float ?? [], 'usedMinutes') ?? null,
      ]),
    ).toEqual(
      history.map(({ event, at, usedMinutes }) => [event, at, usedMinutes === null ? null : String(usedMinutes)]),
    );
  }
});

it('as CSV says of each event what the history says, column by column', async () => {
  const { text } = await ask(`from=${FROM}&to=${TO}`);
  const [header, ...rows] = parseCsv(text);
  const shown = (value: string | number | boolean | null) => (value === null ? '' : String(value));
  const expected = await Promise.all(
    cases.map(async (one) =>
      (await historyOf(one)).map((item) => ({
        case: one.caseNo,
        activity: item.event,
        timestamp: item.at,
        seq: shown(item.seq),
        resource: shown(item.actor?.login ?? null),
        role: shown(item.actor?.role ?? null),
        step: shown(item.stepNo),
        from: shown(item.from),
        to: shown(item.to),
        usedMinutes: shown(item.usedMinutes),
        budgetMinutes: shown(item.budgetMinutes),
        verdict: shown(item.verdict),
        outsideSop: shown(item.outsideSop),
        hash: item.hash,
      })),
    ),
  );
  const named = rows.map((row) => Object.fromEntries(header!.map((name, n) => [name, row[n]])));
  expect(named).toEqual(expected.flat());
});

describe('as XES, by the rules of IEEE 1849-2016,', () => {
  const whole = async () => (await ask(`from=${FROM}&to=${TO}&format=xes`)).text;

  it('has no flaw, with cases and without', async () => {
    expect(xesFlaws(await whole())).toEqual([]);
    const empty = await ask('from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&format=xes');
    expect(xesFlaws(empty.text)).toEqual([]);
  });

  /** The rules themselves are held to what they must find. */
  it.each([
    ['a version that is no number', /1849\.2016/, '1849-2016'],
    ['another version', /1849\.2016/, '2.0'],
    ['no version', / xes\.version="[^"]*"/, ''],
    ['an attribute of its own', /<log /, '<log maker="x" '],
    ['an extension without a prefix', / prefix="concept"/, ''],
    ['a key of no extension', /key="org:role"/, 'key="organ:role"'],
    ['a time that is none', /(<date key="time:timestamp" value=")2026[^"]*/, '$124-11-2026'],
    ['a number that is none', /(<int key="step" value=")\d+/, '$1one'],
    ['a flag that is none', /(<boolean key="outsideSop" value=")\w+/, '$1no'],
    ['a key twice', /<string key="from"/, '<string key="to"'],
    ['a classifier by what is not global', /keys="concept:name"/, 'keys="org:role"'],
    ['an event without its time', /<event>(.*?)<date [^>]*>/, '<event>$1'],
    [
      'a trace before the classifier',
      /<classifier/,
      '<trace><string key="concept:name" value="x"/></trace><classifier',
    ],
    ['an element of its own', /<boolean/, '<bool'],
  ])('is faulted for %s', async (_what, found, put) => {
    const text = await whole();
    expect(text).toMatch(found);
    expect(xesFlaws(text.replace(found, put))).not.toEqual([]);
  });
});

it('names no applicant, is recorded, and has no more than its period and its office', async () => {
  for (const format of ['csv', 'xes']) {
    const { text } = await ask(`from=${FROM}&to=${TO}&format=${format}`);
    expect(text).not.toContain('Nama Pemohon');
    expect(text).not.toContain('Desa Contoh');
  }
  const { rows } = await server.database.owner.query<{ entry: string }>(
    "SELECT entry FROM records WHERE kind = 'REPORT_MADE' ORDER BY seq DESC LIMIT 1",
  );
  expect((JSON.parse(rows[0]!.entry) as { facts: object }).facts).toMatchObject({ report: 'event-log', format: 'xes' });
  const none = await ask('from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z');
  expect(parseCsv(none.text)).toHaveLength(1);
  const empty = await ask('from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&format=xes');
  expect(SyntaxValidator.validate(empty.text)).toBe(true);
});

it('refuses what it cannot answer', async () => {
  for (const bad of ['', `from=${FROM}`, `from=${TO}&to=${FROM}`, `from=${FROM}&to=${TO}&format=xml`, 'from=x&to=y']) {
    expectProblem(await ask(bad), 'INVALID_INPUT');
  }
  for (const person of ['staf', 'kadin', 'kasi', 'admin'] as const) {
    const path = `/inspection/event-log?from=${FROM}&to=${TO}`;
    expectProblem(await server.http.get<ProblemBody>(person, path), 'FORBIDDEN');
  }
});

it.each(['event-log', 'export', 'report', 'findings'])('of a period that is none, %s says so', async (door) => {
  const of = (from: string, to: string) =>
    server.http.get<ProblemBody>(
      'inspektur',
      `/inspection/${door}?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`,
    );
  for (const [from, to] of [
    [TO, FROM],
    [FROM, FROM],
    // What PostgreSQL does not know, and what is the year 0 or 10000 in UTC.
    ['0000-01-01T00:00:00Z', TO],
    ['0001-01-01T00:00:00+07:00', TO],
    [FROM, '9999-12-31T23:59:59-01:00'],
  ] as const) {
    expectProblem(await of(from, to), 'INVALID_INPUT');
  }
  // An offset that PostgreSQL does not know either is none of its business. Perhaps nothing is sealed yet.
  expect([200, 409]).toContain((await of('2026-11-23T09:00:00+16:00', TO)).status);
});
