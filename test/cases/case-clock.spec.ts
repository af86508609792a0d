/** A clock explained: it adds up, it agrees with the history, and somebody else comes to the same verdicts from it alone. */
import fc from 'fast-check';
import { caseClock, calendarsOf } from '../../src/cases/case-clock.js';
import { stepVisits } from '../../src/cases/step-visits.js';
import { WorkingTime } from '../../src/sla/calendar.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { verifyClock, type Explained } from '../support/clock-verifier.js';
import { Ledger, time, wib } from '../support/ledger.js';
import { runs } from '../support/property.js';
import { worlds } from '../support/slow-clock.js';
import { steps, Wanderer } from '../support/wander.js';

const SOP_MINUTES = 34;
/** As it goes over the wire. */
const asRead = (clock: object) => JSON.parse(JSON.stringify(clock)) as Explained;
const explained = (wanderer: Wanderer, now = wanderer.at) =>
  caseClock(wanderer.history, wanderer.times, now, SOP_MINUTES);

/** Lumajang with a joint-leave day decreed late. */
const decreed = new WorkingTime({
  ...defaultCalendar(),
  holidays: [...defaultCalendar().holidays, { date: '2026-11-25', label: 'Cuti bersama', kind: 'joint-leave' }],
});

describe('the clock of any case', () => {
  it('adds up, and gives every verdict of its history again', () => {
    const seen = { LATE: 0, ON_TIME: 0, pauses: 0, decrees: 0, WITHIN: 0, OVER: 0, OPEN: 0 };
    fc.assert(
      fc.property(worlds, worlds, steps, fc.nat(5 * 86_400_000), ({ calendar, start }, other, path, later) => {
        const second = new WorkingTime({ ...other.calendar, zone: calendar.zone });
        const wanderer = new Wanderer(start, [new WorkingTime(calendar), second]).take(path);
        const clock = asRead(explained(wanderer, wanderer.at + later));
        expect(verifyClock(clock)).toEqual([]);
        seen[clock.verdict as 'WITHIN' | 'OVER' | 'OPEN'] += 1;
        for (const { event, visit } of wanderer.ledger.entries) {
          if (event === 'CALENDAR_CHANGED') seen.decrees += 1;
          if (!visit?.verdict) continue;
          seen[visit.verdict] += 1;
          const one = clock.visits[visit.no - 1];
          expect([one?.verdict, one?.netMs, one?.budgetMs]).toEqual([visit.verdict, visit.usedMs, visit.budgetMs]);
        }
        seen.pauses += clock.visits
          .flatMap(({ stretches }) => stretches)
          .filter(({ kind }) => kind === 'paused').length;
        const { dueAt, breachAt, clockStartedAt, visit } = wanderer.ledger.row;
        if (clockStartedAt === null) return;
        const present = explained(wanderer).visits[visit - 1];
        expect([present?.dueAt, present?.breachAt]).toEqual(
          [dueAt, breachAt].map((at) => new Date(at ?? 0).toISOString()),
        );
      }),
      runs(1500),
    );
    // Else this would prove nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });
});

describe('a case in Lumajang', () => {
  const held = () => {
    const ledger = new Ledger(wib('2026-11-27 16:27'));
    ledger.act('kasi', 'HOLD', wib('2026-11-27 16:28'));
    ledger.act('kasi', 'RESUME', wib('2026-11-30 07:40'));
    ledger.act('staf', 'RECEIVE_APPLICANT', wib('2026-11-30 07:42'));
    return ledger;
  };
  const clockOf = (
    { row, entries }: Ledger,
    now: number,
    times = (version: number) => (version === 1 ? time : decreed),
  ) => caseClock({ ...row, entries }, times, now, SOP_MINUTES);

  it('held over a weekend: what the office was open for is held, the rest is outside hours', () => {
    const clock = clockOf(held(), wib('2026-11-30 07:43'));
    const [visit] = clock.visits;
    expect(visit?.stretches.map(({ kind, fromSeq, toSeq, calendar }) => [kind, fromSeq, toSeq, calendar])).toEqual([
      ['running', 1, 2, 1],
      ['paused', 2, 3, 1],
      ['running', 3, 4, 1],
    ]);
    expect(visit?.stretches[1]?.segments).toEqual([
      { kind: 'held', from: '2026-11-27T09:28:00.000Z', to: '2026-11-27T09:30:00.000Z', ms: 120_000 },
      { kind: 'outsideHours', from: '2026-11-27T09:30:00.000Z', to: '2026-11-30T00:30:00.000Z', ms: 226_800_000 },
      { kind: 'held', from: '2026-11-30T00:30:00.000Z', to: '2026-11-30T00:40:00.000Z', ms: 600_000 },
    ]);
    expect(visit).toMatchObject({ netMinutes: 3, grossMinutes: 15, verdict: 'ON_TIME', late: false, breachAt: null });
    expect(visit).toMatchObject({ dueAt: '2026-11-30T00:42:00.000Z', dueSeq: 3, endedAt: '2026-11-30T00:42:00.000Z' });
    expect(clock).toMatchObject({ netMinutes: 4, grossMinutes: 16, sopMinutes: 34, at: '2026-11-30T00:43:00.000Z' });
    expect(clock.visits[1]).toMatchObject({ no: 2, stepNo: 2, endedAt: null, verdict: null, netMs: 60_000 });
  });

  it('all eight steps at the standard pace use net and gross 34 minutes', () => {
    const ledger = new Ledger(wib('2026-11-25 07:30'));
    const path: readonly (readonly [Parameters<Ledger['act']>[0], string, string])[] = [
      ['staf', 'RECEIVE_APPLICANT', '07:33'],
      ['staf', 'REGISTER_LETTER', '07:38'],
      ['kadin', 'ISSUE_DISPOSITION', '07:43'],
      ['staf', 'RECORD_DISPOSITION', '07:44'],
      ['staf', 'DELIVER_DISPOSITION', '07:47'],
      ['kabid', 'FOLLOW_UP_DISPOSITION', '07:48'],
      ['staf', 'COMPLETE_SERVICE', '08:03'],
      ['staf', 'FILE_DOCUMENTS', '08:03:30'],
      ['kasi', 'CONFIRM_ARCHIVE', '08:04'],
    ];
    for (const [login, event, clock] of path) ledger.act(login, event, wib(`2026-11-25 ${clock}`));
    const clock = clockOf(ledger, wib('2026-12-25 00:00'));
    expect(clock).toMatchObject({ netMinutes: 34, grossMinutes: 34, at: '2026-11-25T01:04:00.000Z' });
    expect(clock).toMatchObject({ remainingMs: 0, verdict: 'WITHIN' });
    expect(clock.visits.map(({ stepNo, netMinutes }) => [stepNo, netMinutes])).toEqual([
      [1, 3],
      [2, 5],
      [3, 5],
      [4, 1],
      [5, 3],
      [6, 1],
      [7, 15],
      [8, 1],
    ]);
    expect(verifyClock(asRead(clock))).toEqual([]);
  });

  it('a case is over its 34 minutes a millisecond after them, whatever its steps', () => {
    const ledger = new Ledger(wib('2026-11-25 08:00'));
    const after = (ms: number) => clockOf(ledger, wib('2026-11-25 08:34') + ms);
    expect(after(0)).toMatchObject({ remainingMs: 0, verdict: 'OPEN' });
    expect(after(1)).toMatchObject({ remainingMs: -1, verdict: 'OVER' });
    ledger.act('kasi', 'HOLD', wib('2026-11-25 08:10'));
    // On hold nothing of them is used.
    expect(after(0)).toMatchObject({ remainingMs: 24 * 60_000, verdict: 'OPEN' });
    ledger.act('kasi', 'CANCEL', wib('2026-11-25 09:00'));
    expect(after(7_200_000)).toMatchObject({ remainingMs: 24 * 60_000, verdict: 'WITHIN' });
    expect(verifyClock(asRead(after(7_200_000)))).toEqual([]);
  });

  it('a day decreed free judges what runs from its start, and leaves what had stopped before as it was', () => {
    const wanderer = new Wanderer(wib('2026-11-25 09:00'), [time, decreed]).take([
      { what: 'pause', afterMs: 60_000 },
      { what: 'on', afterMs: 60_000 },
      { what: 'decree', afterMs: 60_000 },
    ]);
    const [visit] = explained(wanderer).visits;
    expect(
      visit?.stretches.map(({ kind, calendar, segments }) => [kind, calendar, segments.map((one) => one.kind)]),
    ).toEqual([
      ['running', 1, ['worked']],
      ['paused', 1, ['held']],
      ['running', 2, ['holiday']],
    ]);
    expect(visit).toMatchObject({ netMs: 60_000, dueAt: '2026-11-26T00:32:00.000Z', dueSeq: 4 });
    expect(calendarsOf(wanderer.history)).toEqual([1, 2]);
  });

  it('a year of waiting is no more than some hundred pieces', () => {
    const text = JSON.stringify(clockOf(new Ledger(wib('2026-01-02 07:30')), wib('2027-01-02 07:30')));
    expect(text.length).toBeLessThan(150_000);
  });

  it('a visit no entry has spoken of yet is the one the case has', () => {
    const { row, entries } = new Ledger(wib('2026-11-25 09:00'));
    expect(stepVisits({ ...row, entries })).toMatchObject([{ no: 1, stepNo: 1, budgetMinutes: 3, recorded: null }]);
  });
});
