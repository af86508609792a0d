/** Waiting for a condition with a deadline, instead of sleeping and hoping. */
const STEP_MS = 20;

/** The first value `read` gives that is neither undefined, null nor false; fails with `what` after the deadline. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  deadlineMs = 15_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > until) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
