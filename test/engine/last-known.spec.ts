/** A case as this process last left it: exactly what is stored, and nobody is harmed where it no longer is. */
import { LastKnown } from '../../src/engine/last-known.js';
import { CaseStore } from '../../src/engine/store.js';
import type { CaseRow } from '../../src/engine/types.js';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Person } from '../support/http.js';
import { PATH } from '../support/http.js';

/** Officers by the history and the desk of a case who are not on record as taking part. */
const MISSING = `
WITH taking AS (
  SELECT actor_id AS id FROM history WHERE case_id = $1 AND actor_id IS NOT NULL
  UNION SELECT desk_account FROM cases WHERE id = $1 AND desk_account IS NOT NULL
)
SELECT id FROM taking EXCEPT SELECT account_id FROM case_officers WHERE case_id = $1`;

const row = (id: string, closedAt: number | null = null) => ({ officeId: 'o', id, closedAt }) as unknown as CaseRow;

describe('what is kept', () => {
  it('has an end: the one left alone for longest goes', () => {
    const known = new LastKnown(2);
    for (const id of ['a', 'b', 'a', 'c']) known.keep(row(id));
    expect(['a', 'b', 'c'].map((id) => known.get('o', id)?.id)).toEqual(['a', undefined, 'c']);
  });

  it('knows who is on record, by the row it was remembered with', () => {
    const known = new LastKnown();
    const a = { ...row('a'), lastHash: 'h' };
    known.keep(a, ['staf']);
    const asked = [a, { ...a, officeId: 'other' }, { ...a, lastHash: 'restored' }];
    expect(asked.map((one) => known.officers(one))).toEqual([['staf'], [], []]);
    known.forget('o', 'a');
    expect(known.officers(a)).toEqual([]);
  });

  it('is of open cases, and of one office', () => {
    const known = new LastKnown();
    known.keep(row('a'));
    expect(known.get('other', 'a')).toBeNull();
    known.keep(row('a', 1));
    expect(known.get('o', 'a')).toBeNull();
  });
});

describe('over HTTP', () => {
  let server: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    server = await startApp();
    other = await startApp({ beside: server, process: 'api' });
    await server.database.setNow('2026-11-24T02:00:00Z');
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
  });

  /** What this process remembers of a case, beside what the database has. */
  async function both({ id }: CaseBody): Promise<[CaseRow | null, CaseRow | null]> {
    const store = server.app.get(CaseStore, { strict: false });
    const officeId = (await officeOf(id)) ?? '';
    const { row } = await store.load({ officeId, caseId: id, actorId: officeId, key: null });
    return [store.lastKnown(officeId, id), row];
  }

  async function officeOf(id: string): Promise<string | undefined> {
    const { rows } = await server.database.owner.query<{ office: string }>(
      'SELECT office_id AS office FROM cases WHERE id = $1',
      [id],
    );
    return rows[0]?.office;
  }

  async function act(now: CaseBody, person: Person, event: string): Promise<CaseBody> {
    const reply = await server.http.event(person, now.id, now.stepSeq, event);
    expect([event, reply.status]).toEqual([event, 200]);
    return reply.body;
  }

  it('is what is stored, after each act of the path, a pause, a return, and an act that was late', async () => {
    let now = await server.http.open();
    const aside: Readonly<Record<string, readonly [Person, string][]>> = {
      REGISTER_LETTER: [
        ['staf', 'HOLD'],
        ['kasi', 'RESUME'],
      ],
      COMPLETE_SERVICE: [
        ['staf', 'RETURN_INCOMPLETE'],
        ['staf', 'RESUBMIT'],
      ],
    };
    for (const [person, , event] of PATH) {
      const acts = [...(aside[event] ?? []), [person, event] as const];
      for (const [who, what] of acts) {
        const [known, stored] = await both(now);
        expect(known).toEqual(stored);
        if (what === 'DELIVER_DISPOSITION') await server.database.setNow('2026-11-24T04:00:00Z');
        now = await act(now, who, what);
      }
    }
    expect((await both(now))[0]).toBeNull();
  });

  it('that another process has moved on within the step stops nobody', async () => {
    const opened = await server.http.open();
    expect((await other.http.event('staf', opened.id, null, 'RECORD_PAPER')).status).toBe(200);
    const [known, stored] = await both(opened);
    expect([known?.version, stored?.version]).toEqual([1, 2]);
    expect((await act(opened, 'staf', 'RECEIVE_APPLICANT')).receipt.seq).toBe(3);
  });

  it('refuses nobody: what it lacks is looked up first', async () => {
    const opened = await server.http.open();
    const lacking = { papers: ['ASSIGNMENT_LETTER', 'CASE_FILE'] };
    const refused = await server.http.event('staf', opened.id, 1, 'RECEIVE_APPLICANT', lacking);
    expect(refused.status).toBe(409);
    const paper = await other.http.event('staf', opened.id, null, 'RECORD_PAPER', { kind: 'NEWS_PRINTOUT' });
    expect(paper.status).toBe(200);
    expect((await server.http.event('staf', opened.id, 1, 'RECEIVE_APPLICANT', lacking)).status).toBe(200);
  });

  it('whoever acts, or is named for a step, takes part, by whichever process', async () => {
    let now = await server.http.open();
    for (const [index, [person, , event]] of PATH.entries()) {
      const { http } = index % 2 === 0 ? server : other;
      // What this process remembers is no longer so: nothing is written by it, and nobody is on record by that.
      const reply = await http.event(person, now.id, now.stepSeq, event);
      expect([event, reply.status]).toEqual([event, 200]);
      now = reply.body;
      const { rows } = await server.database.owner.query(MISSING, [now.id]);
      expect([event, rows]).toEqual([event, []]);
    }
  });

  it('nor is anybody left out by an act that had to be written a second time', async () => {
    const now = await server.http.driveTo('headDisposition');
    expect((await other.http.event('staf', now.id, null, 'RECORD_PAPER')).status).toBe(200);
    expect((await act(now, 'kadin', 'ISSUE_DISPOSITION')).receipt.seq).toBe(now.receipt.seq + 2);
    const { rows } = await server.database.owner.query(MISSING, [now.id]);
    expect(rows).toEqual([]);
  });

  it('does not hide that another process has moved the case to another step', async () => {
    const opened = await server.http.open();
    expect((await other.http.event('staf', opened.id, 1, 'RECEIVE_APPLICANT')).status).toBe(200);
    const stale = await server.http.event('staf', opened.id, 1, 'RECEIVE_APPLICANT');
    expect([stale.status, stale.body.code]).toEqual([412, 'STALE_CASE']);
    expect((await server.http.event('staf', opened.id, 2, 'REGISTER_LETTER')).status).toBe(200);
  });

  it('a key that was used on another case is told, and its neighbours are written', async () => {
    const cases = await Promise.all([1, 2, 3].map(() => server.http.open()));
    const key = { 'idempotency-key': 'one-for-two-cases' };
    const send = (id = '', headers = {}) => server.http.event('staf', id, 1, 'RECEIVE_APPLICANT', undefined, headers);
    expect((await send(cases[0]?.id, key)).status).toBe(200);
    const [second, third] = await Promise.all([send(cases[1]?.id, key), send(cases[2]?.id)]);
    expect([second.status, second.body.code, third.status]).toEqual([422, 'IDEMPOTENCY_MISMATCH', 200]);
  });
});
