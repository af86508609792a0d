/**
 * When a failed delivery is tried again: 5 s, 15 s, 45 s … 9 h, then every 12 hours, each up to a fifth later at random, so
 * that what failed together does not come back together. Thirteen tries take two days and a little.
 */
export const MOST_TRIES = 13;

const FIRST_MS = 5000;
const FACTOR = 3;
const LONGEST_MS = 12 * 3_600_000;
const JITTER = 0.2;
/** A receiver may ask for more time than our own pause, but not for a week. */
const LONGEST_ASKED_MS = 24 * 3_600_000;

/** The pause after `tries` failed ones; `random` is from [0, 1). */
export function pauseMs(tries: number, random: number, askedMs: number): number {
  const pause = Math.min(FIRST_MS * FACTOR ** (tries - 1), LONGEST_MS) * (1 + JITTER * random);
  return Math.round(Math.max(pause, Math.min(askedMs, LONGEST_ASKED_MS)));
}

/** Retry-After (RFC 9110): seconds or a date; 0 where there is none that can be read. `now` is the database's. */
export function askedMs(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return 0;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? 0 : Math.max(0, until - now);
}
