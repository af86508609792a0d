/** The application's own clock (`Date`), moved; the database's stays as it is. */
const RealDate = Date;

/** Runs `work` while this process believes it is `ms` later (or, negative, earlier) than it is. */
export async function withWallClock(ms: number, work: () => Promise<void>): Promise<void> {
  class ShiftedDate extends RealDate {
    constructor(...given: [] | [number | string]) {
      super(given.length === 0 ? RealDate.now() + ms : given[0]);
    }

    static override now(): number {
      return RealDate.now() + ms;
    }
  }
  globalThis.Date = ShiftedDate as DateConstructor;
  try {
    await work();
  } finally {
    globalThis.Date = RealDate;
  }
}
