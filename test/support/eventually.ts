/** Waiting for a condition with a deadline, instead of sleeping and hoping. */
const STEP_MS = 20;

type Nothing = undefined | null | false | 0;

/**
 * The first value `read` gives that is neither undefined, null, false nor a count of 0; fails with `what` after the
 * deadline. Patience costs nothing where the condition comes, so the usual deadline is long.
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | Nothing> | T | Nothing,
  deadlineMs = 60_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== null && value !== false && value !== 0) return value;
    if (performance.now() > until) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** What was promised for a time came within it. Said as above: a machine that others share may be late (second-run.mjs). */
export function inTime(what: string, tookMs: number, deadlineMs: number): void {
  if (!(tookMs < deadlineMs)) throw new Error(`not within ${deadlineMs} ms: ${what}, after ${Math.round(tookMs)} ms`);
}
