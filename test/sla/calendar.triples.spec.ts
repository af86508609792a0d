/**
 * A hundred thousand random (calendar, start, minutes) around the edges of regimes and years, against a table of minutes
 * that shares no code with the calendar: due instant, alarm instant, and the instants of the ladder.
 */
import fc from 'fast-check';
import { STANDARD_LADDER } from '../../machines/ladder.js';
import { MINUTE_MS, WorkingTime } from '../../src/sla/calendar.js';
import { levelInstant } from '../../src/sla/ladder.js';
import { MinuteTable } from '../support/minute-table.js';
import { runs } from '../support/property.js';
import { worlds } from '../support/slow-clock.js';

const CALENDARS = 4000;
const TRIPLES_EACH = 25;
const N = CALENDARS * TRIPLES_EACH;
const PATIENCE_MS = 600_000;
/** 600 minutes in a calendar that opens on Mondays only, around holidays and regimes. */
const DAYS = 120;
const DAY_MS = 86_400_000;

const minutes = fc.integer({ min: 1, max: 600 });
const part = fc.integer({ min: 0, max: MINUTE_MS - 1 });
const fromThere = fc.tuple(fc.nat(9 * DAY_MS), minutes);
const triples = fc.array(fromThere, { minLength: TRIPLES_EACH, maxLength: TRIPLES_EACH });

it(
  'due and alarm are where the table has them, n = 100,000',
  () => {
    let asked = 0;
    const edges = { regime: 0, year: 0 };
    fc.assert(
      fc.property(worlds, triples, ({ calendar, start }, each) => {
        const fast = new WorkingTime(calendar);
        const table = new MinuteTable(calendar, start, DAYS);
        const regimeOf = (date: string) => calendar.regimes.find((one) => one.from <= date && date <= one.to);
        for (const [after, budget] of each) {
          const from = start + after;
          const { due, alarmAt } = table.due(from, budget * MINUTE_MS);
          // `expect` a hundred thousand times would take longer than all the rest.
          if (fast.due(from, budget * MINUTE_MS) !== due || fast.exceeded(from, budget * MINUTE_MS) !== alarmAt) {
            throw new Error(`${from} + ${budget} min: due ${due}, alarm after ${alarmAt} by the table`);
          }
          asked += 1;
          const [began, ended] = [fast.dateOf(from), fast.dateOf(due)];
          if (began.slice(0, 4) !== ended.slice(0, 4)) edges.year += 1;
          if (regimeOf(began) !== regimeOf(ended)) edges.regime += 1;
        }
      }),
      runs(CALENDARS),
    );
    expect(asked).toBe(N);
    expect(Math.min(edges.regime, edges.year)).toBeGreaterThan(N / 100);
  },
  PATIENCE_MS,
);

it(
  'the ladder rings at its shares of the budget, whatever was used before',
  () => {
    const levels = fc.constantFrom(...STANDARD_LADDER.levels);
    fc.assert(
      fc.property(
        worlds,
        minutes,
        part,
        levels,
        fc.nat(99),
        ({ calendar, start }, budget, shift, { percent }, used) => {
          const startedAt = start + shift;
          const budgetMs = (budget * MINUTE_MS) / 4;
          const usedMs = Math.floor((budgetMs * used) / 100);
          const left = (budgetMs * percent) / 100 - usedMs;
          const at = levelInstant(new WorkingTime(calendar), { startedAt, usedMs, budgetMs }, percent);
          const table = new MinuteTable(calendar, startedAt, DAYS);
          expect(at).toBe(table.due(startedAt, Math.max(left, 0)).alarmAt);
        },
      ),
      runs(2000),
    );
  },
  PATIENCE_MS,
);
