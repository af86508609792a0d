/**
 * The clock of a case, explained: every step visit cut into pieces that add up to the millisecond, so that whoever has
 * this answer, and nothing else, can work out each verdict again. Pure.
 *
 * Within a pause, time in which the office was open is `held` and the rest is what it would have been anyway. So net
 * time is the sum of `worked`, and gross time, in which holds and returns count, is `worked` and `held` together.
 */
import type { WorkingTime } from '../sla/calendar.js';
import { segments, type SegmentKind } from '../sla/segments.js';
import { stepVisits, type CaseHistory, type StepVisit, type Stretch } from './step-visits.js';

interface ClockSegment {
  readonly kind: SegmentKind | 'held';
  readonly from: string;
  readonly to: string;
  readonly ms: number;
}

interface ClockStretch {
  readonly kind: 'running' | 'paused';
  readonly from: string;
  readonly to: string;
  /** Entries of the history that began and ended it; the second is null while it lasts. */
  readonly fromSeq: number;
  readonly toSeq: number | null;
  /** Version of the office's calendar it is judged by. */
  readonly calendar: number;
  readonly segments: readonly ClockSegment[];
}

/** Working time. Gross time goes on in holds and returns, net time does not. */
interface Used {
  readonly netMs: number;
  readonly grossMs: number;
  readonly netMinutes: number;
  readonly grossMinutes: number;
}

interface ClockVisit extends Used {
  readonly no: number;
  readonly stepNo: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly budgetMinutes: number;
  readonly budgetMs: number;
  readonly dueAt: string | null;
  readonly dueSeq: number | null;
  /** After this instant the visit is late; null where it never was and, as things stand, will not be. */
  readonly breachAt: string | null;
  readonly late: boolean;
  readonly verdict: 'ON_TIME' | 'LATE' | null;
  readonly stretches: readonly ClockStretch[];
}

export interface CaseClock extends Used {
  /** Until this instant the clock is explained: the end of the case, or now. */
  readonly at: string;
  /** The SOP's total, and what is left of it in net time; negative once it is used up. */
  readonly sopMinutes: number;
  readonly remainingMs: number;
  /** `OVER` from the moment in which more than the total is used; `WITHIN` only once the case has ended. */
  readonly verdict: 'WITHIN' | 'OVER' | 'OPEN';
  readonly visits: readonly ClockVisit[];
}

type Times = (version: number) => WorkingTime;

/** Each version the history went by, fetched once, to be asked for without waiting. */
export async function timesOf(history: CaseHistory, fetch: (version: number) => Promise<WorkingTime>): Promise<Times> {
  const times = new Map<number, WorkingTime>();
  for (const version of calendarsOf(history)) times.set(version, await fetch(version));
  return (version) => {
    const time = times.get(version);
    if (!time) throw new Error(`Calendar version ${version} is not one of this history.`);
    return time;
  };
}

/** Calendar versions that a case's clock went by. */
export function calendarsOf(history: CaseHistory): number[] {
  const versions = stepVisits(history).flatMap(({ stretches }) => stretches.map(({ calendar }) => calendar));
  return [...new Set(versions)];
}

export function caseClock(history: CaseHistory, times: Times, now: number, sopMinutes: number): CaseClock {
  const visits = stepVisits(history).map((visit) => explain(visit, times, now));
  const last = visits.at(-1);
  const minuteMs = last ? last.budgetMs / last.budgetMinutes : 1;
  const netMs = visits.map((visit) => visit.netMs).reduce(add, 0);
  const grossMs = visits.map((visit) => visit.grossMs).reduce(add, 0);
  const remainingMs = sopMinutes * minuteMs - netMs;
  return {
    at: last?.endedAt ?? iso(now),
    sopMinutes,
    remainingMs,
    verdict: remainingMs < 0 ? 'OVER' : last?.endedAt ? 'WITHIN' : 'OPEN',
    ...used(netMs, grossMs, minuteMs),
    visits,
  };
}

function explain(visit: StepVisit, times: Times, now: number): ClockVisit {
  const { no, stepNo, budgetMinutes, due, recorded } = visit;
  const stretches = visit.stretches.map((stretch) => cut(stretch, times(stretch.calendar), now));
  const ms = (kinds: readonly string[]) =>
    stretches
      .flatMap(({ segments: pieces }) => pieces)
      .filter(({ kind }) => kinds.includes(kind))
      .map((piece) => piece.ms)
      .reduce(add, 0);
  const last = visit.stretches.at(-1);
  const budgetMs = recorded?.budgetMs ?? budgetMinutes * (last ? times(last.calendar).minuteMs : 1);
  const netMs = ms(['worked']);
  return {
    no,
    stepNo,
    startedAt: stretches[0]?.from ?? iso(now),
    endedAt: last?.to ? iso(last.to) : null,
    budgetMinutes,
    budgetMs,
    dueAt: due?.at ?? null,
    dueSeq: due?.seq ?? null,
    breachAt: breachOf(visit, budgetMs, times),
    late: netMs > budgetMs,
    verdict: recorded?.verdict ?? null,
    ...used(netMs, ms(['worked', 'held']), budgetMs / budgetMinutes),
    stretches,
  };
}

function cut({ running, from, to, fromSeq, toSeq, calendar }: Stretch, time: WorkingTime, now: number): ClockStretch {
  const end = Math.max(to ?? now, from);
  return {
    kind: running ? 'running' : 'paused',
    from: iso(from),
    to: iso(end),
    fromSeq,
    toSeq,
    calendar,
    segments: [...segments(time, from, end)].map((piece) => ({
      kind: !running && piece.kind === 'worked' ? 'held' : piece.kind,
      from: iso(piece.from),
      to: iso(piece.to),
      ms: piece.to - piece.from,
    })),
  };
}

/** The instant after which more than the budget is used: in the past, or ahead while the clock runs. */
function breachOf({ stretches }: StepVisit, budgetMs: number, times: Times): string | null {
  let left = budgetMs;
  for (const { running, from, to, calendar } of stretches) {
    if (!running) continue;
    const time = times(calendar);
    const worked = to === null ? Infinity : time.worked(from, to);
    if (worked > left) return iso(time.exceeded(from, left));
    left -= worked;
  }
  return null;
}

function used(netMs: number, grossMs: number, minuteMs: number): Used {
  const minutes = (ms: number) => Math.round((ms / minuteMs) * 100) / 100;
  return { netMs, grossMs, netMinutes: minutes(netMs), grossMinutes: minutes(grossMs) };
}

const add = (sum: number, ms: number) => sum + ms;

function iso(at: number): string {
  return new Date(at).toISOString();
}
