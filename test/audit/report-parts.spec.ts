/** The report in its other shapes: every table as CSV, true totals beside lists that are cut, and on paper the checkpoint to scan. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { AuditReport } from '../../src/audit/report.types.js';
import { PARTS } from '../../src/audit/report.csv.js';
import { LISTS } from '../../src/audit/audit.types.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp, type TestApp } from '../support/app.js';
import { parseCsv } from '../support/csv.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type ProblemBody } from '../support/http.js';
import { readQr } from '../support/qr.js';
import { expectProblem } from '../support/refused.js';

const PERIOD = 'from=2026-11-23T00:00:00Z&to=2026-11-26T00:00:00Z';
const PATH = `/inspection/report?${PERIOD}`;
const MOST = 500;
const OVERDUE = 503;
const REFUSED = 612;

let server: TestApp;
let late: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300', LOG_CHECKPOINT_SECONDS: '1' } });
  const { http, database } = server;
  await database.setNow('2026-11-23T02:00:00Z');
  const waiting = await http.driveTo('followUp');
  const hold = { cause: 'WAITING_FOR_APPLICANT', reason: 'Menunggu foto kegiatan' };
  await http.event('kabid', waiting.id, waiting.stepSeq, 'HOLD', hold);
  await http.driveTo('archived');
  late = await http.open();
  await database.setNow('2026-11-24T02:30:00Z');
  await server.drain();
  await crowd();
  await eventually('a checkpoint', async () => (await report()).integrity.checkpoint !== null);
}, 60_000);
afterAll(() => server.stop());

/** More late cases and more refusals than the report lists. */
async function crowd(): Promise<void> {
  const { owner } = server.database;
  await owner.query(`CREATE TABLE copies AS SELECT gen_random_uuid() AS id, n FROM generate_series(2, ${OVERDUE}) n`);
  const copy = (table: string, id: string, more: string) =>
    owner.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(c, jsonb_build_object('${id}', copies.id ${more}))).*
       FROM ${table} c, copies WHERE c.${id} = $1`,
      [late.id],
    );
  await copy('cases', 'id', `, 'case_no', 'SALINAN-' || n`);
  await copy('case_desks', 'case_id', '');
  await owner.query(
    `INSERT INTO refused_attempts SELECT office_id, '2026-11-23T03:00:00Z'::timestamptz + n * interval '1 minute', id,
       '00000000-0000-0000-0000-000000000000', 'POST /x', '00000000-0000-0000-0000-000000000000', 'FORBIDDEN', '{}', 1
     FROM accounts, generate_series(1, ${REFUSED}) n WHERE id = $1`,
    [accountId('staf')],
  );
}

const report = async () => (await server.http.get<AuditReport>('inspektur', PATH)).body;
const part = async (name: string) => {
  const reply = await server.http.get('inspektur', `${PATH}&format=csv&part=${name}`);
  const { headers, status } = reply;
  expect([name, status, headers.get('content-type')]).toEqual([name, 200, expect.stringContaining('text/csv')]);
  const [columns, ...rows] = parseCsv(reply.text);
  return rows.map((row) => Object.fromEntries(columns!.map((column, n) => [column, row[n]])));
};
const shown = (value: unknown) => {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};
const asText = (row: object, columns: readonly string[]) =>
  Object.fromEntries(columns.map((column) => [column, shown((row as Record<string, unknown>)[column])]));

it('as CSV has every list, column by column what the JSON says', async () => {
  const { lists, overdueNow, refusedAttempts, findings, notices, integrity } = await report();
  const expected: Readonly<Record<string, readonly object[]>> = {
    ...lists,
    overdueNow,
    refusedAttempts,
    findings: findings.items,
    notices,
    broken: integrity.broken,
  };
  expect([...Object.keys(expected), 'entries', 'header'].sort()).toEqual([...PARTS].sort());
  const full = [...LISTS.filter((name) => lists[name].length > 0)];
  expect(full).toEqual(expect.arrayContaining(['breaches', 'holds', 'outsideSop']));
  for (const [name, items] of Object.entries(expected)) {
    const rows = await part(name);
    const columns = Object.keys(rows[0] ?? {});
    expect([name, rows]).toEqual([name, items.map((item) => asText(item, columns))]);
    // Nothing of an item is left out but the id that its number stands for.
    for (const item of items.slice(0, 1)) {
      expect(
        Object.keys(item)
          .filter((key) => key !== 'caseId')
          .sort(),
      ).toEqual([...columns].sort());
    }
  }
});

it('as CSV has its header, with the verdict and the checkpoint', async () => {
  const { header, integrity, totals, findings } = await report();
  const rows = await part('header');
  const value = (name: string) => rows.find((row) => row.name === name)?.value;
  expect(value('office')).toBe(header.office.code);
  for (const name of ['from', 'to', 'fromLocal', 'toLocal', 'madeBy'] as const) expect(value(name)).toBe(header[name]);
  expect(value('madeAt')).toMatch(/^2026-11-24T/);
  expect(value('sopHash')).toBe(header.services[0]!.machineHash);
  expect([value('integrity'), value('cases')]).toEqual([integrity.result, String(integrity.cases)]);
  expect(value('overdueNow')).toBe(String(totals.overdueNow));
  expect(value('findings TWO_ROLES')).toBe(String(findings.counts.TWO_ROLES));
  expect(value('checkpoint')).toMatch(/\n\n\u2014 /);
});

it('says how many there are of what it lists up to 500, in JSON and on paper', async () => {
  const { overdueNow, refusedAttempts, totals } = await report();
  expect([overdueNow.length, refusedAttempts.length]).toEqual([MOST, MOST]);
  expect(totals).toEqual({ overdueNow: OVERDUE, refusedAttempts: REFUSED });
  const words = (JSON.parse(await read('pdf-text.mjs')) as string[]).join('\n');
  expect(words).toContain(`Terlambat saat ini (${MOST} dari ${OVERDUE})`);
  expect(words).toContain(`Percobaan yang ditolak (${MOST} dari ${REFUSED})`);
}, 300_000);

let printed: Promise<ArrayBuffer> | null = null;
async function print(): Promise<ArrayBuffer> {
  const authorization = `Bearer ${await server.http.token('inspektur')}`;
  return (await fetch(`${server.http.base}/api/v1${PATH}&format=pdf`, { headers: { authorization } })).arrayBuffer();
}

/** Of the printed report, by a program of its own; while it reads, the server goes on. */
async function read(program: string): Promise<string> {
  printed ??= print();
  const input = Buffer.from(await printed);
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'test/support', program)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '' },
  });
  child.stdin.end(input);
  return text(child.stdout);
}

it('has on every page the newest checkpoint as a QR code that reads as it was signed', async () => {
  const pages = JSON.parse(await read('pdf-qr.mjs')) as (string[] | null)[];
  const { note } = (await report()).integrity.checkpoint!;
  const older = (await server.http.get<{ items: { note: string }[] }>('inspektur', '/inspection/checkpoints?limit=100'))
    .body.items;
  expect(pages.length).toBeGreaterThan(2);
  const texts = pages.map((rows) => readQr(rows!.map((row) => Array.from(row, (module) => module === '1'))));
  expect(new Set(texts).size).toBe(1);
  // Asking for the report is itself in the log: the next one may have a newer checkpoint.
  expect([note, ...older.map((one) => one.note)]).toContain(texts[0]);
}, 300_000);

it('refuses a part that is none, and a part of what has all of them', async () => {
  expectProblem(await server.http.get<ProblemBody>('inspektur', `${PATH}&format=csv&part=cases`), 'INVALID_INPUT');
  expectProblem(await server.http.get<ProblemBody>('inspektur', `${PATH}&part=findings`), 'INVALID_INPUT');
  expectProblem(await server.http.get<ProblemBody>('inspektur', `${PATH}&format=pdf&part=entries`), 'INVALID_INPUT');
});
