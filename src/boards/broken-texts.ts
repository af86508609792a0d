/** Figures from the texts of history where somebody has broken one: it counts for nothing, and the others count as ever. */
import { isBrokenText } from '../db/sql.js';

/** How a statement reads a text; `alur_entry` looks at each before it is read, which costs as much again. */
export type EntryExpression = 'h.entry::json' | 'h.entry::jsonb' | 'alur_entry(h.entry)';

export async function aroundBrokenTexts<T>(
  fast: EntryExpression,
  read: (entry: EntryExpression) => Promise<T>,
): Promise<T> {
  try {
    return await read(fast);
  } catch (error) {
    if (!isBrokenText(error)) throw error;
    return read('alur_entry(h.entry)');
  }
}
