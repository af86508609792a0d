/**
 * Answers that are costly to work out, kept by key: whoever asks gets the kept one at once, and where it has aged, one
 * refresh begins behind their back. Only the first to ask for a key waits.
 */
export interface Keeping {
  /** Most keys kept; the one asked for longest ago goes first. */
  readonly most: number;
  /** An answer younger than this is not worked out anew. */
  readonly freshMs: number;
  /** An answer nobody asks for is worked out anew at this age all the same. */
  readonly idleMs: number;
  /** A key nobody has asked for in this time is let go. */
  readonly forgetMs: number;
}

/** A refresh takes at most this part of the time, however long it takes. */
const REST = 10;

interface Place<T> {
  value: Promise<T>;
  busy: boolean;
  askedAt: number;
  /** When the kept answer was begun. */
  begunAt: number;
  /** No refresh begins before this. */
  restsUntil: number;
}

export class Kept<T> {
  private readonly places = new Map<string, Place<T>>();

  constructor(
    private readonly read: (key: string) => Promise<T>,
    private readonly failed: (error: unknown) => void,
    private readonly keeping: Keeping,
    private readonly now = () => performance.now(),
  ) {}

  get size(): number {
    return this.places.size;
  }

  get(key: string): Promise<T> {
    const now = this.now();
    const place = this.places.get(key) ?? this.first(key);
    place.askedAt = now;
    // The order of the map is that of asking.
    this.places.delete(key);
    this.places.set(key, place);
    for (const oldest of this.places.keys()) {
      if (this.places.size <= this.keeping.most) break;
      this.places.delete(oldest);
    }
    if (now - place.begunAt >= this.keeping.freshMs) void this.refresh(key, place);
    return place.value;
  }

  /** Called every now and then: nobody who comes after a quiet hour shall be shown figures of an hour ago. */
  tend(): void {
    const now = this.now();
    for (const [key, place] of this.places) {
      if (now - place.askedAt >= this.keeping.forgetMs) this.places.delete(key);
      else if (now - place.begunAt >= this.keeping.idleMs) void this.refresh(key, place);
    }
  }

  private first(key: string): Place<T> {
    const begunAt = this.now();
    const place: Place<T> = { value: this.read(key), busy: true, askedAt: begunAt, begunAt, restsUntil: 0 };
    const settle = () => {
      place.busy = false;
      this.rest(place, begunAt);
    };
    place.value.then(settle, () => {
      settle();
      if (this.places.get(key) === place) this.places.delete(key);
    });
    return place;
  }

  private async refresh(key: string, place: Place<T>): Promise<void> {
    const begunAt = this.now();
    if (place.busy || begunAt < place.restsUntil) return;
    place.busy = true;
    try {
      const value = await this.read(key);
      place.value = Promise.resolve(value);
      place.begunAt = begunAt;
    } catch (error) {
      this.failed(error);
    } finally {
      place.busy = false;
      this.rest(place, begunAt);
    }
  }

  private rest(place: Place<T>, begunAt: number): void {
    const now = this.now();
    place.restsUntil = now + Math.max(this.keeping.freshMs, (now - begunAt) * REST);
  }
}
