/** Changes to an export as a forger, a bad disk or a careless editor makes them: characters, lines, fields of a line. */
import type { Dice } from './property.js';

const CHARACTERS = [
  '0',
  '1',
  '9',
  'a',
  'f',
  '"',
  ',',
  '\\',
  '{',
  '}',
  'Z',
  ':',
  '-',
  ' ',
  '\r',
  '\0',
  'é',
  '[',
  ']',
  '\ud800',
];
type Fields = Record<string, unknown>;

/** One change, which may leave the text as it was. `foreign`: lines of other histories, signed by the same key. */
export function fuzzed(text: string, dice: Dice, foreign: readonly string[]): string {
  const kind = dice.below(12);
  if (kind < 3) return byCharacter(text, dice, kind);
  if (kind === 3) return text.slice(0, dice.below(text.length + 1));
  if (kind === 4) return hashesTurned(text, dice);
  const lines = text.split('\n');
  const at = dice.below(Math.max(1, lines.length - 1));
  const line = lines[at] ?? '';
  if (kind === 5) lines.splice(at, 1);
  else if (kind === 6) lines.splice(at, 0, dice.pick(lines));
  else if (kind === 7) exchange(lines, at, dice.below(lines.length));
  else if (kind === 8) lines[at] = dice.pick(foreign);
  else if (kind === 9) lines[at] = numberMoved(line, dice);
  else lines[at] = byField(line, dice);
  return lines.join('\n');
}

export function byCharacter(text: string, dice: Dice, kind = dice.below(3)): string {
  const place = dice.below(Math.max(1, text.length));
  const character = dice.pick(CHARACTERS);
  if (kind === 0) return text.slice(0, place) + character + text.slice(place + 1);
  if (kind === 1) return text.slice(0, place) + text.slice(place + 1 + dice.below(3));
  return text.slice(0, place) + character + text.slice(place);
}

function hashesTurned(text: string, dice: Dice): string {
  const [every, from] = [1 + dice.below(7), dice.below(7)];
  let count = 0;
  return text.replace(/[0-9a-f]{64}/g, (hex) =>
    count++ % every === from % every ? Array.from(hex).reverse().join('') : hex,
  );
}

function exchange(lines: string[], one: number, other: number): void {
  [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
}

function numberMoved(line: string, dice: Dice): string {
  const by = 1 + dice.below(3);
  return line.replace(/\d+/, (digits) => String((Number(digits) + by) % 1e6));
}

/** A field of the line, of what lies in it, or of the text it carries: taken away, doubled, or given another value. */
function byField(line: string, dice: Dice): string {
  const value = parsed(line);
  if (!value) return line;
  const { entry } = value;
  const inner = typeof entry === 'string' && dice.below(2) === 0 ? parsed(entry) : null;
  if (inner) value.entry = JSON.stringify(changed(inner, dice));
  return JSON.stringify(inner ? value : changed(value, dice));
}

function changed(value: Fields, dice: Dice): Fields {
  const name = dice.pick(Object.keys(value));
  const old = value[name];
  const { [name]: _, ...rest } = value;
  if (dice.below(4) === 0) return rest;
  if (dice.below(6) === 0) return { [name]: old, ...rest };
  if (dice.below(6) === 0) return { ...value, [`${name}2`]: old };
  const odd = [null, true, 0, -1, 1.5, '', [], {}, [old], { 0: old }, String(old), Number(old), `${String(old)} `];
  return { ...value, [name]: dice.pick(odd) };
}

function parsed(text: string): Fields | null {
  try {
    const value = JSON.parse(text) as unknown;
    const usable = value !== null && typeof value === 'object' && Object.keys(value).length > 0;
    return usable ? (value as Fields) : null;
  } catch {
    return null;
  }
}
