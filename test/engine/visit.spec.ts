/** The clock of a step visit: pauses keep the exact remaining working time, step 8 has one clock, verdicts are final. */
import fc from 'fast-check';
import { STANDARD_LADDER } from '../../machines/ladder.js';
import type { CaseRow } from '../../src/engine/types.js';
import { move as moveOn, newVisit, standing, usedMs, type Standing, type Times } from '../../src/engine/visit.js';
import { MINUTE_MS, WorkingTime } from '../../src/sla/calendar.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { idOf, Ledger, service, time, wib } from '../support/ledger.js';
import { runs } from '../support/property.js';
import { worlds } from '../support/slow-clock.js';
import { at, KABID } from '../support/walk.js';

const timesOf = (working: WorkingTime): Times => ({
  visit: working,
  current: working,
  currentVersion: 1,
  changedBy: null,
});
const place = (state: string, stepNo: number | null, paused = false, closed = false): Standing => ({
  state,
  stepNo,
  deskRole: 'staff',
  deskAccount: null,
  minutes: stepNo === null ? null : 15,
  paused,
  closed,
});
const move = (row: CaseRow, to: Standing, times: Times, now: number) => moveOn(row, to, times, now, STANDARD_LADDER);
const PAUSE = place('held', null, true);
const STEP = place('serviceDelivery', 7);

/** A row in step 7 whose clock was started at `start`. */
function rowAt(start: number, minutes: number, working: WorkingTime): CaseRow {
  return {
    ...new Ledger(wib('2026-11-24 09:00')).row,
    stepNo: 7,
    ...newVisit(minutes, working, 1, start, STANDARD_LADDER),
  };
}
function moved(row: CaseRow, to: Standing, working: WorkingTime, now: number): CaseRow {
  const { clock, visit } = move(row, to, timesOf(working), now);
  return { ...row, ...clock, visit };
}

describe('a pause', () => {
  it('stops the clock with what was used, and gives back the exact rest', () => {
    const row = rowAt(wib('2026-11-25 09:00'), 15, time);
    const held = moved(row, PAUSE, time, wib('2026-11-25 09:06:30.250'));
    expect(held).toMatchObject({ usedMs: 6.5 * MINUTE_MS + 250, clockStartedAt: null, dueAt: null, nextAlarmAt: null });
    const back = moved(held, STEP, time, wib('2026-11-27 16:28'));
    expect(back.visit).toBe(row.visit);
    expect(back.dueAt).toBe(wib('2026-11-30 07:36:29.750'));
    expect(usedMs(back, time, back.dueAt ?? 0)).toBe(15 * MINUTE_MS);
  });

  it('moves the due time by exactly the working time it took', () => {
    const inside = fc.double({ min: 0, max: 0.999, noNaN: true });
    const length = fc.integer({ min: 0, max: 6 * 86_400_000 });
    fc.assert(
      fc.property(
        worlds,
        fc.integer({ min: 1, max: 300 }),
        inside,
        length,
        ({ calendar, start }, minutes, share, ms) => {
          const working = new WorkingTime(calendar);
          const row = rowAt(start, minutes, working);
          // Held at any moment while something is left to do.
          const heldAt = Math.floor(start + ((row.dueAt ?? start) - 1 - start) * share);
          const resumedAt = heldAt + ms;
          const back = moved(moved(row, PAUSE, working, heldAt), STEP, working, resumedAt);
          const paused = working.worked(heldAt, resumedAt);
          expect(back.dueAt).toBe(working.due(start, minutes * MINUTE_MS + paused));
          expect(usedMs(back, working, back.dueAt ?? 0)).toBe(minutes * MINUTE_MS);
        },
      ),
      runs(1500),
    );
  });

  it('however many there are, used time is the working time outside of them', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 1, max: 4e7 }), fc.integer({ min: 0, max: 9e7 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(worlds, spans, ({ calendar, start }, pauses) => {
        const working = new WorkingTime(calendar);
        let row = rowAt(start, 15, working);
        let now = start;
        let outside = 0;
        for (const [running, paused] of pauses) {
          outside += working.worked(now, now + running);
          row = moved(row, PAUSE, working, now + running);
          now += running + paused;
          row = moved(row, STEP, working, now);
          expect(usedMs(row, working, now)).toBe(outside);
        }
        expect(row.visit).toBe(1);
      }),
      runs(500),
    );
  });

  it('a second pause on top of the first changes nothing', () => {
    const held = moved(rowAt(wib('2026-11-25 09:00'), 15, time), PAUSE, time, wib('2026-11-25 09:05'));
    expect(moved(held, PAUSE, time, wib('2026-11-26 09:00'))).toEqual(held);
  });

  it('keeps what was fired, and a breach that happened stays one', () => {
    const late = { ...rowAt(wib('2026-11-25 09:00'), 15, time), firedLevel: 100 };
    const held = moved(late, PAUSE, time, wib('2026-11-25 09:20'));
    expect(held.breachAt).toBe(late.breachAt);
    const back = moved(held, STEP, time, wib('2026-11-25 10:00'));
    expect(back).toMatchObject({ firedLevel: 100, breachAt: late.breachAt, nextAlarmAt: wib('2026-11-25 10:10') });
    // Due when it was due, so that the oldest stands first in the inbox.
    expect(back.dueAt).toBe(late.dueAt);
  });

  it('on time until it was held: the breach moves along with the due time', () => {
    const held = moved(rowAt(wib('2026-11-25 09:00'), 15, time), PAUSE, time, wib('2026-11-25 09:14'));
    expect(held.breachAt).toBeNull();
    expect(moved(held, STEP, time, wib('2026-11-25 10:00')).breachAt).toBe(wib('2026-11-25 10:01'));
  });

  it('held with nothing left: due at once, late after the next working instant', () => {
    const held = moved(rowAt(wib('2026-11-25 11:45'), 15, time), PAUSE, time, wib('2026-11-25 12:00'));
    const back = moved(held, STEP, time, wib('2026-11-25 12:10'));
    expect(back).toMatchObject({ dueAt: wib('2026-11-25 12:10'), breachAt: wib('2026-11-25 13:00') });
  });
});

describe('a move', () => {
  const row = rowAt(wib('2026-11-25 09:00'), 15, time);
  const now = wib('2026-11-25 09:04');

  it('to another step ends the visit and starts the next with a full budget', () => {
    const { clock, visit, leaves } = move(row, { ...STEP, stepNo: 8, minutes: 1 }, timesOf(time), now);
    expect([visit, leaves]).toEqual([row.visit + 1, true]);
    expect(clock).toMatchObject({
      visitStartedAt: now,
      clockStartedAt: now,
      budgetMinutes: 1,
      usedMs: 0,
      firedLevel: 0,
      dueAt: wib('2026-11-25 09:05'),
      nextAlarmAt: wib('2026-11-25 09:05'),
    });
  });

  it('within the step changes nothing: two boxes share one clock', () => {
    const { clock, visit, leaves } = move(row, STEP, timesOf(time), now);
    expect([visit, leaves]).toEqual([row.visit, false]);
    expect({ ...row, ...clock }).toEqual(row);
  });

  it('to an end stops the clock for good', () => {
    const { clock, leaves } = move(row, place('archived', null, false, true), timesOf(time), now);
    expect(leaves).toBe(true);
    expect(clock).toMatchObject({ usedMs: 4 * MINUTE_MS, clockStartedAt: null, dueAt: null, nextAlarmAt: null });
  });

  it('from a pause to an end counts nothing of the pause', () => {
    const held = moved(row, PAUSE, time, now);
    const { clock } = move(held, place('withdrawn', null, false, true), timesOf(time), wib('2026-11-27 09:00'));
    expect(clock.usedMs).toBe(4 * MINUTE_MS);
  });

  it('takes the calendar of today for a new visit, and keeps that of the visit after a pause', () => {
    const calendar = defaultCalendar();
    const holiday = { date: '2026-11-26', label: 'x', kind: 'local' as const };
    const current = new WorkingTime({ ...calendar, holidays: [...calendar.holidays, holiday] });
    const times = { visit: time, current, currentVersion: 2, changedBy: null };
    const evening = wib('2026-11-25 15:59');
    const fresh = move(row, { ...STEP, stepNo: 8, minutes: 5 }, times, evening).clock;
    expect(fresh).toMatchObject({ calendarVersion: 2, dueAt: wib('2026-11-27 07:34') });
    const back = move(moved(row, PAUSE, time, now), STEP, times, evening).clock;
    expect(back).toMatchObject({ calendarVersion: 1, dueAt: wib('2026-11-26 07:40') });
  });
});

describe('standing', () => {
  it.each([
    ['intake', 1, 'staff', null, 3],
    ['headDisposition', 3, 'kadin', null, 5],
    ['followUp', 6, 'kabid', KABID.id, 1],
    ['archiving.filing', 8, 'staff', null, 1],
    ['archiving.confirming', 8, 'kasi', null, 1],
    ['archived', null, null, null, null],
  ])('%s lies on the right desk', (state, stepNo, deskRole, deskAccount, minutes) => {
    const closed = state === 'archived';
    expect(standing(service, at(state))).toEqual({
      state,
      stepNo,
      deskRole,
      deskAccount,
      minutes,
      paused: false,
      closed,
    });
  });

  it('row 8 runs on one clock from the first box to the second', () => {
    const ledger = new Ledger(wib('2026-11-24 09:00')).driveTo('archiving.filing', wib('2026-11-24 09:00'));
    const before = ledger.row;
    ledger.act('staf', 'FILE_DOCUMENTS', wib('2026-11-24 09:00:40'));
    expect(ledger.row).toMatchObject({ state: 'archiving.confirming', visit: before.visit, dueAt: before.dueAt });
    expect(ledger.row.deskRole).toBe('kasi');
    ledger.act('kasi', 'CONFIRM_ARCHIVE', wib('2026-11-24 09:01:20'));
    expect(ledger.entries.at(-1)?.visit).toMatchObject({ stepNo: 8, usedMs: 80_000, verdict: 'LATE' });
    expect(ledger.entries.at(-1)?.actor?.id).toBe(idOf('kasi'));
  });
});
