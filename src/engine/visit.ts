/** The clock of a step visit: what a move of the machine does to it. Pure. */
import type { AnyMachineSnapshot } from 'xstate';
import type { Ladder, Named, Role, Service } from '../../machines/contract.js';
import { metaOf, stateName, stepMetaOf } from '../../machines/shape.js';
import type { WorkingTime } from '../sla/calendar.js';
import { BREACH_PERCENT, levelInstant, nextLevel, type RunningClock } from '../sla/ladder.js';
import { leafOf } from './snapshot.js';
import type { CaseChange, CaseRow } from './types.js';

type Clock = Pick<
  CaseChange,
  | 'calendarVersion'
  | 'visitStartedAt'
  | 'budgetMinutes'
  | 'usedMs'
  | 'clockStartedAt'
  | 'dueAt'
  | 'breachAt'
  | 'nextAlarmAt'
  | 'firedLevel'
>;

/** Working time used in the present visit, up to `at`. */
export function usedMs(row: Pick<CaseRow, 'usedMs' | 'clockStartedAt'>, time: WorkingTime, at: number): number {
  return row.usedMs + (row.clockStartedAt === null ? 0 : time.worked(row.clockStartedAt, at));
}

export function budgetMs(row: Pick<CaseRow, 'budgetMinutes'>, time: WorkingTime): number {
  return (row.budgetMinutes ?? 0) * time.minuteMs;
}

/** The clock from `startedAt` on: due time, instant of breach, next alarm. */
export function running(
  time: WorkingTime,
  clock: RunningClock,
  budgetMinutes: number,
  firedLevel: number,
  ladder: Ladder,
): Pick<Clock, 'clockStartedAt' | 'dueAt' | 'breachAt' | 'nextAlarmAt' | 'firedLevel'> {
  const level = nextLevel(ladder, budgetMinutes, firedLevel);
  return {
    clockStartedAt: clock.startedAt,
    dueAt: time.due(clock.startedAt, clock.budgetMs - clock.usedMs),
    breachAt: levelInstant(time, clock, BREACH_PERCENT),
    nextAlarmAt: level && levelInstant(time, clock, level.percent),
    firedLevel,
  };
}

/** A first visit to a step: a full budget, nothing used, no alarm fired. */
export function newVisit(
  minutes: number,
  time: WorkingTime,
  calendarVersion: number,
  at: number,
  ladder: Ladder,
): Clock {
  const ahead = running(time, { startedAt: at, usedMs: 0, budgetMs: minutes * time.minuteMs }, minutes, 0, ladder);
  return {
    calendarVersion,
    visitStartedAt: at,
    budgetMinutes: minutes,
    usedMs: 0,
    clockStartedAt: ahead.clockStartedAt,
    dueAt: ahead.dueAt,
    breachAt: ahead.breachAt,
    nextAlarmAt: ahead.nextAlarmAt,
    firedLevel: ahead.firedLevel,
  };
}

/** Hold, return, or the end: the clock stops with what has been used. A breach that happened stays one. */
function stopped(row: CaseRow, time: WorkingTime, at: number): Clock {
  const used = usedMs(row, time, at);
  const { calendarVersion, visitStartedAt, budgetMinutes, firedLevel } = row;
  return {
    calendarVersion,
    visitStartedAt,
    budgetMinutes,
    usedMs: used,
    clockStartedAt: null,
    dueAt: null,
    breachAt: used > budgetMs(row, time) ? row.breachAt : null,
    nextAlarmAt: null,
    firedLevel,
  };
}

/** Back from a pause: the exact remaining working time; what was late already was due when it became so. */
function resumed(row: CaseRow, time: WorkingTime, at: number, ladder: Ladder): Clock {
  const { calendarVersion, visitStartedAt, budgetMinutes, usedMs: used } = row;
  const clock = { startedAt: at, usedMs: used, budgetMs: budgetMs(row, time) };
  const ahead = running(time, clock, budgetMinutes ?? 0, row.firedLevel, ladder);
  return {
    calendarVersion,
    visitStartedAt,
    budgetMinutes,
    usedMs: used,
    ...ahead,
    dueAt: row.breachAt ?? ahead.dueAt,
    breachAt: row.breachAt ?? ahead.breachAt,
  };
}

function unchanged(row: CaseRow): Clock {
  const { calendarVersion, visitStartedAt, budgetMinutes, clockStartedAt, dueAt, breachAt, nextAlarmAt, firedLevel } =
    row;
  return {
    calendarVersion,
    visitStartedAt,
    budgetMinutes,
    usedMs: row.usedMs,
    clockStartedAt,
    dueAt,
    breachAt,
    nextAlarmAt,
    firedLevel,
  };
}

export interface Standing {
  readonly state: string;
  readonly stepNo: number | null;
  readonly deskRole: Role | null;
  readonly deskAccount: string | null;
  readonly minutes: number | null;
  readonly paused: boolean;
  readonly closed: boolean;
}

/** Where a snapshot stands: state, step, and whose desk it lies on. */
export function standing(service: Service, snapshot: AnyMachineSnapshot): Standing {
  const leaf = leafOf(snapshot);
  const step = stepMetaOf(leaf);
  const meta = metaOf(leaf);
  const accountable = meta && 'accountable' in meta ? meta.accountable : [];
  const named: Named | null = accountable.length > 1 ? service.namedOfficer(snapshot.context as object) : null;
  return {
    state: stateName(leaf),
    stepNo: step?.no ?? null,
    deskRole: named?.role ?? accountable[0] ?? null,
    deskAccount: named?.id ?? null,
    minutes: step?.minutes ?? null,
    paused: meta?.kind === 'pause',
    closed: snapshot.status === 'done',
  };
}

/** The calendar the present visit is judged by, and the one the office goes by today. */
export interface Times {
  readonly visit: WorkingTime;
  readonly current: WorkingTime;
  readonly currentVersion: number;
  /** Who changed the calendar to this version; null for the one an office was installed with. */
  readonly changedBy: string | null;
}

export interface Move {
  readonly clock: Clock;
  readonly visit: number;
  /** True when the present visit is over: its verdict is final. */
  readonly leaves: boolean;
}

/**
 * What a move does to the visit. Within one step nothing changes (step 8 has one clock for two boxes); a pause stops
 * the clock; coming back from a pause resumes it; any other step is a new visit with a full budget.
 */
export function move(row: CaseRow, to: Standing, times: Times, at: number, ladder: Ladder): Move {
  const time = times.visit;
  const wasPaused = row.clockStartedAt === null;
  if (to.closed) return { clock: stopped(row, time, at), visit: row.visit, leaves: true };
  if (to.paused) {
    return { clock: wasPaused ? unchanged(row) : stopped(row, time, at), visit: row.visit, leaves: false };
  }
  if (wasPaused) return { clock: resumed(row, time, at, ladder), visit: row.visit, leaves: false };
  if (to.stepNo === row.stepNo) return { clock: unchanged(row), visit: row.visit, leaves: false };
  return {
    clock: newVisit(to.minutes ?? 0, times.current, times.currentVersion, at, ladder),
    visit: row.visit + 1,
    leaves: true,
  };
}
