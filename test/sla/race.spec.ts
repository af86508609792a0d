/** Many drains at once over the same due cases: each level once, nobody held up, and act and alarm never contradict. */
import { Client } from 'pg';
import { firedCounts } from '../support/alarms.js';
import { startApp, type TestApp } from '../support/app.js';
import { onEachBackend } from '../support/backends.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody } from '../support/http.js';

const MORNING = '2026-11-24T02:00:00Z';
const WORKERS = 4;
const MINUTE_MS = 60_000;

/** So many cases, a few requests at a time. */
async function openMany(server: TestApp, count: number): Promise<CaseBody[]> {
  const opened: CaseBody[] = [];
  while (opened.length < count) {
    const group = Math.min(20, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: group }, () => server.http.open()))));
  }
  return opened;
}

onEachBackend('racing drains', (backend) => {
  let server: TestApp;
  let workers: TestApp[];
  beforeAll(async () => {
    server = await backend().start({ process: 'api' });
    workers = [];
    while (workers.length < WORKERS) {
      const environment = { SWEEP_SECONDS: '1', DATABASE_POOL: '4' };
      workers.push(await backend().start({ beside: server, process: 'worker', environment }));
    }
  }, 90_000);
  afterAll(async () => {
    for (const worker of workers) await worker.stop();
    await server.stop();
  }, 60_000);

  const drainEverywhere = () => Promise.all(workers.map((worker) => worker.drain()));
  const dueAt = (opened: readonly CaseBody[], minutes: number) =>
    new Date(Math.max(...opened.map(({ dueAt: due }) => Date.parse(due!))) + minutes * MINUTE_MS + 1000);

  it('fires 300 alarms of one second exactly once at each level, with four workers', async () => {
    await server.database.setNow(MORNING);
    const opened = await openMany(server, 300);
    const ids = opened.map(({ id }) => id);
    for (const [level, minutes] of [
      [100, 0],
      [200, 3],
      [400, 9],
    ] as const) {
      expect(await firedCounts(server.database, ids, level)).toEqual({ entries: { 0: 300 }, notices: { 0: 300 } });
      await server.database.setNow(dueAt(opened, minutes));
      await drainEverywhere();
      await eventually(`all of level ${level}`, async () => {
        const { entries } = await firedCounts(server.database, ids, level);
        return !('0' in entries);
      });
      const people = level === 200 ? 2 : 1;
      expect(await firedCounts(server.database, ids, level)).toEqual({
        entries: { 1: 300 },
        notices: { [people]: 300 },
      });
    }
  }, 120_000);

  it('leaves a step finished in the second it is due either in time or late, never both', async () => {
    await server.database.setNow(MORNING);
    const opened = await openMany(server, 90);
    const due = opened.map(({ dueAt: at }) => Date.parse(at!)).sort((a, b) => a - b);
    const finish = ({ id, stepSeq }: CaseBody) => server.http.event('staf', id, stepSeq, 'RECEIVE_APPLICANT');
    const third = (index: number) => opened.slice(index * 30, index * 30 + 30);

    await server.database.setNow(new Date(due[0]! - 10_000));
    const early = await Promise.all(third(0).map(finish));
    // The clock runs over the due times of the second third while its steps are finished, one after the other.
    await server.database.setNow(new Date(due[45]! - 150));
    const racing: Awaited<ReturnType<typeof finish>>[] = [];
    for (const one of third(1)) racing.push((await Promise.all([finish(one), drainEverywhere()]))[0]);
    // Nobody has drained these yet: the act itself must bring the breach that came before it.
    await server.database.setNow(new Date(due[89]! + 1000));
    const late = await Promise.all(third(2).map(finish));

    const all = [...early, ...racing, ...late];
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
    const { rows } = await server.database.owner.query<{ verdict: string; breaches: number }>(
      `SELECT h.entry::json -> 'visit' ->> 'verdict' AS verdict,
         (SELECT count(*)::int FROM history b WHERE b.case_id = h.case_id AND b.visit = 1 AND b.level = 100) AS breaches
       FROM history h WHERE h.event = 'RECEIVE_APPLICANT' AND h.case_id = ANY($1::uuid[])`,
      [opened.map(({ id }) => id)],
    );
    expect(rows).toHaveLength(90);
    const contradictions = rows.filter(({ verdict, breaches }) => breaches !== (verdict === 'LATE' ? 1 : 0));
    expect(contradictions).toEqual([]);
    expect(early.every(({ body }) => body.last.verdict === 'ON_TIME')).toBe(true);
    expect(late.every(({ body }) => body.last.verdict === 'LATE')).toBe(true);
  }, 120_000);
});

describe('a drain', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  });
  afterAll(() => server.stop());

  it('passes over a case that somebody holds, and takes it afterwards', async () => {
    await server.database.setNow(MORNING);
    const opened = await openMany(server, 10);
    const [held, ...others] = opened.map(({ id }) => id);
    const holder = new Client({ connectionString: server.database.superuserUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [held]);
    // Held before it is due, or any drain of the server's own might be quicker.
    await server.database.setNow(dueAtOf(opened));
    void server.drain();
    await eventually('the nine others', async () => {
      const { entries } = await firedCounts(server.database, others, 100);
      return entries[1] === 9;
    });
    expect(await firedCounts(server.database, [held!], 100)).toMatchObject({ entries: { 0: 1 } });
    await holder.query('COMMIT');
    await holder.end();
    await server.drain();
    expect(await firedCounts(server.database, [held!], 100)).toMatchObject({ entries: { 1: 1 } });
  });

  it('looks at the case again before it tells: a desk that says "due" is not enough', async () => {
    await server.database.setNow(MORNING);
    const [running, paused] = await openMany(server, 2);
    await server.http.event('staf', paused!.id, paused!.stepSeq, 'HOLD');
    const ids = [running!.id, paused!.id];
    await server.database.owner.query(
      `UPDATE case_desks SET next_alarm_at = alur_now() - interval '1 minute' WHERE case_id = ANY($1::uuid[])`,
      [ids],
    );
    await server.drain();
    const { rowCount } = await server.database.owner.query(
      'SELECT 1 FROM history WHERE case_id = ANY($1) AND level > 0',
      [ids],
    );
    expect(rowCount).toBe(0);
  });
});

function dueAtOf(opened: readonly CaseBody[]): Date {
  return new Date(Math.max(...opened.map(({ dueAt }) => Date.parse(dueAt!))) + 1000);
}
