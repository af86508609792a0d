/** The inspector's doors over HTTP: a true history passes, and one that a superuser has changed fails at its first bad entry. */
import { createHash, randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Person, ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Verdict {
  readonly id: string;
  readonly caseNo: string;
  readonly result: 'PASS' | 'FAIL';
  readonly entries: number;
  readonly lastHash: string | null;
  readonly firstBad: { seq: number; reason: string } | null;
}
interface Item {
  readonly seq: number;
  readonly event: string;
  readonly usedMinutes: number | null;
  readonly budgetMinutes: number | null;
  readonly verdict: string | null;
  readonly actor: { login: string; role: string } | null;
  readonly remarks: object | null;
  readonly text: string;
  readonly hash: string;
  readonly prev: string;
}

/** Tuesday 09.00 WIB, inside a window. */
const OPENED = '2026-11-24T02:00:00Z';
const SUNDAY = '2026-11-22T03:00:00Z';
/** Opening and the nine events of the printed path. */
const ENTRIES = 10;
const leaf = (text: string) => createHash('sha256').update(`\0${text}`, 'utf8').digest();

let server: TestApp;
let done: CaseBody;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow(SUNDAY);
  await server.database.owner.query('ALTER TABLE history DISABLE TRIGGER ALL');
});
afterAll(() => server.stop());
beforeEach(async () => {
  done = await server.http.driveTo('archived');
});

const ask = <Body>(what: 'history' | 'verify', person: Person = 'inspektur', id = done.id) =>
  server.http.get<Body>(person, `/inspection/cases/${id}/${what}`);
const verify = async () => (await ask<Verdict>('verify')).body;
const sql = async (text: string, ...values: unknown[]) => {
  const { rowCount } = await server.database.owner.query(text, [done.id, ...values]);
  expect(rowCount).toBeGreaterThan(0);
};
const entryOf = async (seq: number) => {
  const query = 'SELECT entry FROM history WHERE case_id = $1 AND seq = $2';
  const { rows } = await server.database.owner.query<{ entry: string }>(query, [done.id, seq]);
  return rows[0]?.entry ?? '';
};
const expectFirstBad = async (seq: number, reason: RegExp) => {
  expect(await verify()).toEqual({
    id: done.id,
    caseNo: done.caseNo,
    result: 'FAIL',
    entries: expect.any(Number) as number,
    lastHash: null,
    firstBad: { seq, reason: expect.stringMatching(reason) as string },
  });
};

describe('a history nobody touched', () => {
  it('passes, with its length and the hash the last receipt named', async () => {
    expect(await verify()).toEqual({
      id: done.id,
      caseNo: done.caseNo,
      result: 'PASS',
      entries: ENTRIES,
      lastHash: done.receipt.hash,
      firstBad: null,
    });
  });

  it('is shown whole: used and budget minutes, and texts that are hashed to what stands beside them', async () => {
    await server.database.setNow(OPENED);
    const opened = await server.http.open();
    await server.database.setNow('2026-11-24T02:02:00Z');
    const next = await server.http.event('staf', opened.id, opened.stepSeq, 'RECEIVE_APPLICANT');
    await server.database.setNow('2026-11-24T02:10:00Z');
    await server.http.event('staf', opened.id, next.body.stepSeq, 'REGISTER_LETTER');
    await server.database.setNow(SUNDAY);
    const { body } = await ask<{ caseNo: string; entries: Item[] }>('history', 'inspektur', opened.id);
    expect(body.caseNo).toBe(opened.caseNo);
    const acts = body.entries.filter(({ actor }) => actor !== null);
    expect(acts.map(({ event, actor }) => [event, actor?.login, actor?.role])).toEqual([
      ['OPENED', 'staf', 'staff'],
      ['RECEIVE_APPLICANT', 'staf', 'staff'],
      ['REGISTER_LETTER', 'staf', 'staff'],
    ]);
    const [, received, registered] = acts;
    expect(received).toMatchObject({ budgetMinutes: 3, verdict: 'ON_TIME' });
    expect(registered).toMatchObject({ budgetMinutes: 5, verdict: 'LATE' });
    // The database's clock runs on between two settings.
    expect(received?.usedMinutes).toBeCloseTo(2, 0);
    expect(registered?.usedMinutes).toBeCloseTo(8, 0);
    let prev = '0'.repeat(64);
    for (const [index, item] of body.entries.entries()) {
      expect([item.seq, item.prev, item.hash]).toEqual([index + 1, prev, leaf(item.text).toString('hex')]);
      expect(JSON.parse(item.text)).toMatchObject({ seq: item.seq, event: item.event, case: opened.id });
      expect(item.remarks).toBeNull();
      prev = item.hash;
    }
  });

  it('passes although free text or the applicant was lawfully destroyed', async () => {
    await sql('DELETE FROM case_payloads WHERE case_id = $1 AND seq = 3');
    expect((await verify()).result).toBe('PASS');
    await sql('DELETE FROM case_payloads WHERE case_id = $1');
    await sql('DELETE FROM case_applicants WHERE case_id = $1');
    expect(await verify()).toMatchObject({ result: 'PASS', entries: ENTRIES });
  });
});

describe('a superuser who', () => {
  it.each([1, 5, ENTRIES])('changes one byte of entry %i is found there', async (seq) => {
    const byte = `overlay(entry placing 'X' from position('"event"' in entry) + 9 for 1)`;
    await sql(`UPDATE history SET entry = ${byte} WHERE case_id = $1 AND seq = $2`, seq);
    await expectFirstBad(seq, /not the hash of the stored text/);
  });

  it('changes an entry and its hash is found at the next one', async () => {
    const forged = (await entryOf(5)).replace('"ON_TIME"', '"LATE"');
    await sql('UPDATE history SET entry = $2, hash = $3 WHERE case_id = $1 AND seq = 5', forged, leaf(forged));
    await expectFirstBad(6, /does not follow/);
  });

  it('changes the last entry and its hash is found at the case', async () => {
    const forged = (await entryOf(ENTRIES)).replace('"ON_TIME"', '"LATE"');
    const change = 'UPDATE history SET entry = $2, hash = $3 WHERE case_id = $1 AND seq = $4';
    await sql(change, forged, leaf(forged), ENTRIES);
    await expectFirstBad(ENTRIES, /another last hash/);
  });

  it('deletes a row in the middle is found at the gap', async () => {
    await sql('DELETE FROM history WHERE case_id = $1 AND seq = 4');
    await expectFirstBad(4, /missing/);
  });

  it('deletes a row and closes up the numbers is found at the same place', async () => {
    await sql('DELETE FROM history WHERE case_id = $1 AND seq = 4');
    for (let seq = 5; seq <= ENTRIES; seq++) {
      await sql('UPDATE history SET seq = seq - 1 WHERE case_id = $1 AND seq = $2', seq);
    }
    await sql('UPDATE cases SET version = version - 1 WHERE id = $1');
    await expectFirstBad(4, /does not follow/);
  });

  it('deletes the tail is found behind what is left', async () => {
    await sql('DELETE FROM history WHERE case_id = $1 AND seq > 7');
    await expectFirstBad(8, /counts 10 entries/);
  });

  it('deletes everything is found at the first', async () => {
    await sql('DELETE FROM history WHERE case_id = $1');
    await expectFirstBad(1, /no entry at all/);
  });

  it('exchanges two rows is found at the first of them', async () => {
    for (const [from, to] of [
      [4, 1000],
      [6, 4],
      [1000, 6],
    ]) {
      await sql('UPDATE history SET seq = $3 WHERE case_id = $1 AND seq = $2', from, to);
    }
    await expectFirstBad(4, /does not follow/);
  });

  it('changes free text is found at the act it belongs to', async () => {
    await sql(`UPDATE case_payloads SET data = '{"instruction":"Tolak saja."}' WHERE case_id = $1 AND seq = 4`);
    await expectFirstBad(4, /commitment/);
  });

  it('changes the applicant is found at the opening', async () => {
    await sql(`UPDATE case_applicants SET data = replace(data, 'Desa', 'Kota') WHERE case_id = $1`);
    await expectFirstBad(1, /commitment/);
  });
});

describe('the doors', () => {
  const OTHERS: Person[] = ['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'admin', 'demo-client'];

  it.each(OTHERS)('are closed to %s', async (person) => {
    for (const what of ['history', 'verify'] as const) expectProblem(await ask<ProblemBody>(what, person), 'FORBIDDEN');
  });

  it.each(['history', 'verify'] as const)(
    "answer another office's case (%s) like one that is not there",
    async (what) => {
      const foreign = await server.http
        .inOffice(2)
        .get<ProblemBody>('inspektur', `/inspection/cases/${done.id}/${what}`);
      const unknown = await ask<ProblemBody>(what, 'inspektur', randomUUID());
      for (const reply of [foreign, unknown]) expectProblem(reply, 'NOT_FOUND');
      const bare = ({ body }: typeof foreign) => ({ ...body, requestId: null });
      expect(bare(foreign)).toEqual(bare(unknown));
    },
  );
});
