/**
 * What was read in the last two seconds, so that an end bites within them in every process, without asking at each request;
 * sooner, where a change is heard of (access-changes.ts).
 */
const FRESH_MS = 2000;
/** Entries kept at most; all are dropped when it is full, since reading again is cheap. */
const MOST = 10_000;

export class Fresh<T> {
  private readonly known = new Map<string, { readonly readAt: number; readonly value: Promise<T> }>();

  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.known.get(key);
    const now = performance.now();
    if (known && now - known.readAt < FRESH_MS) return known.value;
    if (this.known.size >= MOST) this.known.clear();
    const value = read();
    this.known.set(key, { readAt: now, value });
    value.catch(() => this.known.delete(key));
    return value;
  }

  /** A read that is under way is not kept either: it may have begun before the change. */
  clear(): void {
    this.known.clear();
  }
}
