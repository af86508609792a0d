/**
 * The ladder of a step visit: warn at 80 % (budgets of five minutes and more), breach at 100 %, escalation at 200 % and
 * 400 % of the standard working minutes. Each level fires once per visit, strictly after its share has been used up.
 */
import type { WorkingTime } from './calendar.js';

export const LEVELS = [80, 100, 200, 400] as const;
export type Level = (typeof LEVELS)[number];
export const BREACH: Level = 100;
/** Below this budget a warning would only be noise (domain: notices). */
const WARN_FROM_MINUTES = 5;

export const LEVEL_EVENTS = {
  80: 'SLA_WARNED',
  100: 'SLA_BREACHED',
  200: 'SLA_ESCALATED',
  400: 'SLA_ESCALATED',
} as const satisfies Record<Level, string>;

/** A step visit's clock while it runs. */
export interface RunningClock {
  readonly startedAt: number;
  /** Working time used before `startedAt`, in earlier stretches of the same visit. */
  readonly usedMs: number;
  readonly budgetMs: number;
}

/** Instant after which `level` percent of the budget are exceeded; already past if they were before a pause. */
export function levelInstant(time: WorkingTime, clock: RunningClock, level: Level): number {
  return time.exceeded(clock.startedAt, (clock.budgetMs * level) / 100 - clock.usedMs);
}

/** The next level after `fired` (0: none yet), or null at the top of the ladder. */
export function nextLevel(budgetMinutes: number, fired: number): Level | null {
  return LEVELS.find((level) => level > fired && (level !== 80 || budgetMinutes >= WARN_FROM_MINUTES)) ?? null;
}
