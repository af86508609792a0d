/** Agenda and case numbers: consecutive whatever happens at once, one sequence for each office, book and year. */
import { randomUUID } from 'node:crypto';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, type CaseBody, type Http } from '../support/http.js';

const MANY = 200;

let first: TestApp;
let second: TestApp;
beforeEach(async () => {
  first = await startApp({ process: 'api' });
  second = await startApp({ beside: first, process: 'api' });
  await first.database.setNow('2026-11-22T03:00:00Z');
});
afterEach(async () => {
  await second.stop();
  await first.stop();
});

const either = (index: number): Http => (index % 2 === 0 ? first.http : second.http);
const times = <T>(n: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, index) => make(index)));
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const register = (http: Http, { id, stepSeq }: CaseBody, payload?: object, headers?: Record<string, string>) =>
  http.event('staf', id, stepSeq, 'REGISTER_LETTER', payload, headers);
const agendaNumber = ({ last }: CaseBody) => Number(last.number?.value);
const caseNumber = ({ caseNo }: CaseBody) => Number(caseNo.slice(-6));
const newCase = { service: service.id, applicant: service.applicantExample };

async function agendaOf(book: string): Promise<{ seq: number; caseId: string }[]> {
  const text = 'SELECT seq, case_id AS "caseId" FROM agenda_entries WHERE book = $1 ORDER BY seq';
  return (await first.database.owner.query<{ seq: number; caseId: string }>(text, [book])).rows;
}

it('gives 200 letters registered at once the numbers 1 to 200', async () => {
  const waiting = await times(MANY, (index) => either(index).driveTo('registration'));
  const replies = await times(MANY, (index) => register(either(index), waiting[index]!));
  expect(replies.map(({ status }) => status)).toEqual(Array(MANY).fill(200));
  expect(sorted(replies.map(({ body }) => agendaNumber(body)))).toEqual(upTo(MANY));
  const byCase = new Map(replies.map(({ body }) => [body.id, agendaNumber(body)]));
  const book = await agendaOf('incoming');
  expect(book.map(({ seq }) => seq)).toEqual(upTo(MANY));
  for (const { seq, caseId } of book) expect(byCase.get(caseId)).toBe(seq);
}, 120_000);

it('leaves no gap where some of the letters are refused, repeated or under a key already used', async () => {
  const waiting = await times(120, (index) => either(index).driveTo('registration'));
  const shared = { 'idempotency-key': randomUUID() };
  const replies = await times(120, (index) => {
    const now = waiting[index]!;
    const http = either(index);
    if (index % 6 === 0) return register(http, now, { papers: ['AGENDA_BOOK'] });
    if (index % 6 === 1) return register(http, { ...now, stepSeq: 1 });
    if (index % 6 === 2) return register(http, now, undefined, shared);
    if (index % 6 === 3) return http.event('kasi', now.id, now.stepSeq, 'HOLD');
    return register(http, now, undefined, { 'idempotency-key': `letter-${index}` });
  });
  const statuses = [0, 1, 2, 3, 4].map((kind) =>
    replies.filter((_, index) => index % 6 === kind).map((one) => one.status),
  );
  expect(statuses[0]).toEqual(Array(20).fill(409));
  expect(statuses[1]).toEqual(Array(20).fill(412));
  expect(sorted(statuses[2]!)).toEqual([200, ...Array<number>(19).fill(422)]);
  expect(statuses[3]).toEqual(Array(20).fill(200));
  expect(statuses[4]).toEqual(Array(20).fill(200));
  const again = await times(120, (index) =>
    register(either(index + 1), waiting[index]!, undefined, { 'idempotency-key': `letter-${index}` }),
  );
  for (const index of upTo(119).filter((one) => one % 6 >= 4)) expect(again[index]!.text).toBe(replies[index]!.text);
  const numbers = (await agendaOf('incoming')).map(({ seq }) => seq);
  expect(numbers).toEqual(upTo(numbers.length));
  const { rows } = await first.database.owner.query(
    `SELECT count(*)::int AS n FROM history WHERE event = 'REGISTER_LETTER'`,
  );
  expect(rows).toEqual([{ n: numbers.length }]);
}, 120_000);

it('takes no number for a letter that another process was quicker to register', async () => {
  const waiting = await times(60, (index) => either(index).driveTo('registration'));
  const replies = await times(120, (index) => register(either(index), waiting[Math.floor(index / 2)]!));
  const statuses = replies.map(({ status }) => status);
  expect([200, 412].map((wanted) => statuses.filter((status) => status === wanted).length)).toEqual([60, 60]);
  expect((await agendaOf('incoming')).map(({ seq }) => seq)).toEqual(upTo(60));
}, 120_000);

it('gives cases opened at once consecutive numbers, refused and repeated ones none', async () => {
  const replies = await times(MANY, (index) => {
    const body = index % 5 === 0 ? { ...newCase, applicant: {} } : newCase;
    // Every fourth good request comes twice, through both processes.
    const key = index % 5 === 2 ? `open-${index - 1}` : `open-${index}`;
    return either(index).post<CaseBody>('staf', '/cases', body, { 'idempotency-key': key });
  });
  const of = (status: number) => replies.filter((one) => one.status === status);
  expect([of(400).length, of(201).length, of(200).length]).toEqual([40, 120, 40]);
  expect(sorted(of(201).map(({ body }) => caseNumber(body)))).toEqual(upTo(120));
  for (const { body, text } of of(200))
    expect(of(201).map((one) => one.text)).toContain(text.replace(body.id, body.id));
  expect(new Set(of(201).map(({ body }) => body.caseNo)).size).toBe(120);
}, 120_000);

it('keeps a sequence for each book and each office', async () => {
  const other = first.http.inOffice(2);
  const [mine, theirs] = [await first.http.driveTo('serviceDelivery'), await other.driveTo('serviceDelivery')];
  expect([mine.caseNo, theirs.caseNo]).toEqual(['KIM-2026-000001', 'KIM-2026-000001']);
  const letter = (http: Http, { id, stepSeq }: CaseBody) => http.event('staf', id, stepSeq, 'REGISTER_OUTGOING_LETTER');
  const numbers = [await letter(first.http, mine), await letter(first.http, mine), await letter(other, theirs)];
  expect(numbers.map(({ body }) => body.last.number)).toEqual([
    { name: 'outgoing', year: 2026, value: '1' },
    { name: 'outgoing', year: 2026, value: '2' },
    { name: 'outgoing', year: 2026, value: '1' },
  ]);
  const { body } = await first.http.get<{ agenda: { book: string; letterNumber: string }[] }>(
    'staf',
    `/cases/${mine.id}`,
  );
  expect(body.agenda.map(({ book, letterNumber }) => [book, letterNumber])).toEqual([
    ['incoming', '800.1.6.2/1/427.72/2026'],
    ['outgoing', '800.1.6.2/1/427.72/2026'],
    ['outgoing', '800.1.6.2/2/427.72/2026'],
  ]);
});

it('begins again with the year of the office’s zone, seven hours before the year of UTC', async () => {
  const taken = async () => {
    const now = await first.http.driveTo('registration');
    const { body } = await register(first.http, now, {
      ...exampleOf('REGISTER_LETTER'),
      letter: { kind: 'WALK_IN', date: '2026-12-31' },
    });
    return [now.caseNo, body.last.number?.year, body.last.number?.value];
  };
  await first.database.setNow('2026-12-31T16:58:00Z');
  expect(await taken()).toEqual(['KIM-2026-000001', 2026, '1']);
  expect(await taken()).toEqual(['KIM-2026-000002', 2026, '2']);
  await first.database.setNow('2026-12-31T17:00:00Z');
  expect(await taken()).toEqual(['KIM-2027-000001', 2027, '1']);
  expect(await taken()).toEqual(['KIM-2027-000002', 2027, '2']);
  await first.database.setNow('2027-01-01T00:30:00Z');
  expect(await taken()).toEqual(['KIM-2027-000003', 2027, '3']);
});
