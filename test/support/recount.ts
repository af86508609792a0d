/** The report on working minutes worked out the slow way, entry by entry, from the texts that were hashed. */
import { DEMO_LOGINS } from '../../src/db/seed-demo.js';
import type { TextEntry } from './clock.js';
import { accountId, type Person } from './http.js';

const ZONE_MS = 7 * 3_600_000;
const LOGINS = new Map(DEMO_LOGINS.map(({ login }) => [accountId(login as Person), login]));

export interface Recounted {
  readonly month: string | null;
  readonly step: number | null;
  readonly login: string | null;
  finished: number;
  onTimePercent: number | null;
  medianMinutes: number | null;
  p90Minutes: number | null;
  breaches: number;
  outsideSop: number;
  holds: number;
  returns: number;
  recalls: number;
}

/** The day in Jakarta, as 2026-11-30. */
export function dayOf(at: string): string {
  return new Date(Date.parse(at) + ZONE_MS).toISOString().slice(0, 10);
}

function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}

export function recount(entries: readonly TextEntry[], groupBy: readonly string[], from: string, to: string) {
  const groups = new Map<string, TextEntry[]>();
  for (const entry of entries) {
    const month = dayOf(entry.at).slice(0, 7);
    if (entry.actor === null || month < from || month > to) continue;
    const key = JSON.stringify([
      groupBy.includes('month') ? month : null,
      groupBy.includes('step') ? (entry.visit?.stepNo ?? null) : null,
      groupBy.includes('officer') ? LOGINS.get(entry.actor.id) : null,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups].map(([key, acts]) => rowOf(key, acts)).filter((row) => row.finished > 0 || row.outsideSop > 0);
}

function rowOf(key: string, acts: readonly TextEntry[]): Recounted {
  const [month, step, login] = JSON.parse(key) as [string | null, number | null, string | null];
  const ended = acts.flatMap(({ visit }) => (visit?.verdict ? [visit] : []));
  const late = ended.filter(({ usedMs, budgetMs }) => usedMs > budgetMs).length;
  const minutes = ended
    .map(({ usedMs, budgetMs, budgetMinutes }) => (usedMs * budgetMinutes) / budgetMs)
    .sort((a, b) => a - b);
  const count = (event: string) => acts.filter((one) => one.event === event).length;
  return {
    month,
    step,
    login,
    finished: ended.length,
    onTimePercent: ended.length === 0 ? null : (100 * (ended.length - late)) / ended.length,
    medianMinutes: nearestRank(minutes, 0.5),
    p90Minutes: nearestRank(minutes, 0.9),
    breaches: late,
    outsideSop: acts.filter(({ outsideSop }) => outsideSop).length,
    holds: count('HOLD'),
    returns: count('RETURN_INCOMPLETE'),
    recalls: count('RECALL_DISPOSITION'),
  };
}
