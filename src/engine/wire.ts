/**
 * Writes as the one statement reads them (append.sql.ts): lists of equal length, side by side. Values travel without names,
 * quotes or brackets, which would cost both sides more than the values do.
 */
import { FIELDS, type OpeningWrite } from './append.fields.js';

/** Between cases, and between the fields of one. */
const CASES_APART = '\x1e';
const FIELDS_APART = '\x1f';

/** The statement's parameters. The place of a write in all four lists names it in the result. */
export function wire(writes: readonly OpeningWrite[]): readonly string[] {
  return [
    sideBySide(writes.map(lineOf)),
    sideBySide(writes.map(({ write }) => write.last.text)),
    sideBySide(writes.map(({ write }) => write.change.snapshot)),
    sideBySide(writes.map(({ write }) => write.payload?.data ?? '')),
  ];
}

/** One value more than there are fields would shift all behind it. */
function lineOf(item: OpeningWrite): string {
  const line = FIELDS.map(([, , of]) => of(item)).join(FIELDS_APART);
  if (line.split(FIELDS_APART).length !== FIELDS.length)
    throw new Error('A value with a control character is none of ours.');
  return line;
}

/** A text that somebody broke in the database must not put its neighbours out of step. */
function sideBySide(texts: readonly string[]): string {
  if (texts.some((text) => text.includes(CASES_APART)))
    throw new Error('A text with a control character is none of ours.');
  return texts.join(CASES_APART);
}
