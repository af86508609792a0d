/** HOLD and RETURN stop the clock; RESUME and RESUBMIT give back the exact step with the exact remaining working time. */
import { startApp, type TestApp } from '../support/app.js';
import { clockOf, entriesOf, usedMsOf } from '../support/clock.js';
import { exampleOf, PATH, type CaseBody, type Person } from '../support/http.js';

const MINUTE = 60_000;
/** Intake has three standard minutes. */
const INTAKE_MS = 3 * MINUTE;
/** Time a request may take on a busy machine before a reading in whole minutes would be off. */
const SLACK_MS = 20_000;

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ process: 'api' });
});
afterEach(() => server.stop());

const at = (instant: string) => server.database.setNow(`${instant}+07:00`);
const act = async (person: Person, now: CaseBody, event: string, payload?: object) => {
  const reply = await server.http.event(person, now.id, now.stepSeq, event, payload);
  expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
  return reply.body;
};
const since = (from: string, until: string | null) => Date.parse(until ?? '') - Date.parse(from);

describe('HOLD and RESUME within a day', () => {
  it('come back to the same visit with the working time that was left, to the millisecond', async () => {
    await at('2026-11-25T09:00:00');
    const open = await server.http.open();
    expect(since(open.last.at, open.dueAt)).toBe(INTAKE_MS);
    await at('2026-11-25T09:01:00');
    const held = await act('staf', open, 'HOLD');
    const used = await usedMsOf(server.http, open.id);
    expect(used).toBe(since(open.last.at, held.last.at));
    expect(used).toBeGreaterThan(MINUTE - SLACK_MS);
    expect(held).toMatchObject({ state: 'held', dueAt: null, visit: open.visit, closed: false });
    const shown = await clockOf(server.http, open.id);
    expect(shown.clock).toMatchObject({ running: false, dueAt: null, late: false });
    expect(shown.clock.remainingSeconds).toBe(Math.floor((INTAKE_MS - used) / 1000));

    await at('2026-11-25T11:30:00');
    expect((await clockOf(server.http, open.id)).clock).toEqual(shown.clock);
    const resumed = await act('kasi', held, 'RESUME');
    expect(resumed).toMatchObject({ state: 'intake', visit: open.visit, stepSeq: open.stepSeq + 2 });
    expect(since(resumed.last.at, resumed.dueAt)).toBe(INTAKE_MS - used);
    const received = await act('staf', resumed, 'RECEIVE_APPLICANT');
    expect(received.last.verdict).toBe('ON_TIME');
    expect(await usedMsOf(server.http, open.id)).toBe(used + since(resumed.last.at, received.last.at));
  });

  it('add up over several pauses, each by another hand', async () => {
    await at('2026-11-25T09:00:00');
    let now = await server.http.open();
    const opened = now.last.at;
    let used = 0;
    let running = opened;
    for (const [hour, person] of [
      ['10', 'staf'],
      ['11', 'kasi'],
      ['13', 'staf'],
    ] as const) {
      const held = await act(person, now, 'HOLD');
      used += since(running, held.last.at);
      expect(await usedMsOf(server.http, now.id)).toBe(used);
      await at(`2026-11-25T${hour}:30:00`);
      now = await act('kasi', held, 'RESUME');
      running = now.last.at;
      expect(since(running, now.dueAt)).toBe(INTAKE_MS - used);
    }
    expect(now.visit).toBe(1);
    // Net is what was worked; gross is what the member waited.
    expect(since(opened, running)).toBeGreaterThan(4 * 60 * MINUTE);
  });

  it('come back to each desk, its visit and what it had left', async () => {
    await at('2026-11-25T09:00:00');
    let now = await server.http.open();
    for (const [person, , event] of PATH) {
      const before = await clockOf(server.http, now.id);
      const held = await act(person, now, 'HOLD');
      const used = await usedMsOf(server.http, now.id);
      const resumed = await act(person, held, 'RESUME');
      expect([resumed.state, resumed.visit]).toEqual([before.state, before.visit]);
      expect(since(resumed.last.at, resumed.dueAt)).toBe(before.clock.budgetMinutes * MINUTE - used);
      now = await act(person, resumed, event);
    }
    expect(now.state).toBe('archived');
  });
});

describe('HOLD and RESUME around the end of the week', () => {
  it('hold over a weekend costs no working time', async () => {
    await at('2026-11-27T16:28:00');
    const open = await server.http.open();
    await at('2026-11-27T16:29:00');
    const held = await act('staf', open, 'HOLD');
    const used = await usedMsOf(server.http, open.id);
    await at('2026-11-30T07:30:00');
    const resumed = await act('staf', held, 'RESUME');
    expect(await usedMsOf(server.http, open.id)).toBe(used);
    expect(since(resumed.last.at, resumed.dueAt)).toBe(INTAKE_MS - used);
  });

  it('resumed with more to do than the day has left, the rest falls on Monday morning', async () => {
    await at('2026-11-27T16:00:00');
    const open = await server.http.open();
    const held = await act('staf', open, 'HOLD');
    const used = await usedMsOf(server.http, open.id);
    await at('2026-11-27T16:29:00');
    const resumed = await act('staf', held, 'RESUME');
    const friday = since(resumed.last.at, '2026-11-27T16:30:00+07:00');
    expect(since('2026-11-30T07:30:00+07:00', resumed.dueAt)).toBe(INTAKE_MS - used - friday);
  });

  it('resumed on a Sunday, the clock starts on Monday', async () => {
    await at('2026-11-29T10:00:00');
    const open = await server.http.open();
    expect(open.dueAt).toBe('2026-11-30T00:33:00.000Z');
    const held = await act('staf', open, 'HOLD');
    expect(await usedMsOf(server.http, open.id)).toBe(0);
    const resumed = await act('staf', held, 'RESUME');
    expect(resumed.dueAt).toBe('2026-11-30T00:33:00.000Z');
  });
});

describe('RETURN_INCOMPLETE and RESUBMIT', () => {
  it.each(['intake', 'registration', 'serviceDelivery'])(
    'bring %s back, over a weekend, with its exact rest',
    async (state) => {
      await at('2026-11-27T16:00:00');
      const before = await server.http.driveTo(state);
      const back = await act('staf', before, 'RETURN_INCOMPLETE');
      expect(back).toMatchObject({ state: 'returned', dueAt: null, visit: before.visit });
      const used = await usedMsOf(server.http, before.id);
      const { clock } = await clockOf(server.http, before.id);
      expect(clock).toMatchObject({
        running: false,
        remainingSeconds: Math.floor((clock.budgetMinutes * MINUTE - used) / 1000),
      });
      await at('2026-11-30T09:00:00');
      const again = await act('staf', back, 'RESUBMIT');
      expect(again).toMatchObject({ state, visit: before.visit });
      expect(since(again.last.at, again.dueAt)).toBe(clock.budgetMinutes * MINUTE - used);
    },
  );
});

describe('a pause', () => {
  it('does not heal a breach: late before is late after, and once', async () => {
    await at('2026-11-25T09:00:00');
    const open = await server.http.open();
    await at('2026-11-25T09:10:00');
    const held = await act('staf', open, 'HOLD');
    expect((await clockOf(server.http, open.id)).clock.late).toBe(true);
    await at('2026-11-25T10:00:00');
    const resumed = await act('staf', held, 'RESUME');
    expect(resumed.dueAt).toBe(open.dueAt);
    const done = await act('staf', resumed, 'RECEIVE_APPLICANT');
    expect(done.last.verdict).toBe('LATE');
    const entries = await entriesOf(server.http, open.id);
    expect(entries.filter(({ event }) => event === 'SLA_BREACHED')).toHaveLength(1);
  });

  it('of a week rings no bell; the rest of the time does', async () => {
    await at('2026-11-25T09:00:00');
    const open = await server.http.open();
    const held = await act('staf', open, 'HOLD');
    await at('2026-12-02T09:00:00');
    const worker = await startApp({ beside: server, process: 'worker' });
    try {
      const alarms = async () => (await entriesOf(server.http, open.id)).filter(({ event }) => event.startsWith('SLA'));
      await worker.drain();
      expect(await alarms()).toEqual([]);
      await act('staf', held, 'RESUME');
      await worker.drain();
      expect(await alarms()).toEqual([]);
      await at('2026-12-02T09:04:00');
      await worker.drain();
      expect((await alarms()).map(({ event }) => event)).toEqual(['SLA_BREACHED']);
    } finally {
      await worker.stop();
    }
  });

  it('has one of the listed causes and a reason', async () => {
    const open = await server.http.open();
    for (const payload of [
      { cause: 'LUNCH', reason: 'Istirahat.' },
      { cause: 'FORCE_MAJEURE' },
      { reason: 'Hujan.' },
      {},
    ]) {
      const reply = await server.http.event('staf', open.id, open.stepSeq, 'HOLD', payload);
      expect([payload, reply.status, reply.body.code]).toEqual([payload, 400, 'INVALID_INPUT']);
    }
  });

  it('is lifted by the desk it stopped or by the section head, by nobody else', async () => {
    const held = await act('kadin', await server.http.driveTo('headDisposition'), 'HOLD');
    for (const person of ['staf', 'sekdin', 'kabid'] as const) {
      const reply = await server.http.event(person, held.id, held.stepSeq, 'RESUME');
      expect([person, reply.status, reply.body.blockers]).toMatchObject([person, 409, [{ code: 'NOT_THIS_DESK' }]]);
    }
    expect((await act('kadin', held, 'RESUME')).state).toBe('headDisposition');
  });

  it('may be the end: withdrawn or cancelled from it, the visit gets its verdict', async () => {
    for (const [person, event, state] of [
      ['staf', 'WITHDRAW', 'withdrawn'],
      ['kasi', 'CANCEL', 'cancelled'],
    ] as const) {
      const held = await act('staf', await server.http.open(), 'HOLD');
      const ended = await act(person, held, event, exampleOf(event));
      expect(ended).toMatchObject({ state, closed: true, dueAt: null, last: { verdict: 'ON_TIME' } });
    }
  });
});
