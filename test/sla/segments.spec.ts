/** Pieces of time: they tile the span, they alternate, and each minute is of the kind the calendar's own rows say. */
import fc from 'fast-check';
import { MINUTE_MS, WorkingTime } from '../../src/sla/calendar.js';
import { segments } from '../../src/sla/segments.js';
import { time, wib } from '../support/ledger.js';
import { runs } from '../support/property.js';
import { SlowClock, worlds } from '../support/slow-clock.js';

const local = (at: number) => new Date(at + 7 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ');
const read = (from: string, to: string) =>
  [...segments(time, wib(from), wib(to))].map((one) => `${one.kind} ${local(one.from)} ${local(one.to)}`);

describe('in Lumajang', () => {
  it('a weekend is one piece', () => {
    expect(read('2026-11-27 16:28', '2026-11-30 07:33')).toEqual([
      'worked 11-27 16:28 11-27 16:30',
      'outsideHours 11-27 16:30 11-30 07:30',
      'worked 11-30 07:30 11-30 07:33',
    ]);
  });

  it('holidays that follow each other are one piece, from midnight to midnight', () => {
    expect(read('2026-12-23 15:59', '2026-12-28 07:34')).toEqual([
      'worked 12-23 15:59 12-23 16:00',
      'outsideHours 12-23 16:00 12-24 00:00',
      'holiday 12-24 00:00 12-26 00:00',
      'outsideHours 12-26 00:00 12-28 07:30',
      'worked 12-28 07:30 12-28 07:34',
    ]);
  });

  it('lunch is outside hours, and an empty span has no piece', () => {
    expect(read('2026-11-26 11:58', '2026-11-26 13:03')).toEqual([
      'worked 11-26 11:58 11-26 12:00',
      'outsideHours 11-26 12:00 11-26 13:00',
      'worked 11-26 13:00 11-26 13:03',
    ]);
    expect(read('2026-11-26 11:58', '2026-11-26 11:58')).toEqual([]);
  });

  it('a whole year is about four pieces for each working day', () => {
    const year = read('2026-01-01 00:00', '2027-01-01 00:00');
    expect(year.length).toBeGreaterThan(900);
    expect(year.length).toBeLessThan(1100);
  });
});

const part = fc.integer({ min: 0, max: MINUTE_MS - 1 });

describe('over random calendars', () => {
  it('tile the span, alternate, and hold exactly the working time', () => {
    fc.assert(
      fc.property(worlds, part, fc.integer({ min: 1, max: 20 * 86_400_000 }), ({ calendar, start }, shift, length) => {
        const working = new WorkingTime(calendar);
        const from = start + shift;
        const pieces = [...segments(working, from, from + length)];
        expect(pieces[0]?.from).toBe(from);
        expect(pieces.at(-1)?.to).toBe(from + length);
        pieces.forEach((piece, index) => {
          expect(piece.to).toBeGreaterThan(piece.from);
          const next = pieces[index + 1];
          if (next) expect([next.from, next.kind === piece.kind]).toEqual([piece.to, false]);
        });
        const worked = pieces.filter(({ kind }) => kind === 'worked').reduce((sum, one) => sum + one.to - one.from, 0);
        expect(worked).toBe(working.worked(from, from + length));
      }),
      runs(1500),
    );
  });

  it('are, at any moment, what the rows of the calendar say', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 8 * 1440 }), fc.nat(), ({ calendar, start }, minutes, where) => {
        const working = new WorkingTime(calendar);
        const at = start + (where % minutes) * MINUTE_MS;
        const piece = [...segments(working, start, start + minutes * MINUTE_MS)].find(
          ({ from, to }) => from <= at && at < to,
        );
        const isHoliday = calendar.holidays.some(({ date }) => date === working.dateOf(at));
        const open = new SlowClock(calendar, MINUTE_MS).isOpen(at);
        expect(piece?.kind).toBe(isHoliday ? 'holiday' : open ? 'worked' : 'outsideHours');
      }),
      runs(1500),
    );
  });
});
