/** A calendar given as a file (docs/clock.md has the format), with mistakes said in one line. */
import { readFileSync } from 'node:fs';
import { ConfigError } from '../src/config.js';
import { calendarSchema, type Calendar } from '../src/sla/calendar.js';

const SHOWN = 5;

export function readCalendarFile(path: string): Calendar {
  const parsed = calendarSchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  const more = said.length > SHOWN ? `; and ${said.length - SHOWN} more` : '';
  throw new ConfigError(`${path} is no calendar: ${said.slice(0, SHOWN).join('; ')}${more}. See docs/clock.md.`);
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`Cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is no JSON: ${(error as Error).message}`);
  }
}
