/**
 * npm run clock -- 2026-11-27T16:28+07:00 5 [--calendar FILE]: when a step entered then, with so many working minutes, is
 * due, after which instant its alarm rings, and how the time between is made up.
 *
 * --stdin: one JSON object `{"start": …, "minutes": …}` on each line of the input, one `{"due", "alarmAt", "segments"}` on
 * each line of the output; a line that cannot be read gives `{"line", "error"}` in its place, and exit code 1 at the end.
 * Needs no database. Exit code 2: the command itself was wrong.
 */
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ConfigError } from '../src/config.js';
import { WorkingTime, ZONE_NAMES, ZONES } from '../src/sla/calendar.js';
import { defaultCalendar } from '../src/sla/default-calendar.js';
import { segments } from '../src/sla/segments.js';
import { readCalendarFile } from './calendar-file.js';

const USAGE =
  'npm run clock -- START MINUTES [--calendar FILE], as in 2026-11-27T16:28+07:00 5; or --stdin [--calendar FILE]';

const toTheMinute = z.iso.datetime({ offset: true, precision: -1 });
const asked = z.strictObject({
  start: z.union([toTheMinute, z.iso.datetime({ offset: true })], {
    error: 'an instant with its zone, as in 2026-11-27T16:28+07:00',
  }),
  minutes: z.number().int().min(0).max(100_000),
});
type Asked = z.infer<typeof asked>;

const iso = (at: number) => new Date(at).toISOString();

function answerTo(time: WorkingTime, { start, minutes }: Asked) {
  const from = Date.parse(start);
  const budgetMs = minutes * time.minuteMs;
  const due = time.due(from, budgetMs);
  return { from, due, alarmAt: time.exceeded(from, budgetMs), pieces: [...segments(time, from, due)] };
}

function read(given: unknown): Asked {
  const parsed = asked.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '));
}

/** What goes out for one line; a mistake in it is an answer too. */
function lineOf(time: WorkingTime, text: string, line: number): { failed: boolean; out: string } {
  try {
    const { due, alarmAt, pieces } = answerTo(time, read(JSON.parse(text)));
    const cut = pieces.map(({ kind, from, to }) => ({ kind, from: iso(from), to: iso(to), ms: to - from }));
    return { failed: false, out: JSON.stringify({ due: iso(due), alarmAt: iso(alarmAt), segments: cut }) };
  } catch (error) {
    return { failed: true, out: JSON.stringify({ line, error: (error as Error).message }) };
  }
}

async function answerLines(time: WorkingTime): Promise<void> {
  async function* answers(): AsyncGenerator<string> {
    let line = 0;
    for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      line += 1;
      const { failed, out } = lineOf(time, text, line);
      if (failed) process.exitCode = 1;
      yield `${out}\n`;
    }
  }
  await pipeline(answers, process.stdout, { end: false });
}

function answerPerson(time: WorkingTime, given: Asked): void {
  const { calendar } = time;
  const zone = ZONE_NAMES[calendar.zone];
  const local = (at: number) =>
    iso(at + ZONES[calendar.zone] * 3_600_000)
      .replace('T', ' ')
      .replace(/(\.000)?Z$/, '');
  const both = (at: number) => `${local(at)} ${zone}  (${iso(at)})`;
  const { from, due, alarmAt, pieces } = answerTo(time, given);
  const lines = [
    `start         ${both(from)}`,
    `due           ${both(due)}`,
    `alarm after   ${both(alarmAt)}`,
    '',
    ...pieces.map((one) => {
      const minutes = Math.round(((one.to - one.from) / time.minuteMs) * 100) / 100;
      return `${one.kind.padEnd(14)}${local(one.from)} to ${local(one.to)} ${zone}${String(minutes).padStart(10)} min`;
    }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { calendar: { type: 'string' }, stdin: { type: 'boolean', default: false } },
  });
  const time = new WorkingTime(values.calendar === undefined ? defaultCalendar() : readCalendarFile(values.calendar));
  if (values.stdin && positionals.length === 0) return answerLines(time);
  if (values.stdin || positionals.length !== 2) throw new ConfigError(USAGE);
  answerPerson(time, read({ start: positionals[0], minutes: Number(positionals[1]) }));
}

main().catch((error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException;
  // Whoever reads us has heard enough (`| head`).
  if (code === 'EPIPE') return;
  process.stderr.write(`clock: ${message}\n`);
  process.exitCode = 2;
});
