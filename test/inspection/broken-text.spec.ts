/**
 * A superuser stores a text that is no entry: every answer an inspector asks for is still given, and says which entry cannot
 * be read. That is when the answers are needed most.
 */
import { SyntaxValidator } from 'fast-xml-validator';
import { HttpException } from '@nestjs/common';
import type { AuditReport } from '../../src/audit/report.types.js';
import { KINDS } from '../../src/findings/findings.types.js';
import { asAppError } from '../../src/http/problem.filter.js';
import { startApp, type TestApp } from '../support/app.js';
import { parseCsv } from '../support/csv.js';
import type { CaseBody, Person } from '../support/http.js';

const PERIOD = 'from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z';
const SEQ = 4;

interface Item {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly hash: string;
  readonly to: string | null;
}
interface Found {
  readonly kind: string;
  readonly caseId: string;
  readonly seq: number;
  readonly detail: Record<string, unknown>;
}

let server: TestApp;
let broken: CaseBody;
let sound: CaseBody;
let hash: string;
let at: string;
let whole: string;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-24T02:00:00Z');
  broken = await server.http.driveTo('serviceDelivery');
  sound = await server.http.driveTo('archived');
  const { owner } = server.database;
  await owner.query('ALTER TABLE history DISABLE TRIGGER ALL');
  const { rows } = await owner.query<{ hash: string; at: Date; entry: string }>(
    `SELECT encode(hash, 'hex') AS hash, at, entry FROM history WHERE case_id = $1 AND seq = ${SEQ}`,
    [broken.id],
  );
  [hash, at, whole] = [rows[0]!.hash, rows[0]!.at.toISOString(), rows[0]!.entry];
});
afterAll(() => server.stop());

const store = async (text: string) => {
  const values = [broken.id, text];
  await server.database.owner.query(`UPDATE history SET entry = $2 WHERE case_id = $1 AND seq = ${SEQ}`, values);
};
const ask = async <Body>(path: string, person: Person = 'inspektur') => {
  const reply = await server.http.get<Body>(person, path);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply;
};

const changed = (change: (entry: Record<string, unknown>) => void) => () => {
  const entry = JSON.parse(whole) as Record<string, unknown>;
  change(entry);
  return JSON.stringify(entry);
};
const TEXTS: readonly (readonly [string, () => string])[] = [
  ['cut off', () => whole.slice(0, -1)],
  ['empty', () => ''],
  ['null', () => 'null'],
  ['a number', () => '5'],
  ['a list', () => '[]'],
  ['an object with nothing in it', () => '{}'],
  ['an actor that is none', changed((entry) => (entry.actor = 5))],
  ['a visit of texts', changed((entry) => (entry.visit = { no: 'x', stepNo: 'x', calendar: 'x', budgetMs: 'x' }))],
  ['an acting officer who is none', changed((entry) => (entry.actor = { role: 'kadin', actingFor: 7 }))],
  ['no event', changed((entry) => delete entry.event)],
  ['a time that is none', changed((entry) => (entry.at = 'yesterday'))],
];

describe.each(TEXTS)('a text that is %s', (_what, text) => {
  beforeAll(() => store(text()));

  it('is an item of the history, in its place, for inspectors and officers', async () => {
    for (const [person, path] of [
      ['inspektur', `/inspection/cases/${broken.id}/history`],
      ['kasi', `/cases/${broken.id}/history`],
    ] as const) {
      const { entries } = (await ask<{ entries: Item[] }>(path, person)).body;
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, n) => n + 1));
      expect(entries[SEQ - 1]).toMatchObject({ seq: SEQ, at, event: 'UNREADABLE', hash, to: null });
      expect(entries[SEQ]!.event).not.toBe('UNREADABLE');
    }
  });

  it('is the state as of its time, and not that of later', async () => {
    const path = `/inspection/cases/${broken.id}/state`;
    const then = (await ask<{ standing: object }>(`${path}?at=${at}`)).body.standing;
    expect(then).toMatchObject({ seq: expect.any(Number) as number });
    const now = (await ask<{ standing: Item & { state: string } }>(path)).body.standing;
    expect(now).toMatchObject({ event: expect.not.stringMatching('UNREADABLE') as string, state: broken.state });
    const all = JSON.stringify(await standings());
    expect(all).toContain(`"event":"UNREADABLE","hash":"${hash}"`);
  });

  it('fails the check of its chain', async () => {
    const { body } = await ask<{ result: string; firstBad: { seq: number } }>(`/inspection/cases/${broken.id}/verify`);
    expect(body).toMatchObject({ result: 'FAIL', firstBad: { seq: SEQ } });
  });

  it('is in the report, as JSON, as CSV and as PDF', async () => {
    const { body } = await ask<AuditReport>(`/inspection/report?${PERIOD}`);
    expect(body.integrity).toMatchObject({ result: 'FAIL', broken: [{ caseNo: broken.caseNo, seq: SEQ }] });
    const entries = body.cases.find(({ id }) => id === broken.id)!.entries;
    expect(entries[SEQ - 1]).toMatchObject({ seq: SEQ, event: 'UNREADABLE', hash });
    const rows = parseCsv((await ask(`/inspection/report?${PERIOD}&format=csv`)).text);
    expect(rows.some((row) => row[0] === broken.caseNo && row.includes('UNREADABLE') && row.includes(hash))).toBe(true);
    await ask(`/inspection/report?${PERIOD}&format=pdf`);
  });

  it('stops neither the board nor the report on working minutes', async () => {
    const board = (await ask<{ today: { finished: number } }>('/kasi/board', 'kasi')).body;
    expect(board.today.finished).toBeGreaterThan(0);
    const { rows } = (await ask<{ rows: { finished: number }[] }>('/reports/sla?from=2026-11&to=2026-11', 'kasi')).body;
    const [counted] = (
      await server.database.owner.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM history WHERE actor_id IS NOT NULL
          AND alur_entry(entry)->'visit'->>'verdict' IS NOT NULL`,
      )
    ).rows;
    // What else is broken does not hide a verdict that can be read.
    const finished = rows.reduce((total, row) => total + row.finished, 0);
    expect([counted!.n, counted!.n + 1]).toContain(finished);
  });

  it('is a refusal where an answer is worked out from it, and no act on the case is lost', async () => {
    for (const path of ['clock', 'documents']) {
      const { status, body } = await server.http.get('kasi', `/cases/${broken.id}/${path}`);
      expect([path, status, body.code]).toEqual([path, 409, 'HISTORY_UNREADABLE']);
    }
    const { status, body } = await server.http.event('staf', broken.id, null, 'RECORD_PAPER');
    expect([status, body.state]).toEqual([200, broken.state]);
    expect((await ask<CaseBody>(`/cases/${broken.id}`, 'kasi')).body.stepSeq).toBe(broken.stepSeq);
  });

  it('ends no event log', async () => {
    const rows = parseCsv((await ask(`/inspection/event-log?${PERIOD}`)).text);
    expect(rows.filter((row) => row[1] === 'UNREADABLE')).toEqual([
      expect.arrayContaining([broken.caseNo, at, String(SEQ), hash]),
    ]);
    expect(rows.at(-1)![0]).toBe(sound.caseNo);
    const { text: xes } = await ask(`/inspection/event-log?${PERIOD}&format=xes`);
    expect([SyntaxValidator.validate(xes), xes.endsWith('</log>\n')]).toEqual([true, true]);
    expect(xes).toContain(hash);
  });
});

/** As of every entry's own time. */
async function standings(): Promise<unknown[]> {
  const { rows } = await server.database.owner.query<{ at: Date }>(
    'SELECT at FROM history WHERE case_id = $1 ORDER BY seq',
    [broken.id],
  );
  return Promise.all(
    rows.map(async (row) => {
      const path = `/inspection/cases/${broken.id}/state?at=${row.at.toISOString()}`;
      return (await ask<{ standing: unknown }>(path)).body.standing;
    }),
  );
}

/** What the database itself cannot read, or cast. */
it.each([
  ...TEXTS.slice(0, 6),
  ['a letter no database takes', () => whole.replace('"event":', '"x":"\\u0000","event":')],
  ['a visit of texts', changed((entry) => (entry.visit = { stepNo: 'x', calendar: 'x', budgetMs: 'x' }))],
  ['an acting officer who is none', changed((entry) => (entry.actor = { role: 'kadin', actingFor: 'x' }))],
] as const)('a text that is %s is a finding, and ends no other', async (_what, text) => {
  await store(text());
  for (const kind of KINDS) {
    const { items } = (await ask<{ items: Found[] }>(`/inspection/findings?${PERIOD}&kind=${kind}`)).body;
    const unreadable = { kind: 'UNREADABLE', caseId: broken.id, seq: SEQ, detail: { hash } };
    if (kind === 'UNREADABLE') expect(items).toMatchObject([unreadable]);
    else expect(items.map((item) => item.kind)).not.toContain('UNREADABLE');
  }
});

it('free text that cannot be read is shown as that', async () => {
  await store(whole);
  const { owner } = server.database;
  await owner.query(`UPDATE case_payloads SET data = '{"note' WHERE case_id = $1`, [broken.id]);
  await owner.query(`UPDATE case_applicants SET data = 'null' WHERE case_id = $1`, [broken.id]);
  const { body } = await server.http.get<{ applicant: object; remarks: { text: object }[] }>(
    'inspektur',
    `/inspection/cases/${broken.id}/personal`,
    { reason: 'Aduan 12/INSP/2026: teks rusak' },
  );
  expect(body.applicant).toEqual({ UNREADABLE: true });
  expect(body.remarks.length).toBeGreaterThan(0);
  for (const { text } of body.remarks) expect(text).toEqual({ UNREADABLE: true });
  const { entries } = (await ask<{ entries: { remarks: object | null }[] }>(`/cases/${broken.id}/history`, 'kasi'))
    .body;
  expect(entries.some(({ remarks }) => JSON.stringify(remarks) === '{"UNREADABLE":true}')).toBe(true);
});

it('what another parser than that of bodies refuses was not sent by the caller', () => {
  for (const error of [
    new SyntaxError('Unexpected end of JSON input'),
    new HttpException('x', 400, { cause: new SyntaxError('y') }),
  ]) {
    expect(asAppError(error, 1)?.code).not.toBe('MALFORMED_JSON');
  }
  expect(asAppError(new SyntaxError('x'), 1)).toBeNull();
});
