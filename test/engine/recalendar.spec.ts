/** A calendar that changes while a step is open: what becomes of its due time, its alarms, its verdict. */
import fc from 'fast-check';
import { verifyChain } from '../../src/inspection/verify.js';
import { WorkingTime, type Calendar } from '../../src/sla/calendar.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { runs } from '../support/property.js';
import { CASE, idOf, Ledger, OFFICE, time, wib } from '../support/ledger.js';

const ADMIN = idOf('kasi');
const decreed = (...dates: string[]): WorkingTime => {
  const usual = defaultCalendar();
  const leave = dates.map((date): Calendar['holidays'][number] => ({
    date,
    label: 'Cuti bersama',
    kind: 'joint-leave',
  }));
  return new WorkingTime({ ...usual, holidays: [...usual.holidays, ...leave] });
};
const changeTo = (ledger: Ledger, current: WorkingTime) => {
  ledger.times = { visit: time, current, currentVersion: 2, changedBy: ADMIN };
};
/** Entered a minute before the office closes for the weekend: five minutes are over on Monday at 07.34. */
const ENTERED = wib('2026-11-27 16:29');
const atHead = () => new Ledger(ENTERED).driveTo('headDisposition', ENTERED);
const MONDAY = decreed('2026-11-30');

describe('a day of leave is decreed while a step is open', () => {
  it('moves its due time by an entry that names both, the version and who did it', () => {
    const ledger = atHead();
    changeTo(ledger, MONDAY);
    const at = wib('2026-11-27 18:00');
    expect(ledger.sweep(at)?.notices).toEqual([]);
    expect(ledger.entries.at(-1)).toMatchObject({
      event: 'CALENDAR_CHANGED',
      actor: null,
      stepSeq: 3,
      from: 'headDisposition',
      to: 'headDisposition',
      visit: { no: 3, usedMs: 60_000, verdict: null, calendar: 2 },
      next: { visit: 3, dueAt: '2026-12-01T00:34:00.000Z' },
      facts: {
        calendarFrom: 1,
        calendarTo: 2,
        oldDueAt: '2026-11-30T00:34:00.000Z',
        newDueAt: '2026-12-01T00:34:00.000Z',
        by: ADMIN,
      },
    });
    expect(ledger.row).toMatchObject({ calendarVersion: 2, dueAt: wib('2026-12-01 07:34'), stepSeq: 3 });
    expect(
      verifyChain(
        OFFICE,
        CASE,
        ledger.stored.map((one) => ({ ...one, actorLogin: null, actorName: null })),
        ledger.head,
      ),
    ).toMatchObject({ result: 'PASS' });
  });

  it('rings no bell for the due time that is none any more', () => {
    const ledger = atHead();
    changeTo(ledger, MONDAY);
    const write = ledger.sweep(wib('2026-11-30 15:00'));
    expect([write?.earlier, write?.last.event, write?.notices]).toEqual([[], 'CALENDAR_CHANGED', []]);
    expect(ledger.sweep(wib('2026-11-30 15:01'))).toBeNull();
    expect(ledger.sweep(wib('2026-12-01 07:35'))?.last).toMatchObject({ event: 'SLA_BREACHED' });
  });

  it('a Ramadan that lasts longer opens the office later: due later, and nothing rings in between', () => {
    const usual = defaultCalendar();
    const [ramadan] = usual.regimes;
    const lasting = (to: string) => new WorkingTime({ ...usual, regimes: [{ ...ramadan!, to }] });
    // Two minutes before closing on a Monday; by the week as usual Tuesday begins at 07.30, in Ramadan at 08.00.
    const entered = wib('2026-03-16 14:58');
    const ledger = new Ledger(entered, lasting('2026-03-16')).driveTo('headDisposition', entered);
    expect(ledger.row.dueAt).toBe(wib('2026-03-17 07:33'));
    changeTo(ledger, lasting('2026-03-17'));
    expect(ledger.sweep(wib('2026-03-17 07:45'))).toMatchObject({
      earlier: [],
      last: { event: 'CALENDAR_CHANGED' },
      notices: [],
    });
    expect([ledger.row.dueAt, ledger.row.breachAt]).toEqual([wib('2026-03-17 08:03'), wib('2026-03-17 08:03')]);
    expect(ledger.sweep(wib('2026-03-17 08:03'))?.last).toMatchObject({ event: 'SLA_WARNED' });
    expect(ledger.sweep(wib('2026-03-17 08:04'))?.last).toMatchObject({ event: 'SLA_BREACHED' });
    expect(ledger.sweep(wib('2026-03-17 08:05'))).toBeNull();
  });

  it('judges an act by the new calendar, though nothing has moved the case before', () => {
    const ledger = atHead();
    changeTo(ledger, MONDAY);
    const { write } = ledger.act('kadin', 'ISSUE_DISPOSITION', wib('2026-11-30 10:00'));
    expect(write.earlier).toHaveLength(1);
    expect(ledger.entries.slice(-2)).toMatchObject([
      { event: 'CALENDAR_CHANGED' },
      { event: 'ISSUE_DISPOSITION', visit: { usedMs: 60_000, verdict: 'ON_TIME', calendar: 2 } },
    ]);
  });

  it('tells at once what is late by a calendar with more hours, and once only', () => {
    const ledger = atHead();
    const { week, ...rest } = defaultCalendar();
    changeTo(ledger, new WorkingTime({ ...rest, week: { ...week, sat: [['08:00', '12:00']] } }));
    const write = ledger.sweep(wib('2026-11-28 08:10'));
    expect([...(write?.earlier ?? []), write!.last].map(({ event }) => event)).toEqual([
      'CALENDAR_CHANGED',
      'SLA_WARNED',
      'SLA_BREACHED',
      'SLA_ESCALATED',
    ]);
    expect(ledger.sweep(wib('2026-11-28 08:11'))).toBeNull();
  });

  it('takes nothing back of what has been told', () => {
    const ledger = atHead();
    ledger.sweep(wib('2026-11-30 07:36'));
    expect(ledger.row.firedLevel).toBe(100);
    const told = ledger.notices.length;
    changeTo(ledger, MONDAY);
    ledger.sweep(wib('2026-11-30 08:00'));
    expect([ledger.row.firedLevel, ledger.notices.length]).toEqual([100, told]);
    // By the new calendar the next level, ten minutes, is over on Tuesday.
    expect(ledger.row.nextAlarmAt).toBe(wib('2026-12-01 07:39'));
  });

  it('lets a paused step keep what it has used, and resumes it by the new calendar', () => {
    const ledger = atHead();
    ledger.act('kadin', 'HOLD', wib('2026-11-30 07:31'));
    changeTo(ledger, decreed('2026-12-01'));
    ledger.sweep(wib('2026-11-30 09:00'));
    expect(ledger.entries.at(-1)).toMatchObject({
      event: 'CALENDAR_CHANGED',
      visit: { usedMs: 120_000 },
      facts: { oldDueAt: null, newDueAt: null },
    });
    ledger.act('kadin', 'RESUME', wib('2026-11-30 15:59'));
    expect(ledger.row.dueAt).toBe(wib('2026-12-02 07:32'));
  });

  it('leaves closed cases alone', () => {
    const ledger = new Ledger(ENTERED).driveTo('archived', ENTERED);
    changeTo(ledger, MONDAY);
    const before = JSON.stringify(ledger.stored);
    expect(ledger.sweep(wib('2026-12-02 09:00'))).toBeNull();
    expect(JSON.stringify(ledger.stored)).toBe(before);
  });
});

it('whatever days are decreed, the new due time is what the new calendar gives from the start of the stretch', () => {
  const day = fc.integer({ min: 1, max: 20 }).map((n) => `2026-12-${String(n).padStart(2, '0')}`);
  fc.assert(
    fc.property(fc.uniqueArray(day, { maxLength: 8 }), fc.integer({ min: 0, max: 10_000 }), (days, minutes) => {
      const ledger = atHead();
      const current = decreed(...days);
      changeTo(ledger, current);
      ledger.sweep(ENTERED + minutes * 1000);
      expect(ledger.row.dueAt).toBe(current.due(ENTERED, 5 * 60_000));
    }),
    runs(300),
  );
});
