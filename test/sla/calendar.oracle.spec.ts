/** The fast calendar against a slow one that walks minute by minute, over random calendars around every edge of the year. */
import fc from 'fast-check';
import { MINUTE_MS, WorkingTime } from '../../src/sla/calendar.js';
import { runs } from '../support/property.js';
import { SlowClock, worlds } from '../support/slow-clock.js';

const minutes = fc.integer({ min: 1, max: 600 });
/** Any instant within a minute. */
const fraction = fc.integer({ min: 0, max: MINUTE_MS - 1 });
const wholeSeconds = fc.integer({ min: 1, max: 59 }).map((seconds) => seconds * 1000);
const span = fc.integer({ min: 0, max: 10 * 1440 });

/** The slow clock is slow. */
const PATIENCE_MS = 180_000;

describe('against the slow clock', () => {
  it(
    'minute by minute: due, worked, next working instant, alarm instant',
    () => {
      fc.assert(
        fc.property(worlds, minutes, span, ({ calendar, start }, budget, ahead) => {
          const fast = new WorkingTime(calendar);
          const slow = new SlowClock(calendar, MINUTE_MS);
          const due = slow.due(start, budget * MINUTE_MS);
          expect(fast.due(start, budget * MINUTE_MS)).toBe(due);
          expect(fast.exceeded(start, budget * MINUTE_MS)).toBe(slow.nextWorking(due));
          expect(fast.nextWorking(start)).toBe(slow.nextWorking(start));
          const end = start + ahead * MINUTE_MS;
          expect(fast.worked(start, end)).toBe(slow.worked(start, end));
        }),
        runs(150),
      );
    },
    PATIENCE_MS,
  );

  it(
    'second by second, from any second',
    () => {
      fc.assert(
        fc.property(worlds, wholeSeconds, fc.integer({ min: 1, max: 20 }), ({ calendar, start }, seconds, budget) => {
          const fast = new WorkingTime(calendar);
          const slow = new SlowClock(calendar, 1000);
          const from = start + seconds;
          const due = slow.due(from, budget * MINUTE_MS);
          expect(fast.due(from, budget * MINUTE_MS)).toBe(due);
          expect(fast.exceeded(from, budget * MINUTE_MS)).toBe(slow.nextWorking(due));
          expect(fast.worked(from, due)).toBe(slow.worked(from, due));
        }),
        runs(50),
      );
    },
    PATIENCE_MS,
  );

  it(
    'from any millisecond, with any number of milliseconds',
    () => {
      fc.assert(
        fc.property(
          worlds,
          fraction,
          fc.integer({ min: 1, max: 36_000_000 }),
          ({ calendar, start }, part, budgetMs) => {
            const fast = new WorkingTime(calendar);
            const slow = new SlowClock(calendar, MINUTE_MS);
            const due = slow.due(start + part, budgetMs);
            expect(fast.due(start + part, budgetMs)).toBe(due);
            expect(fast.nextWorking(start + part)).toBe(slow.nextWorking(start + part));
            expect(fast.worked(start + part, due + part)).toBe(slow.worked(start + part, due + part));
          },
        ),
        runs(600),
      );
    },
    PATIENCE_MS,
  );
});

describe('properties of the fast calendar', () => {
  it('due uses the budget to the millisecond, and no earlier instant does', () => {
    fc.assert(
      fc.property(worlds, minutes, fraction, ({ calendar, start }, budget, part) => {
        const fast = new WorkingTime(calendar);
        const from = start + part;
        const ms = budget * MINUTE_MS;
        const due = fast.due(from, ms);
        expect(fast.worked(from, due)).toBe(ms);
        expect(fast.worked(from, due - 1)).toBe(ms - 1);
      }),
      runs(2000),
    );
  });

  it('an alarm instant is on time, and the next millisecond is not', () => {
    fc.assert(
      fc.property(worlds, minutes, fraction, ({ calendar, start }, budget, part) => {
        const fast = new WorkingTime(calendar);
        const from = start + part;
        const exceeded = fast.exceeded(from, budget * MINUTE_MS);
        expect(fast.worked(from, exceeded)).toBe(budget * MINUTE_MS);
        expect(fast.worked(from, exceeded + 1)).toBe(budget * MINUTE_MS + 1);
      }),
      runs(2000),
    );
  });

  it('starting later or with more to do never makes the due time earlier', () => {
    fc.assert(
      fc.property(worlds, minutes, minutes, span, ({ calendar, start }, budget, more, later) => {
        const fast = new WorkingTime(calendar);
        const due = fast.due(start, budget * MINUTE_MS);
        expect(fast.due(start + later * MINUTE_MS, budget * MINUTE_MS)).toBeGreaterThanOrEqual(due);
        const longer = fast.due(start, (budget + more) * MINUTE_MS);
        expect(longer).toBeGreaterThan(due);
        // In one stretch or in two: the second begins where the first ended.
        expect(fast.due(due, more * MINUTE_MS)).toBe(longer);
      }),
      runs(1000),
    );
  });

  it('working time adds up', () => {
    fc.assert(
      fc.property(worlds, span, span, fraction, ({ calendar, start }, first, second, part) => {
        const fast = new WorkingTime(calendar);
        const middle = start + first * MINUTE_MS + part;
        const end = middle + second * MINUTE_MS;
        expect(fast.worked(start, middle) + fast.worked(middle, end)).toBe(fast.worked(start, end));
        expect(fast.worked(start, end)).toBeLessThanOrEqual(end - start);
        expect(fast.worked(end, start)).toBe(0);
      }),
      runs(1000),
    );
  });
});
