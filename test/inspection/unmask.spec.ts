/** Personal data for an inspector: masked everywhere, shown for a reason, on record before it is shown (S9, issue of privacy). */
import { startApp, type TestApp } from '../support/app.js';
import { accountId, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Unmasked {
  readonly caseNo: string;
  readonly applicant: Readonly<Record<string, string>> | null;
  readonly remarks: readonly { seq: number; text: { reason?: string } }[];
  readonly letters: readonly { book: string; letter: Readonly<Record<string, string>> }[];
}

const WHY = 'Aduan 12/INSP/2026: pemohon menyangkal – periksa';
const REASON = 'Menunggu foto kegiatan';

let server: TestApp;
let one: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  const waiting = await server.http.driveTo('followUp');
  const payload = { cause: 'WAITING_FOR_APPLICANT', reason: REASON };
  one = (await server.http.event('kabid', waiting.id, waiting.stepSeq, 'HOLD', payload)).body;
});
afterAll(() => server.stop());

const unmask = (reason?: string, person: Person = 'inspektur', id = one.id, behalf = '') =>
  server.http.get<Unmasked & ProblemBody>(
    person,
    `/inspection/cases/${id}/personal`,
    // As a client that sends UTF-8 does: fetch itself takes Latin-1 only.
    {
      ...(reason !== undefined && { reason: Buffer.from(reason).toString('latin1') }),
      ...(behalf !== '' && { 'on-behalf-of': behalf }),
    },
  );
const traces = async () => {
  const { rows } = await server.database.owner.query<{ reads: string[]; records: string[] }>(
    `SELECT ARRAY(SELECT reason FROM personal_reads WHERE case_id = $1 AND account_id = $2 ORDER BY at) AS reads,
       ARRAY(SELECT entry FROM records WHERE kind = 'PERSONAL_DATA_READ' AND actor_id = $2 ORDER BY seq) AS records`,
    [one.id, accountId('inspektur')],
  );
  return rows[0]!;
};

it('is shown with a reason, which is kept with the reader; the log has the read and not the reason', async () => {
  const before = await traces();
  const { status, body } = await unmask(WHY);
  expect(status).toBe(200);
  expect(body).toMatchObject({ caseNo: one.caseNo, applicant: { name: 'Nama Pemohon' } });
  expect(body.remarks.map(({ text }) => text.reason)).toContain(REASON);
  expect(body.letters).toMatchObject([{ book: 'incoming' }]);
  const after = await traces();
  expect(after.reads).toEqual([...before.reads, WHY]);
  expect(after.records).toHaveLength(before.records.length + 1);
  expect(JSON.parse(after.records.at(-1)!)).toMatchObject({ actor: accountId('inspektur'), facts: { case: one.id } });
  expect(after.records.at(-1)).not.toContain('Aduan');
});

it.each([
  ['no reason', undefined],
  ['one that says nothing', 'audit'],
  ['blanks', ' '.repeat(40)],
  ['dots', '.'.repeat(40)],
  ['one too long', 'x'.repeat(501)],
])('is refused with %s, and nothing is recorded', async (_, reason) => {
  const before = await traces();
  const refusal = await unmask(reason);
  expectProblem(refusal, 'INVALID_INPUT');
  expect(refusal.body.issues).toMatchObject([{ path: 'Reason' }]);
  expect(await traces()).toEqual(before);
});

it('is refused to everybody else, and of cases that are not there or of another office', async () => {
  for (const person of ['staf', 'kasi', 'kadin', 'admin', 'demo-client'] as const) {
    expectProblem(await unmask(WHY, person), 'FORBIDDEN');
  }
  // An application may act for an inspector, but not look at people.
  expectProblem(await unmask(WHY, 'demo-client', one.id, 'inspektur'), 'FORBIDDEN');
  const elsewhere = await server.http.inOffice(2).open();
  for (const id of [elsewhere.id, '01a20f7c-1eb6-7236-b9a1-40272f408dc1']) {
    expectProblem(await unmask(WHY, 'inspektur', id), 'NOT_FOUND');
  }
});

it('stays masked wherever no reason is given', async () => {
  for (const path of [
    `/cases/${one.id}`,
    `/cases/${one.id}/history`,
    `/inspection/cases/${one.id}/history`,
    `/inspection/cases/${one.id}/state`,
  ]) {
    const { status, text } = await server.http.get('inspektur', path);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toContain('Nama Pemohon');
    expect(text).not.toContain(REASON);
  }
});
