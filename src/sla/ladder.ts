/**
 * When the levels of a service's ladder (machines/ladder.ts) are true of a step visit. Each fires once per visit, strictly
 * after its share of the standard working minutes has been used up.
 */
import type { Ladder, LadderLevel } from '../../machines/contract.js';
import type { WorkingTime } from './calendar.js';

/** More than all of the budget: the verdict's own edge, in every ladder. */
export const BREACH_PERCENT = 100;

export const LEVEL_EVENTS = {
  warning: 'SLA_WARNED',
  breach: 'SLA_BREACHED',
  escalation: 'SLA_ESCALATED',
} as const satisfies Record<LadderLevel['kind'], string>;

/** A step visit's clock while it runs. */
export interface RunningClock {
  readonly startedAt: number;
  /** Working time used before `startedAt`, in earlier stretches of the same visit. */
  readonly usedMs: number;
  readonly budgetMs: number;
}

/** Instant after which `percent` of the budget are exceeded; already past if they were before a pause. */
export function levelInstant(time: WorkingTime, clock: RunningClock, percent: number): number {
  return time.exceeded(clock.startedAt, (clock.budgetMs * percent) / 100 - clock.usedMs);
}

/** The next level above `fired` percent (0: none yet), or null at the top of the ladder. */
export function nextLevel({ levels }: Ladder, budgetMinutes: number, fired: number): LadderLevel | null {
  return levels.find(({ percent, fromMinutes }) => percent > fired && budgetMinutes >= fromMinutes) ?? null;
}
