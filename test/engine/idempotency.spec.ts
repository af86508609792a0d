/** A repeated request is the same request: one effect, and the same bytes for ever. */
import { randomUUID } from 'node:crypto';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { footprint } from '../support/footprint.js';
import { exampleOf, PATH, type CaseBody } from '../support/http.js';

const ROLES_DOOR: Readonly<Record<string, string>> = Object.fromEntries(PATH.map(([, door, event]) => [event, door]));

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const newKey = () => ({ 'idempotency-key': randomUUID() });
const newCase = { service: service.id, applicant: service.applicantExample };
const doorOf = (event: string, id: string) =>
  `/${ROLES_DOOR[event]!}/cases/${id}/${event.toLowerCase().replaceAll('_', '-')}`;

describe('a repeated key', () => {
  it('gets the same bytes and ETag and changes nothing, also after the case has moved on to its end', async () => {
    const openKey = newKey();
    const opened = await server.http.post<CaseBody>('staf', '/cases', newCase, openKey);
    expect(opened.status).toBe(201);
    const { id } = opened.body;
    const sent: { again: () => ReturnType<typeof step>; text: string; etag: string | null }[] = [];
    const step = ([person, , event]: (typeof PATH)[number], seq: number, key: Record<string, string>) =>
      server.http.post<CaseBody>(person, doorOf(event, id), exampleOf(event), { 'if-match': `"${seq}"`, ...key });
    let seq = opened.body.stepSeq;
    for (const act of PATH) {
      const key = newKey();
      const from = seq;
      const again = () => step(act, from, key);
      const { status, text, headers, body } = await again();
      expect([act, status]).toEqual([act, 200]);
      sent.push({ again, text, etag: headers.get('etag') });
      seq = body.stepSeq;
      const before = await footprint(server.database);
      for (const one of sent) {
        const repeated = await one.again();
        expect([repeated.status, repeated.text, repeated.headers.get('etag')]).toEqual([200, one.text, one.etag]);
      }
      const reopened = await server.http.post<CaseBody>('staf', '/cases', newCase, openKey);
      expect([reopened.status, reopened.text]).toEqual([200, opened.text]);
      expect(reopened.headers.get('location')).toBe(opened.headers.get('location'));
      expect(await footprint(server.database)).toEqual(before);
    }
    expect(seq).toBe(10);
  });

  it('holds for acts outside the path and for records, with pauses and a second disposition between', async () => {
    const acts: readonly (readonly [Parameters<typeof server.http.event>[0], string, object?])[] = [
      ['staf', 'RECORD_PAPER', { kind: 'CASE_FILE', note: 'Dilihat di meja.' }],
      ['staf', 'HOLD'],
      ['kasi', 'RESUME'],
      ['staf', 'RETURN_INCOMPLETE'],
      ['staf', 'RESUBMIT'],
      ['staf', 'RECEIVE_APPLICANT'],
      ['staf', 'REGISTER_LETTER'],
      ['kadin', 'ISSUE_DISPOSITION'],
      ['kadin', 'RECALL_DISPOSITION'],
      ['kadin', 'ISSUE_DISPOSITION', { disposition: { recipientRole: 'sekdin' } }],
      ['staf', 'WITHDRAW'],
    ];
    let now = await server.http.open();
    const sent: { again: () => Promise<{ status: number; text: string }>; text: string }[] = [];
    for (const [person, event, payload = exampleOf(event)] of acts) {
      const key = newKey();
      const from = now;
      const again = () => server.http.event(person, from.id, from.stepSeq, event, payload, key);
      const reply = await again();
      expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
      sent.push({ again, text: reply.text });
      now = reply.body;
    }
    const before = await footprint(server.database);
    for (const one of sent) expect(await one.again()).toMatchObject({ status: 200, text: one.text });
    expect(await footprint(server.database)).toEqual(before);
  });

  it('is told apart by person: the same key of another officer is another request', async () => {
    const key = newKey();
    const now = await server.http.open();
    const paper = { kind: 'CASE_FILE' };
    const mine = await server.http.event('staf', now.id, now.stepSeq, 'RECORD_PAPER', paper, key);
    const theirs = await server.http.event('kasi', now.id, now.stepSeq, 'RECORD_PAPER', paper, key);
    expect([mine.status, theirs.status]).toEqual([200, 200]);
    expect(theirs.body.receipt.seq).toBe(mine.body.receipt.seq + 1);
  });

  it('does not remember a refusal: mended, the same key goes through', async () => {
    const key = newKey();
    const now = await server.http.open();
    const refused = await server.http.event('staf', now.id, now.stepSeq, 'RECEIVE_APPLICANT', {}, key);
    expect(refused.status).toBe(409);
    const mended = await server.http.event('staf', now.id, now.stepSeq, 'RECEIVE_APPLICANT', undefined, key);
    expect(mended.status).toBe(200);
  });

  it('is the same request through the generic and the role’s own door', async () => {
    const key = newKey();
    const now = await server.http.open();
    const event = 'RECEIVE_APPLICANT';
    const generic = await server.http.event('staf', now.id, now.stepSeq, event, exampleOf(event), key);
    const headers = { 'if-match': `"${now.stepSeq}"`, ...key };
    const role = await server.http.post('staf', doorOf(event, now.id), exampleOf(event), headers);
    expect([role.status, role.text]).toEqual([200, generic.text]);
  });
});

describe('the same key twenty times at once', () => {
  const texts = (replies: { text: string }[]) => [...new Set(replies.map(({ text }) => text))];

  it('moves a case once, and all get the same bytes', async () => {
    for (let round = 0; round < 5; round++) {
      const now = await server.http.open();
      const key = newKey();
      const ask = () => server.http.event('staf', now.id, now.stepSeq, 'RECEIVE_APPLICANT', undefined, key);
      const replies = await Promise.all(Array.from({ length: 20 }, ask));
      expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(texts(replies)).toHaveLength(1);
      const { rows } = await server.database.owner.query('SELECT seq FROM history WHERE case_id = $1', [now.id]);
      expect(rows).toHaveLength(2);
    }
  });

  it('opens one case: one 201, nineteen 200, one number taken', async () => {
    for (let round = 0; round < 5; round++) {
      const key = newKey();
      const ask = () => server.http.post<CaseBody>('staf', '/cases', newCase, key);
      const replies = await Promise.all(Array.from({ length: 20 }, ask));
      expect(replies.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
      expect(texts(replies)).toHaveLength(1);
      const next = await server.http.open();
      const numberOf = ({ caseNo }: CaseBody) => Number(caseNo.slice(-6));
      expect(numberOf(next)).toBe(numberOf(replies[0]!.body) + 1);
    }
  });

  it('on twenty cases goes to one of them, the others get a 422 and stay where they are', async () => {
    const cases = await Promise.all(Array.from({ length: 20 }, () => server.http.open()));
    const key = newKey();
    const replies = await Promise.all(
      cases.map(({ id, stepSeq }) => server.http.event('staf', id, stepSeq, 'RECEIVE_APPLICANT', undefined, key)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(422)]);
    const { rows } = await server.database.owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM cases WHERE id = ANY($1) AND state = 'registration'`,
      [cases.map(({ id }) => id)],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});
