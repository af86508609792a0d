/** The audit report: in three formats it says what the histories say, and it is on record; it carries nothing personal. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { AuditReport } from '../../src/audit/report.types.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp, type TestApp } from '../support/app.js';
import { parseCsv } from '../support/csv.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

const FROM = '2026-11-23T00:00:00Z';
const TO = '2026-11-26T00:00:00Z';
const REASON = 'Menunggu foto kegiatan, nomor 0812';
const LETTER = '800/77/Plh/2026';

let server: TestApp;
let before: CaseBody;
let done: CaseBody;
let held: CaseBody;
let acted: CaseBody;
let late: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300', LOG_CHECKPOINT_SECONDS: '1' } });
  const { http, database } = server;
  await database.setNow('2026-11-20T02:00:00Z');
  before = await http.open();
  await http.event('kasi', before.id, before.stepSeq, 'CANCEL');
  await database.setNow('2026-11-23T02:00:00Z');
  done = await http.driveTo('archived');
  const waiting = await http.driveTo('followUp');
  held = (
    await http.event('kabid', waiting.id, waiting.stepSeq, 'HOLD', { cause: 'WAITING_FOR_APPLICANT', reason: REASON })
  ).body;
  // The secretary acts for the head, by a letter.
  await database.owner.query(
    `INSERT INTO role_grants (office_id, id, account_id, role, valid_from, valid_until, acting_for, letter_number)
     SELECT office_id, gen_random_uuid(), $1, 'kadin', '2026-01-01', 'infinity', $2, $3 FROM accounts WHERE id = $1`,
    [accountId('sekdin'), accountId('kadin'), LETTER],
  );
  await database.setNow('2026-11-23T02:10:00Z');
  acted = await http.driveTo('headDisposition');
  await eventually('the acting order is known', async () => {
    const { status } = await http.event('sekdin', acted.id, acted.stepSeq, 'ISSUE_DISPOSITION');
    return status === 200;
  });
  await database.setNow('2026-11-24T02:00:00Z');
  late = await http.open();
  await database.setNow('2026-11-24T02:30:00Z');
  await server.drain();
  await http.inOffice(2).open();
}, 60_000);
afterAll(() => server.stop());

const ask = (query = '', headers: Record<string, string> = {}) =>
  server.http.get<AuditReport & ProblemBody>('inspektur', `/inspection/report?from=${FROM}&to=${TO}${query}`, headers);
const historyOf = async (id: string) =>
  (await server.http.get<{ entries: { seq: number; event: string }[] }>('inspektur', `/inspection/cases/${id}/history`))
    .body.entries;

it('has every case of the period with its whole history, each chain checked', async () => {
  const { status, body } = await ask();
  expect(status).toBe(200);
  const numbers = body.cases.map(({ caseNo }) => caseNo);
  expect(numbers).toEqual(expect.arrayContaining([done.caseNo, held.caseNo, late.caseNo]));
  expect(numbers).toHaveLength(4);
  expect(numbers).not.toContain(before.caseNo);
  for (const { id, entries, integrity } of body.cases) {
    expect(entries.map(({ seq, event }) => [seq, event])).toEqual(
      (await historyOf(id)).map(({ seq, event }) => [seq, event]),
    );
    expect(integrity).toBe('PASS');
  }
  expect(body.integrity).toMatchObject({ result: 'PASS', cases: 4, broken: [] });
  expect(body.integrity.entries).toBe(body.cases.reduce((sum, { entries }) => sum + entries.length, 0));
  expect(body.cases[0]!.entries[0]).toMatchObject({
    atLocal: expect.stringMatching(/^2026-11-23 09:00:\d\d WIB$/) as string,
  });
});

it('says which office, procedure, period and inspector it is of', async () => {
  const { header } = (await ask()).body;
  expect(header).toMatchObject({
    from: '2026-11-23T00:00:00.000Z',
    to: '2026-11-26T00:00:00.000Z',
    fromLocal: '2026-11-23 07:00:00 WIB',
    madeBy: 'inspektur',
    services: [{ service: 'kim-member-service', sopNumber: '427.53/4/01.01/2018', machineVersion: 1 }],
  });
  expect(header.services[0]!.machineHash).toMatch(/^[0-9a-f]{64}$/);
});

it('lists breaches, holds, acts outside the SOP and of acting officers, and what is overdue', async () => {
  const { lists, overdueNow, notices } = (await ask()).body;
  expect(lists.breaches).toMatchObject([
    { caseNo: acted.caseNo, actor: null, stepNo: 4 },
    { caseNo: late.caseNo, actor: null, stepNo: 1 },
  ]);
  expect(lists.holds).toMatchObject([
    { caseNo: held.caseNo, event: 'HOLD', actor: 'kabid', detail: { reason: 'WAITING_FOR_APPLICANT' } },
  ]);
  expect(lists.outsideSop.map(({ event }) => event)).toEqual(['HOLD']);
  expect(lists.acting).toMatchObject([
    { event: 'ISSUE_DISPOSITION', actor: 'sekdin', detail: { letterNumber: LETTER } },
  ]);
  expect(lists.reDispositions).toEqual([]);
  expect(overdueNow.map(({ caseNo }) => caseNo)).toContain(late.caseNo);
  // On hold since yesterday: the clock stands still.
  expect(overdueNow.map(({ caseNo }) => caseNo)).not.toContain(held.caseNo);
  expect(notices).toContainEqual(expect.objectContaining({ kind: 'SLA_BREACH', notices: 2, acknowledged: 0 }));
});

it('lists what happened in the period, of cases whose history began before it', async () => {
  const path = `/inspection/report?from=2026-11-24T00:00:00Z&to=${TO}`;
  const { cases, lists } = (await server.http.get<AuditReport>('inspektur', path)).body;
  expect(cases.map(({ caseNo }) => caseNo)).toEqual([acted.caseNo, late.caseNo]);
  expect(cases[0]!.entries.map(({ event }) => event)).toContain('ISSUE_DISPOSITION');
  expect(lists.breaches).toHaveLength(2);
  expect(lists.acting).toEqual([]);
});

it('as CSV has one row for each entry', async () => {
  const { text, headers } = await ask('&format=csv');
  expect(headers.get('content-type')).toContain('text/csv');
  const [header, ...rows] = parseCsv(text);
  const { cases } = (await ask()).body;
  expect(rows.map(([caseNo, seq]) => [caseNo, Number(seq)])).toEqual(
    cases.flatMap(({ caseNo, entries }) => entries.map(({ seq }) => [caseNo, seq])),
  );
  expect(rows.every((row) => row.length === header!.length)).toBe(true);
});

describe('as PDF', () => {
  const pages = async (language: string) => {
    const url = `${server.http.base}/api/v1/inspection/report?from=${FROM}&to=${TO}&format=pdf`;
    const authorization = `Bearer ${await server.http.token('inspektur')}`;
    const response = await fetch(url, { headers: { authorization, 'accept-language': language } });
    expect(response.headers.get('content-type')).toBe('application/pdf');
    const input = Buffer.from(await response.arrayBuffer());
    const read = spawnSync(process.execPath, [join(PROJECT_ROOT, 'test/support/pdf-text.mjs')], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '' },
    });
    return JSON.parse(read.stdout) as string[];
  };

  it('is Indonesian, has every case, and the newest checkpoint on each page', async () => {
    await eventually('a checkpoint', async () => (await ask()).body.integrity.checkpoint !== null);
    const printed = await pages('');
    const whole = printed.join('\n');
    expect(whole).toContain('Laporan pemeriksaan');
    for (const { caseNo } of [done, held, late]) expect(whole).toContain(caseNo);
    expect(whole).not.toContain(before.caseNo);
    const { note } = (await ask()).body.integrity.checkpoint!;
    const origin = note.split('\n')[0]!;
    expect(printed.length).toBeGreaterThan(1);
    for (const [index, page] of printed.entries()) {
      expect(page).toContain(origin);
      expect(page).toContain(`Halaman ${index + 1} dari ${printed.length}`);
    }
  });

  it('is English for who prefers that', async () => {
    expect((await pages('en')).join('\n')).toContain('Audit report');
  });
});

it('has neither free text nor applicants, in any format', async () => {
  for (const format of ['json', 'csv']) {
    const { text } = await ask(`&format=${format}`);
    expect(text).not.toContain(REASON);
    expect(text).not.toContain('Nama Pemohon');
  }
});

it('is on record, with who asked and for what', async () => {
  const count = async () => {
    const { rows } = await server.database.owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM records WHERE kind = 'REPORT_MADE' AND actor_id = $1
         AND entry::json -> 'facts' ->> 'report' = 'audit' AND entry::json -> 'facts' ->> 'format' = 'csv'`,
      [accountId('inspektur')],
    );
    return rows[0]!.n;
  };
  const earlier = await count();
  await ask('&format=csv');
  expect(await count()).toBe(earlier + 1);
});

it('names the entry at which a chain is broken', async () => {
  const { owner } = server.database;
  await owner.query('ALTER TABLE history DISABLE TRIGGER ALL');
  await owner.query(
    `UPDATE history SET entry = replace(entry, 'RECEIVE_APPLICANT', 'REGISTER_LETTER') WHERE case_id = $1 AND seq = 2`,
    [done.id],
  );
  const { integrity, cases } = (await ask()).body;
  expect(integrity).toMatchObject({ result: 'FAIL', broken: [{ caseNo: done.caseNo, seq: 2 }] });
  expect(cases.filter((one) => one.integrity === 'FAIL').map(({ caseNo }) => caseNo)).toEqual([done.caseNo]);
});

it.each([
  ['no period', '/inspection/report'],
  ['a period that ends before it begins', `/inspection/report?from=${TO}&to=${FROM}`],
  ['a format of its own', `/inspection/report?from=${FROM}&to=${TO}&format=docx`],
])('refuses %s', async (_, path) => {
  expectProblem(await server.http.get<ProblemBody>('inspektur', path), 'INVALID_INPUT');
});

it('refuses a period with more cases than the format holds, and says how many', async () => {
  await server.database.owner.query(
    `INSERT INTO history (office_id, case_id, seq, at, event, visit, entry, hash)
     SELECT office_id, gen_random_uuid(), 1, '2030-01-02', 'OPENED', 1, '{}', sha256(n::text::bytea)
     FROM (SELECT office_id FROM accounts WHERE id = $1) o, generate_series(1, 301) n`,
    [accountId('inspektur')],
  );
  const path = '/inspection/report?from=2030-01-01T00:00:00Z&to=2030-02-01T00:00:00Z&format=pdf';
  const refusal = await server.http.get<ProblemBody>('inspektur', path);
  expectProblem(refusal, 'PERIOD_TOO_LARGE');
  expect(refusal.body.params).toEqual({ cases: 301, most: 300 });
});

it('is for inspectors only', async () => {
  const path = `/inspection/report?from=${FROM}&to=${TO}`;
  for (const person of ['kasi', 'kadin', 'admin', 'staf'] as const) {
    expectProblem(await server.http.get<ProblemBody>(person, path), 'FORBIDDEN');
  }
});
