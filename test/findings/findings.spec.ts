/** Findings on planted examples: each kind finds what was planted, and an office that did all well has none. */
import { PAUSE_DAYS } from '../../machines/pauses.js';
import { startApp, type TestApp } from '../support/app.js';
import { accountId, exampleOf, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Found {
  readonly kind: string;
  readonly caseId: string | null;
  readonly caseNo: string | null;
  readonly seq: number | null;
  readonly at: string;
  readonly actor: string | null;
  readonly detail: Record<string, unknown>;
}
interface Answer extends ProblemBody {
  readonly items: readonly Found[];
  readonly counts: Record<string, number>;
}

const FROM = '2026-11-01T00:00:00Z';
const TO = '2027-02-01T00:00:00Z';
const MINUTE_MS = 60_000;
/** A Tuesday, an hour after opening. */
const MORNING = Date.parse('2026-11-24T01:30:00Z');

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterEach(() => server.stop());

/** The clock stands still: acts happen at exactly this instant. */
const freeze = (atMs: number) =>
  server.database.owner.query(
    `CREATE OR REPLACE FUNCTION alur_now() RETURNS timestamptz LANGUAGE sql VOLATILE
     AS 'SELECT ''${new Date(atMs).toISOString()}''::timestamptz'`,
  );
const ask = async (query = '') =>
  (await server.http.get<Answer>('inspektur', `/inspection/findings?from=${FROM}&to=${TO}${query}`)).body;
const only = async (kind: string) => (await ask()).items.filter((item) => item.kind === kind);
const act = async (person: Person, one: Pick<CaseBody, 'id'>, event: string, payload: object = exampleOf(event)) => {
  const { stepSeq } = (await server.http.get<CaseBody>('staf', `/cases/${one.id}`)).body;
  const reply = await server.http.event(person, one.id, stepSeq, event, payload);
  expect([event, reply.status, reply.body.detail]).toEqual([event, 200, undefined]);
  return reply.body;
};
const grant = (person: Person, role: string) =>
  server.database.owner.query(
    `INSERT INTO role_grants (office_id, id, account_id, role)
     SELECT office_id, gen_random_uuid(), id, $2 FROM accounts WHERE id = $1`,
    [accountId(person), role],
  );

it('an office that did everything well has none', async () => {
  await freeze(MORNING);
  expect((await server.http.driveTo('archived')).closed).toBe(true);
  const { items, counts } = await ask();
  // The printed path itself gives step 8 to two people, and step 3 to nobody else: no question arises.
  expect(items).toEqual([]);
  expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  expect(Object.keys(counts)).toHaveLength(10);
});

it('acts on a Sunday, and at lunch, were outside hours', async () => {
  await freeze(MORNING);
  const weekday = await server.http.open();
  await freeze(Date.parse('2026-11-24T05:20:00Z'));
  await act('staf', weekday, 'RECEIVE_APPLICANT');
  await freeze(Date.parse('2026-11-29T03:00:00Z'));
  const sunday = await server.http.open();
  expect(await only('OUTSIDE_HOURS')).toMatchObject([
    { caseId: sunday.id, caseNo: sunday.caseNo, seq: 1, actor: 'staf', detail: { event: 'OPENED' } },
    { caseId: weekday.id, detail: { event: 'RECEIVE_APPLICANT' } },
  ]);
  // A calendar that opens on Sundays from now on makes nothing of the past right.
  await freeze(Date.parse('2026-11-30T03:00:00Z'));
  const { owner } = server.database;
  await owner.query(
    `INSERT INTO calendars (office_id, version, data) SELECT office_id, 2, jsonb_set(data, '{week,sun}', data #> '{week,mon}')
     FROM calendars c JOIN offices o ON o.id = c.office_id WHERE o.id = (SELECT office_id FROM accounts WHERE id = $1)`,
    [accountId('staf')],
  );
  await owner.query(
    'UPDATE offices SET calendar_version = 2 WHERE id = (SELECT office_id FROM accounts WHERE id = $1)',
    [accountId('staf')],
  );
  expect(await only('OUTSIDE_HOURS')).toHaveLength(2);
});

it('acts in a role that was not held at the time were outside authority', async () => {
  await freeze(MORNING);
  const one = await server.http.driveTo('dispositionRecording');
  expect(await only('OUTSIDE_AUTHORITY')).toEqual([]);
  await server.database.owner.query('UPDATE role_grants SET valid_until = $1 WHERE account_id = $2', [
    new Date(MORNING - MINUTE_MS),
    accountId('kadin'),
  ]);
  expect(await only('OUTSIDE_AUTHORITY')).toMatchObject([
    { caseId: one.id, actor: 'kadin', detail: { event: 'ISSUE_DISPOSITION', role: 'kadin' } },
  ]);
});

it('one person in two roles of a case', async () => {
  await freeze(MORNING);
  await grant('staf', 'kadin');
  const one = await server.http.driveTo('headDisposition');
  await act('staf', one, 'ISSUE_DISPOSITION');
  expect(await only('TWO_ROLES')).toMatchObject([
    { caseId: one.id, actor: 'staf', detail: { roles: ['kadin', 'staff'] } },
  ]);
});

it('numbers that are missing from a book, in the middle and at its end', async () => {
  await freeze(MORNING);
  for (let count = 0; count < 5; count++) await server.http.driveTo('headDisposition');
  expect(await only('AGENDA_GAP')).toEqual([]);
  await server.database.owner.query('DELETE FROM agenda_entries WHERE seq IN (2, 3, 5)');
  const gaps = (await only('AGENDA_GAP')).map(({ detail }) => detail);
  expect(gaps).toHaveLength(2);
  expect(gaps).toEqual(
    expect.arrayContaining([
      { book: 'incoming', year: 2026, first: 2, last: 3 },
      { book: 'incoming', year: 2026, first: 5, last: 5 },
    ]),
  );
});

it('numbers of cases that came to nothing, and of no others', async () => {
  await freeze(MORNING);
  const [cancelled, rejected] = [
    await server.http.driveTo('headDisposition'),
    await server.http.driveTo('headDisposition'),
  ];
  await server.http.driveTo('headDisposition');
  // Without a number yet.
  await act('staf', await server.http.driveTo('registration'), 'WITHDRAW');
  await act('kasi', cancelled, 'CANCEL');
  await act('kadin', rejected, 'REJECT');
  const found = await only('AGENDA_VOID');
  expect(found).toHaveLength(2);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        caseId: cancelled.id,
        actor: 'kasi',
        detail: { book: 'incoming', year: 2026, number: 1, event: 'CANCEL' },
      }),
      expect.objectContaining({
        caseId: rejected.id,
        detail: { book: 'incoming', year: 2026, number: 2, event: 'REJECT' },
      }),
    ]),
  );
});

it('a letter dated after the day it was entered, by the office’s own day', async () => {
  await freeze(MORNING);
  const [first, second] = [await server.http.driveTo('registration'), await server.http.driveTo('registration')];
  const atNight = await server.http.driveTo('registration');
  const dated = (date: string) => ({
    papers: ['AGENDA_BOOK', 'DISPOSITION_SHEET'],
    letter: { kind: 'LETTER', number: '1', date },
  });
  await act('staf', first, 'REGISTER_LETTER', dated('2026-11-24'));
  await act('staf', second, 'REGISTER_LETTER', dated('2026-11-25'));
  // One in the morning of the 25th in the office, the 24th in Greenwich.
  await freeze(Date.parse('2026-11-24T18:00:00Z'));
  await act('staf', atNight, 'REGISTER_LETTER', dated('2026-11-25'));
  // PostgreSQL has no year 0; whoever writes one blinds nobody.
  await act('staf', await server.http.driveTo('registration'), 'REGISTER_LETTER', dated('0000-01-01'));
  expect(await only('DATED_LATER')).toMatchObject([
    { caseId: second.id, detail: { book: 'incoming', date: '2026-11-25', number: 2 } },
  ]);
});

it('a pause longer than its reason allows, for each reason', async () => {
  await freeze(MORNING);
  const causes = Object.keys(PAUSE_DAYS).filter((cause) => cause !== 'RETURN_INCOMPLETE');
  expect(causes).toHaveLength(3);
  const held = new Map<string, string>();
  for (const cause of causes) {
    const one = await server.http.driveTo('registration');
    held.set(one.id, cause);
    await act('staf', one, 'HOLD', { cause, reason: 'Menunggu keadaan membaik' });
  }
  const returned = await server.http.driveTo('registration');
  held.set(returned.id, 'RETURN_INCOMPLETE');
  await act('staf', returned, 'RETURN_INCOMPLETE');
  for (const days of [7, 14, 30]) {
    await freeze(MORNING + days * 24 * 60 * MINUTE_MS);
    const inTime = (await only('LONG_PAUSE')).map(({ caseId }) => held.get(caseId ?? ''));
    await freeze(MORNING + days * 24 * 60 * MINUTE_MS + 1000);
    const found = await only('LONG_PAUSE');
    const long = found.map(({ caseId }) => held.get(caseId ?? ''));
    expect(new Set(inTime)).toEqual(
      new Set(Object.keys(PAUSE_DAYS).filter((cause) => (PAUSE_DAYS[cause] ?? 0) < days)),
    );
    expect(new Set(long)).toEqual(new Set(Object.keys(PAUSE_DAYS).filter((cause) => (PAUSE_DAYS[cause] ?? 0) <= days)));
    for (const { caseId, detail } of found)
      expect(detail['allowedDays']).toBe(PAUSE_DAYS[held.get(caseId ?? '') ?? '']);
  }
});

it('a pause longer than asked about, ended or not', async () => {
  await freeze(MORNING);
  const [ended, lasting, short] = [
    await server.http.driveTo('registration'),
    await server.http.driveTo('registration'),
    await server.http.driveTo('registration'),
  ];
  for (const one of [ended, lasting, short]) await act('staf', one, 'HOLD');
  await freeze(MORNING + 3 * 24 * 60 * MINUTE_MS);
  await act('staf', short, 'RESUME');
  await freeze(MORNING + 16 * 24 * 60 * MINUTE_MS);
  await act('staf', ended, 'RESUME');
  const found = await only('LONG_PAUSE');
  expect(new Set(found.map(({ caseId }) => caseId))).toEqual(new Set([ended.id, lasting.id]));
  expect(found.find(({ caseId }) => caseId === lasting.id)?.detail).toMatchObject({
    event: 'HOLD',
    cause: 'WAITING_FOR_APPLICANT',
    endedAt: null,
    days: 16,
  });
  expect((await ask('&kind=LONG_PAUSE&pauseDays=2')).counts).toEqual({ LONG_PAUSE: 3 });
});

it('a step that was visited again', async () => {
  await freeze(MORNING);
  const one = await server.http.driveTo('dispositionRecording');
  await act('kadin', one, 'RECALL_DISPOSITION');
  await act('kadin', one, 'ISSUE_DISPOSITION');
  expect(await only('REOPENED')).toMatchObject([{ caseId: one.id, detail: { stepNo: 3, visits: 2 } }]);
});

it('somebody who ends steps in their last second, again and again', async () => {
  // SOP row 1: 3 minutes. Twice is chance, three times a question.
  for (const [index, leftMs] of [999, 0, 1000, 1].entries()) {
    const openedAt = MORNING + index * 10 * MINUTE_MS;
    await freeze(openedAt);
    const one = await server.http.open();
    await freeze(openedAt + 3 * MINUTE_MS - leftMs);
    await act('staf', one, 'RECEIVE_APPLICANT');
    const found = await only('LAST_SECOND');
    if (index < 3) expect(found).toEqual([]);
    else expect(found).toMatchObject([{ caseId: null, actor: 'staf', detail: { times: 3 } }]);
  }
});

it('has what belongs to the period and the office, and refuses what it cannot answer', async () => {
  await freeze(Date.parse('2026-11-29T03:00:00Z'));
  const { caseNo } = await server.http.open();
  expect((await ask('&kind=OUTSIDE_HOURS')).items).toMatchObject([{ caseNo }]);
  const path = '/inspection/findings?from=';
  const of = (query: string, person: Person = 'inspektur') => server.http.get<Answer>(person, `${path}${query}`);
  expect((await of('2026-11-29T03:00:00.001Z&to=2026-12-01T00:00:00Z')).body.counts.OUTSIDE_HOURS).toBe(0);
  expect((await of('2026-11-29T10:00:00%2B07:00&to=2026-11-29T10:00:01%2B07:00')).body.counts.OUTSIDE_HOURS).toBe(1);
  const elsewhere = await server.http.inOffice(2).get<Answer>('inspektur', `${path}${FROM}&to=${TO}`);
  expect(elsewhere.body.items).toEqual([]);
  for (const bad of [
    FROM,
    `${TO}&to=${FROM}`,
    `${FROM}&to=2028-02-01T00:00:00Z`,
    `${FROM}&to=${TO}&kind=NONE`,
    `${FROM}&to=${TO}&pauseDays=0`,
    `${FROM}&to=${TO}&officeId=x`,
    '2026-11-01&to=2026-12-01',
  ]) {
    expectProblem(await of(bad), 'INVALID_INPUT');
  }
  for (const person of ['staf', 'kadin', 'kabid', 'kasi', 'admin', 'demo-client'] as const) {
    expectProblem(await of(`${FROM}&to=${TO}`, person), 'FORBIDDEN');
  }
});
