/**
 * A case that wanders about: acts, holds, returns, recalls, alarms and changes of the calendar at any moments, decided by
 * the real pure functions and kept in memory.
 */
import fc from 'fast-check';
import type { CaseHistory } from '../../src/cases/step-visits.js';
import type { WorkingTime } from '../../src/sla/calendar.js';
import { Ledger, PATH, type Login } from './ledger.js';

export interface Step {
  readonly what: 'on' | 'pause' | 'return' | 'recall' | 'ring' | 'decree' | 'end';
  readonly afterMs: number;
}

const gap = fc.oneof(
  fc.integer({ min: 0, max: 3 * 60_000 }),
  fc.integer({ min: 0, max: 3_600_000 }),
  fc.integer({ min: 0, max: 3 * 86_400_000 }),
);
const what = fc.oneof(
  { weight: 8, arbitrary: fc.constant('on' as const) },
  { weight: 3, arbitrary: fc.constantFrom('pause', 'return', 'ring') },
  { weight: 2, arbitrary: fc.constantFrom('decree', 'recall') },
  { weight: 1, arbitrary: fc.constant('end' as const) },
);
export const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({ what, afterMs: gap }), { maxLength: 30 });

const WAYS: Readonly<Record<'pause' | 'return' | 'recall' | 'end', readonly (readonly [Login, string])[]>> = {
  pause: [['kasi', 'HOLD']],
  return: [['staf', 'RETURN_INCOMPLETE']],
  recall: [['kadin', 'RECALL_DISPOSITION']],
  end: [['kasi', 'CANCEL']],
};
const ON: readonly (readonly [Login, string])[] = [['kasi', 'RESUME'], ['staf', 'RESUBMIT'], ...PATH];

export class Wanderer {
  readonly ledger: Ledger;
  at: number;
  private version = 1;

  constructor(
    start: number,
    private readonly calendars: readonly [WorkingTime, WorkingTime],
  ) {
    this.ledger = new Ledger(start, calendars[0]);
    this.at = start;
  }

  readonly times = (version: number): WorkingTime => this.calendars[version % 2 === 1 ? 0 : 1];

  get history(): CaseHistory {
    const { calendarVersion, stepNo, budgetMinutes } = this.ledger.row;
    return { entries: this.ledger.entries, calendarVersion, stepNo, budgetMinutes };
  }

  take(given: readonly Step[]): this {
    for (const { what: kind, afterMs } of given) {
      this.at += afterMs;
      if (this.ledger.row.closedAt !== null) continue;
      // The other calendar comes into force.
      if (kind === 'decree') this.version += 1;
      this.ledger.times = {
        visit: this.times(this.ledger.row.calendarVersion),
        current: this.times(this.version),
        currentVersion: this.version,
        changedBy: null,
      };
      if (kind === 'ring' || kind === 'decree') this.ledger.sweep(this.at);
      else this.send(kind === 'on' ? ON : WAYS[kind]);
    }
    return this;
  }

  /** The first of these that the machine takes now, if any. */
  private send(ways: readonly (readonly [Login, string])[]): void {
    const way = ways.find(([login, event]) => this.ledger.ask(login, event, this.at).ok);
    if (way) this.ledger.act(way[0], way[1], this.at);
  }
}
