/** Loaded before the program (node --import): the process' own clock jumps by an hour forth and back, every DRILL_JUMP_MS. */
const EVERY_MS = Number(process.env.DRILL_JUMP_MS);
const HOUR_MS = 3_600_000;
const SHIFTS = [0, HOUR_MS, -HOUR_MS];
const RealDate = Date;
const now = () => RealDate.now() + SHIFTS[Math.floor(performance.now() / EVERY_MS) % SHIFTS.length];

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }
  static now() {
    return now();
  }
};
