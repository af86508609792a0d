/** npm run personal: everything held on one person, and its lawful end, after which the history still verifies. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { accountId, type CaseBody } from '../support/http.js';
import { Program } from '../support/program.js';

const NAME = 'Burhan Canary Pemohon';
const WHY = 'Aduan 12 tahun 2020: periksa pemohon';
const NOTE = 'keterangan canary yang pribadi';
let server: TestApp;
let closed: CaseBody;
let open: CaseBody;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await server.database.setNow('2020-01-12T03:00:00Z');
  closed = await caseOf(NAME);
  const paper = await upload(closed);
  expect(paper.status).toBe(201);
  closed = await server.http.driveTo('archived', (await server.http.get<CaseBody>('staf', `/cases/${closed.id}`)).body);
  open = await caseOf(NAME.toUpperCase());
  await caseOf('Somebody Else');
  // A client reads it, and an inspector of another office: that is on record.
  await server.http.get('demo-client', `/cases/${closed.id}`);
  const letter = { letterNumber: '700/41/ST/2020', until: '2099-01-01T00:00:00Z' };
  const mandate = { accountId: accountId('inspektur', 2), ...letter };
  expect((await server.http.post('admin', '/admin/inspection-mandates', mandate)).status).toBe(201);
  const asked = { 'inspect-office': 'contoh', reason: WHY };
  await server.http.inOffice(2).get('inspektur', `/inspection/cases/${closed.id}/personal`, asked);
});
afterAll(() => server.stop());

async function caseOf(name: string): Promise<CaseBody> {
  const applicant = { ...service.applicantExample, name };
  const { body } = await server.http.post<CaseBody>('staf', '/cases', { service: service.id, applicant });
  return body;
}

async function upload({ id, stepSeq }: CaseBody) {
  const form = new FormData();
  form.set('kind', 'CASE_FILE');
  form.set('note', NOTE);
  form.set('file', new Blob([`%PDF-1.4\n${'x'.repeat(400)}\n%%EOF`], { type: 'application/pdf' }), 'scan.pdf');
  return server.http.send('staf', 'POST', `/cases/${id}/documents`, form, { 'if-match': `"${stepSeq}"` });
}

async function personal(...args: string[]) {
  const environment = { MIGRATION_DATABASE_URL: server.database.superuserUrl, DATA_DIR: server.dataDir };
  const program = new Program([join('scripts', 'run.mjs'), 'personal', ...args], environment);
  return { code: await program.ended(), out: program.out, err: program.err };
}

async function everyRow(): Promise<string> {
  const tables = [
    'cases',
    'case_applicants',
    'case_payloads',
    'history',
    'agenda_entries',
    'notices',
    'admin_log',
    'case_desks',
  ];
  const texts = tables.map((table) => `SELECT t::text AS row FROM ${table} t`).join(' UNION ALL ');
  return JSON.stringify((await server.database.owner.query(texts)).rows);
}

it('gathers everything held on one person, and nothing of another', async () => {
  const { code, out } = await personal('gather', '--office', 'contoh', '--name', NAME);
  expect(code).toBe(0);
  const held = JSON.parse(out) as { caseNo: string; remarks: object[]; documents: string[]; reads: { by: string }[] }[];
  expect(held.map(({ caseNo }) => caseNo)).toEqual([closed.caseNo, open.caseNo]);
  expect(JSON.stringify(held[0])).toContain(NOTE);
  expect(held[0]?.documents).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(held[0]?.reads).toMatchObject([{ by: 'demo-client' }, { by: 'inspektur.kilat', reason: WHY }]);
  expect(out).not.toContain('Somebody Else');
  const { body } = await server.http.get<{ items: { action: string; subjectId: string; actor: null }[] }>(
    'admin',
    '/admin/log',
  );
  const gathered = body.items.filter(({ action }) => action === 'gather-personal-data');
  expect(gathered.map(({ subjectId, actor }) => [subjectId, actor]).sort()).toEqual(
    [closed, open].map(({ id }) => [id, null]).sort(),
  );
  expect(JSON.stringify(gathered).toLowerCase()).not.toContain(NAME.toLowerCase());
}, 60_000);

it('gathers where somebody has broken an entry', async () => {
  const { owner } = server.database;
  const write = (entry: string) =>
    owner.query('UPDATE history SET entry = $2 WHERE case_id = $1 AND seq = 1', [open.id, entry]);
  const { rows } = await owner.query<{ entry: string }>('SELECT entry FROM history WHERE case_id = $1 AND seq = 1', [
    open.id,
  ]);
  await owner.query('ALTER TABLE history DISABLE TRIGGER ALL');
  await write('{"seq"');
  const { code, out } = await personal('gather', '--office', 'contoh', '--name', NAME);
  await write(rows[0]!.entry);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toHaveLength(2);
}, 60_000);

it('destroys nothing before its time, of an open case, or of another office', async () => {
  const before = await everyRow();
  for (const [office, caseNo] of [
    ['contoh', closed.caseNo],
    ['contoh', open.caseNo],
    ['kilat', closed.caseNo],
  ] as const) {
    expect(await personal('destroy', '--office', office, '--case', caseNo, '--years', '5')).toMatchObject({ code: 1 });
  }
  expect(await everyRow()).toBe(before);
}, 60_000);

it('destroys what is personal of a case after its retention; its history verifies and replays as before', async () => {
  await server.database.setNow('2026-11-22T03:00:00Z');
  const folder = join(server.dataDir, 'documents');
  const history = () => server.http.get('inspektur', `/inspection/cases/${closed.id}/history`);
  const before = await history();
  const done = await personal('destroy', '--office', 'contoh', '--case', closed.caseNo, '--years', '5');
  expect(done).toMatchObject({ code: 0, err: '' });

  const rows = await everyRow();
  expect(rows).not.toContain(NAME);
  expect(rows).not.toContain(NOTE);
  // The open case of the same person is held on.
  expect(rows).toContain(NAME.toUpperCase());
  expect(existsSync(join(folder, String(await officeOf()), closed.id))).toBe(false);
  expect((await history()).body).toEqual(before.body);
  const verdict = await server.http.get('inspektur', `/inspection/cases/${closed.id}/verify`);
  expect(verdict.body).toMatchObject({ result: 'PASS', lastHash: closed.receipt.hash });
  const seen = await server.http.get<CaseBody & { applicant: null }>('staf', `/cases/${closed.id}`);
  expect(seen.body).toMatchObject({ state: 'archived', applicant: null });
  const replay = new Program([join('scripts', 'run.mjs'), 'replay'], { DATABASE_URL: server.database.appUrl });
  expect([await replay.ended(), replay.out]).toEqual([0, expect.stringContaining(' 0 differences')]);
  const { rows: record } = await server.database.owner.query(
    'SELECT subject_id AS id FROM admin_log WHERE action = $1',
    ['destroy-personal-data'],
  );
  expect(record).toEqual([{ id: closed.id }]);
}, 90_000);

async function officeOf(): Promise<unknown> {
  const { rows } = await server.database.owner.query<{ id: string }>(
    'SELECT office_id AS id FROM cases WHERE id = $1',
    [closed.id],
  );
  return rows[0]?.id;
}
