/**
 * Working time by a table of minutes, painted the way a person fills a wall calendar: the usual week over every day, then
 * each regime over it (the last listed first, so that the first listed stays on top), then a blank over each holiday.
 * Whatever is asked is then counted off minute by minute. Shares no code with src/sla nor with the slow clock; quick enough
 * to be asked a hundred thousand times.
 */
import type { Calendar } from '../../src/sla/calendar.js';

const MINUTE = 60_000;
const DAY = 1440;
const AHEAD_OF_UTC = { 'Asia/Jakarta': 420, 'Asia/Makassar': 480, 'Asia/Jayapura': 540 };
const NAMES = { mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 0 };

type Week = Calendar['week'];

export class MinuteTable {
  private readonly open: Uint8Array;
  /** Local midnight of the first day, as if it were UTC. */
  private readonly origin: number;
  private readonly ahead: number;

  /** Covers `days` local days, beginning with the one that holds `from`. */
  constructor(
    calendar: Calendar,
    from: number,
    private readonly days: number,
  ) {
    this.ahead = AHEAD_OF_UTC[calendar.zone] * MINUTE;
    const local = from + this.ahead;
    this.origin = local - (((local % (DAY * MINUTE)) + DAY * MINUTE) % (DAY * MINUTE));
    this.open = new Uint8Array(days * DAY);
    this.paint(calendar.week, 0, days - 1);
    for (const { week, from: first, to } of calendar.regimes.toReversed()) {
      this.paint(week, this.index(first), this.index(to));
    }
    for (const { date } of calendar.holidays) {
      const day = this.index(date);
      if (day >= 0 && day < days) this.open.fill(0, day * DAY, (day + 1) * DAY);
    }
  }

  /** First instant at which `ms` are used up; the alarm's instant is the first open one from there on. */
  due(start: number, ms: number): { due: number; alarmAt: number } {
    const { open } = this;
    const shift = this.origin - this.ahead;
    const at = start - shift;
    if (ms === 0) return { due: start, alarmAt: this.firstOpen(at) + shift };
    const into = at % MINUTE;
    let minute = (at - into) / MINUTE;
    // Reckoned from the beginning of the minute the start lies in, if that minute counts at all.
    let left = open[minute] === 1 ? ms + into : ms;
    while (left > MINUTE || open[minute] !== 1) {
      if (open[minute] === 1) left -= MINUTE;
      minute += 1;
      if (minute >= open.length) throw new Error('the table ends here');
    }
    const due = minute * MINUTE + left;
    return { due: due + shift, alarmAt: this.firstOpen(due) + shift };
  }

  private firstOpen(at: number): number {
    let minute = Math.floor(at / MINUTE);
    if (this.open[minute] === 1) return at;
    while (this.open[minute] === 0) minute += 1;
    if (minute >= this.open.length) throw new Error('the table ends here');
    return minute * MINUTE;
  }

  private index(date: string): number {
    return (Date.parse(`${date}T00:00Z`) - this.origin) / (DAY * MINUTE);
  }

  private paint(week: Week, first: number, last: number): void {
    for (const [name, weekday] of Object.entries(NAMES) as [keyof Week, number][]) {
      for (let day = Math.max(first, 0); day <= Math.min(last, this.days - 1); day++) {
        if (new Date(this.origin + day * DAY * MINUTE).getUTCDay() !== weekday) continue;
        this.open.fill(0, day * DAY, (day + 1) * DAY);
        for (const [opens, closes] of week[name])
          this.open.fill(1, day * DAY + minutes(opens), day * DAY + minutes(closes));
      }
    }
  }
}

function minutes(text: string): number {
  return 60 * Number(text.split(':')[0]) + Number(text.split(':')[1]);
}
