/**
 * Kept history measured by another yardstick: other standard minutes, another calendar, more holidays. What people did
 * and when stays as it was; only finished visits are counted, one case at a time. Pure.
 */
import type { Text } from '../../machines/contract.js';
import type { Registry } from '../../machines/registry.js';
import { stepsOf } from '../../machines/shape.js';
import { WorkingTime, type Calendar } from '../sla/calendar.js';
import { stepVisits, type CaseHistory, type StepVisit } from './step-visits.js';

export interface Change {
  /** Standard minutes by the name of the step's state. */
  readonly minutes: ReadonlyMap<string, number>;
  /** In place of every version of the calendar. */
  readonly calendar: Calendar | null;
  /** In addition to those of the calendar. */
  readonly holidays: Calendar['holidays'];
  /** Dates, in the office's zone, on which the counted visits ended; both included. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Tally {
  readonly visits: number;
  readonly onTimeBefore: number;
  readonly onTimeAfter: number;
  /** Visits that were on time and would be late. */
  readonly gained: number;
  /** Visits that were late and would be on time. */
  readonly lost: number;
}

export interface StepTally extends Tally {
  readonly service: string;
  readonly stepNo: number;
  readonly state: string;
  readonly label: Text;
}

export interface WhatIfReport {
  readonly cases: number;
  /** Visits that are not over have no verdict and are left out. */
  readonly unfinished: number;
  readonly outsideDates: number;
  readonly steps: readonly StepTally[];
  readonly total: Tally;
}

export type MeasuredCase = CaseHistory & { readonly service: string; readonly machineVersion: number };
type Verdict = 'ON_TIME' | 'LATE';

const NONE: Tally = { visits: 0, onTimeBefore: 0, onTimeAfter: 0, gained: 0, lost: 0 };

export class WhatIf {
  private readonly steps = new Map<string, StepTally>();
  private readonly others = new WeakMap<WorkingTime, WorkingTime>();
  private cases = 0;
  private unfinished = 0;
  private outsideDates = 0;

  constructor(
    private readonly registry: Registry,
    private readonly change: Change,
  ) {}

  count(measured: MeasuredCase, times: (version: number) => WorkingTime): void {
    this.cases += 1;
    for (const visit of stepVisits(measured)) {
      if (!visit.recorded) this.unfinished += 1;
      else if (!this.inDates(visit, times)) this.outsideDates += 1;
      else this.add(measured, visit, visit.recorded.verdict, times);
    }
  }

  report(): WhatIfReport {
    const steps = [...this.steps.values()].sort(
      (a, b) => a.service.localeCompare(b.service) || a.stepNo - b.stepNo || a.state.localeCompare(b.state),
    );
    const { cases, unfinished, outsideDates } = this;
    return { cases, unfinished, outsideDates, steps, total: steps.reduce<Tally>((sum, step) => plus(sum, step), NONE) };
  }

  private add(
    measured: MeasuredCase,
    visit: StepVisit,
    before: Verdict,
    times: (version: number) => WorkingTime,
  ): void {
    const { service, machineVersion } = measured;
    const machine = this.registry.find(service, machineVersion)?.service;
    const step = machine && stepsOf(machine).find(({ no }) => no === visit.stepNo);
    if (!step)
      throw new Error(`Machine ${service}@${machineVersion} with step ${String(visit.stepNo)} is not installed.`);
    const { no: stepNo, state, label } = step;
    const after = this.judge(visit, this.change.minutes.get(state) ?? visit.budgetMinutes, times);
    const key = `${service}/${stepNo}/${state}`;
    const known = this.steps.get(key) ?? { service, stepNo, state, label, ...NONE };
    this.steps.set(key, { ...known, ...plus(known, one(before, after)) });
  }

  private judge({ stretches }: StepVisit, minutes: number, times: (version: number) => WorkingTime): Verdict {
    let used = 0;
    let minuteMs = 1;
    for (const { running, from, to, calendar } of stretches) {
      const time = this.other(times(calendar));
      if (running) used += time.worked(from, to ?? from);
      minuteMs = time.minuteMs;
    }
    return used > minutes * minuteMs ? 'LATE' : 'ON_TIME';
  }

  /** The working time to measure by instead. */
  private other(time: WorkingTime): WorkingTime {
    const { calendar, holidays } = this.change;
    if (!calendar && holidays.length === 0) return time;
    const known = this.others.get(time);
    if (known) return known;
    const base = calendar ?? time.calendar;
    const made = new WorkingTime({ ...base, holidays: [...base.holidays, ...holidays] });
    this.others.set(time, made);
    return made;
  }

  private inDates({ stretches }: StepVisit, times: (version: number) => WorkingTime): boolean {
    const last = stretches.at(-1);
    if (!last?.to) return false;
    const date = times(last.calendar).dateOf(last.to);
    return (this.change.from ?? date) <= date && date <= (this.change.to ?? date);
  }
}

function one(before: Verdict, after: Verdict): Tally {
  return {
    visits: 1,
    onTimeBefore: before === 'ON_TIME' ? 1 : 0,
    onTimeAfter: after === 'ON_TIME' ? 1 : 0,
    gained: before === 'ON_TIME' && after === 'LATE' ? 1 : 0,
    lost: before === 'LATE' && after === 'ON_TIME' ? 1 : 0,
  };
}

function plus(a: Tally, b: Tally): Tally {
  return {
    visits: a.visits + b.visits,
    onTimeBefore: a.onTimeBefore + b.onTimeBefore,
    onTimeAfter: a.onTimeAfter + b.onTimeAfter,
    gained: a.gained + b.gained,
    lost: a.lost + b.lost,
  };
}
