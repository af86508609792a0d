/** What npm run whatif is asked to change, from its arguments; a mistake is one line. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Registry } from '../machines/registry.js';
import { stepsOf } from '../machines/shape.js';
import type { Change } from '../src/cases/what-if.js';
import { ConfigError } from '../src/config.js';
import { readCalendarFile } from './calendar-file.js';

export interface Wish {
  readonly change: Change;
  /** Code of the one office, or null for all. */
  readonly office: string | null;
  readonly json: boolean;
}

const date = z.iso.date();
const MOST_MINUTES = 100_000;

export function readWish(registry: Registry): Wish {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', multiple: true, default: [] },
      calendar: { type: 'string' },
      holiday: { type: 'string', multiple: true, default: [] },
      office: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const from = dateOf('--from', values.from);
  const to = dateOf('--to', values.to);
  if (from && to && from > to) throw new ConfigError(`--from ${from} lies after --to ${to}.`);
  const states = new Set(registry.all().flatMap(({ service }) => stepsOf(service).map(({ state }) => state)));
  return {
    change: {
      minutes: new Map(values.minutes.map((text) => minutesOf(text, states))),
      calendar: values.calendar === undefined ? null : readCalendarFile(values.calendar),
      holidays: values.holiday.map(holidayOf),
      from,
      to,
    },
    office: values.office ?? null,
    json: values.json,
  };
}

function minutesOf(text: string, states: ReadonlySet<string>): [string, number] {
  const [, state = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const minutes = Number(value);
  if (!states.has(state)) throw new ConfigError(`--minutes ${text}: the steps are ${[...states].join(', ')}.`);
  if (!/^\d+$/.test(value) || minutes < 1 || minutes > MOST_MINUTES) {
    throw new ConfigError(`--minutes ${text}: a whole number of minutes from 1, as in ${state}=10.`);
  }
  return [state, minutes];
}

function holidayOf(text: string): Change['holidays'][number] {
  const [, day = '', label = ''] = /^([^=]*)=(.+)$/.exec(text) ?? [];
  if (!date.safeParse(day).success)
    throw new ConfigError(`--holiday ${text}: a date and a label, as in 2026-12-28=Label.`);
  return { date: day, label, kind: 'local' };
}

function dateOf(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!date.safeParse(text).success) throw new ConfigError(`${option} ${text}: a date, as in 2026-01-31.`);
  return text;
}
