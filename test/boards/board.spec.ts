/** The section head's board over HTTP: every figure against the list of cases, the inboxes and the history. */
import { startApp, type TestApp } from '../support/app.js';
import { keepBusy } from '../support/busy-office.js';
import { entriesOf } from '../support/clock.js';
import { accountId, type Http, type Person } from '../support/http.js';
import { runs } from '../support/property.js';
import { dayOf } from '../support/recount.js';

interface Board {
  readonly asOf: string;
  readonly steps: readonly { no: number; label: { id: string }; open: number }[];
  readonly open: number;
  readonly lateNow: number;
  readonly dueWithinHour: number;
  readonly paused: number;
  readonly pausedLate: number;
  readonly today: { finished: number; onTime: number; share: number | null };
  readonly desks: readonly { role: string; login: string | null; open: number; late: number; paused: number }[];
  readonly officers: readonly { login: string; finished: number; onTime: number }[];
}

interface Item {
  readonly id: string;
  readonly state: string;
  readonly stepNo: number | null;
  readonly closedAt: string | null;
  readonly dueAt: string | null;
  readonly late: boolean;
}

const HOUR_MS = 3_600_000;
const PAUSED = ['held', 'returned'];

let server: TestApp;
let board: Board;
let items: Item[];
let open: Item[];

async function everyPage<T>(http: Http, person: Person, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let cursor = ''; ;) {
    const { body } = await http.get<{ items: T[]; next: string | null }>(person, `${path}?limit=100${cursor}`);
    found.push(...body.items);
    if (!body.next) return found;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}

async function act(person: Person, id: string, stepSeq: number, event: string): Promise<void> {
  const reply = await server.http.event(person, id, stepSeq, event);
  expect([event, reply.status]).toEqual([event, 200]);
}

beforeAll(async () => {
  server = await startApp({ process: 'api' });
  const { seed } = runs(1);
  await keepBusy(server, server.http.inOffice(2), seed + 1, 30, '2026-11-02T02:00:00Z');
  const { at } = await keepBusy(server, server.http, seed, 60, '2026-11-03T02:00:00Z');
  // The next Tuesday after all that.
  const day = new Date(Math.ceil(at / 86_400_000) * 86_400_000);
  while (day.getUTCDay() !== 2 || day.toISOString() < '2027-02-01') day.setUTCDate(day.getUTCDate() + 1);
  const on = (time: string) => server.database.setNow(`${day.toISOString().slice(0, 10)}T${time}+07:00`);
  await on('08:00:00');
  const [lateHeld, lateStep, held, returned, onTime, archived] = await Promise.all(
    Array.from({ length: 6 }, () => server.http.open()),
  );
  await act('staf', held!.id, 1, 'HOLD');
  await act('staf', returned!.id, 1, 'RETURN_INCOMPLETE');
  await act('staf', onTime!.id, 1, 'RECEIVE_APPLICANT');
  await server.http.driveTo('archived', archived);
  // Ten minutes before the break: what takes fifteen is due after it, in more than an hour.
  await on('11:50:00');
  await act('staf', lateHeld!.id, 1, 'HOLD');
  await act('staf', lateStep!.id, 1, 'RECEIVE_APPLICANT');
  await server.http.driveTo('followUp', await server.http.open());
  await server.http.driveTo('serviceDelivery');
  await server.http.open();
  await server.http.inOffice(2).driveTo('registration');
  board = (await server.http.get<Board>('kasi', '/kasi/board')).body;
  items = await everyPage<Item>(server.http, 'kasi', '/cases');
  open = items.filter(({ closedAt }) => closedAt === null);
}, 120_000);
afterAll(() => server.stop());

const isPaused = ({ state }: Item) => PAUSED.includes(state);

it('has figures that are not zero', () => {
  for (const figure of ['open', 'lateNow', 'dueWithinHour', 'paused', 'pausedLate'] as const) {
    expect([figure, board[figure]]).not.toEqual([figure, 0]);
  }
  expect(board.today.onTime).toBeGreaterThan(0);
  expect(board.today.finished).toBeGreaterThan(board.today.onTime);
});

it('counts open cases by step as the list does', async () => {
  expect(board.open).toBe(open.length);
  expect(board.steps.map(({ no }) => no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  for (const { no, open: count } of board.steps) {
    const { body } = await server.http.get<{ counts: { total: number } }>('kasi', `/cases?step=${no}`);
    expect([no, count]).toEqual([no, body.counts.total]);
  }
  expect(board.steps.reduce((sum, step) => sum + step.open, 0)).toBe(board.open);
});

it('counts a paused case as paused, late or not, and never as late now', () => {
  expect(board.lateNow).toBe(open.filter((item) => item.late && !isPaused(item)).length);
  expect(board.paused).toBe(open.filter(isPaused).length);
  expect(board.pausedLate).toBe(open.filter((item) => item.late && isPaused(item)).length);
});

it('with the paused ones has as many late as the list', async () => {
  const { body } = await server.http.get<{ counts: { total: number } }>('kasi', '/cases?late=true');
  expect(board.lateNow + board.pausedLate).toBe(body.counts.total);
});

it('counts what is due within the hour', () => {
  const from = Date.parse(board.asOf);
  const due = open.filter(({ dueAt }) => dueAt && Date.parse(dueAt) >= from && Date.parse(dueAt) < from + HOUR_MS);
  expect(board.dueWithinHour).toBe(due.length);
});

it('counts what was finished today, on time and in all, by officer', async () => {
  const entries = (await Promise.all(items.map(({ id }) => entriesOf(server.http, id)))).flat();
  const today = entries.filter(({ at, visit }) => dayOf(at) === dayOf(board.asOf) && visit?.verdict);
  const onTime = today.filter(({ visit }) => visit!.usedMs <= visit!.budgetMs);
  expect(board.today).toEqual({
    finished: today.length,
    onTime: onTime.length,
    share: onTime.length / today.length,
  });
  for (const { login, finished, onTime: well } of board.officers) {
    const by = ({ actor }: { actor: { id: string } | null }) => actor?.id === accountId(login as Person);
    expect([login, finished, well]).toEqual([login, today.filter(by).length, onTime.filter(by).length]);
  }
  expect(board.officers.reduce((sum, { finished }) => sum + finished, 0)).toBe(today.length);
});

it('shows each desk as full as its inbox', async () => {
  const load = (role: string, login: string | null = null) =>
    board.desks.find((desk) => desk.role === role && desk.login === login)?.open ?? 0;
  const inbox = async (person: Person, door: string) => (await everyPage(server.http, person, `/${door}/inbox`)).length;
  expect(load('staff')).toBe(await inbox('staf', 'staff'));
  expect(load('kadin')).toBe(await inbox('kadin', 'kadin'));
  expect(load('kabid', 'kabid')).toBe(await inbox('kabid', 'sekdin-kabid'));
  expect(load('kasi')).toBe(await inbox('kasi', 'kasi'));
  const total = (figure: 'open' | 'late' | 'paused') => board.desks.reduce((sum, desk) => sum + desk[figure], 0);
  expect([total('open'), total('late'), total('paused')]).toEqual([board.open, board.lateNow, board.paused]);
});

it('of another office counts that office alone', async () => {
  const http = server.http.inOffice(2);
  const { body } = await http.get<Board>('kasi', '/kasi/board');
  const theirs = (await everyPage<Item>(http, 'kasi', '/cases')).filter(({ closedAt }) => closedAt === null);
  expect(body.open).toBe(theirs.length);
  expect(body.today.finished).toBe(1);
  expect(body.officers.map(({ login }) => login)).toEqual(['staf.kilat']);
});

it('is for the section head alone', async () => {
  for (const person of ['staf', 'kadin', 'kabid', 'inspektur', 'admin'] as const) {
    expect([person, (await server.http.get(person, '/kasi/board')).status]).toEqual([person, 403]);
  }
});
