/** Stored texts as the entries they must be. Whoever meets a broken one cannot mend it: that is for an inspector to look into. */
import { AppError } from '../errors.js';
import { readEntry } from '../evidence/readable.js';
import type { Entry } from './entry.js';

export function entryOf(text: string): Entry {
  const entry = readEntry(text);
  if (!entry) throw new AppError('HISTORY_UNREADABLE');
  return entry as unknown as Entry;
}
