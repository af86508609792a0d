/** Keyset cursors: the sort key of the last row, so that a page costs the same however far one has read. */
import { z, type ZodType } from 'zod';
import { AppError } from '../errors.js';

export function cursorOf(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

export function readCursor<T>(cursor: string | undefined, schema: ZodType<T>): T | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new AppError('INVALID_CURSOR');
  }
}

/** The end of the year 9999: no case is later, and PostgreSQL still has a timestamp for it. */
const LAST_INSTANT = 253_402_300_799_999;

/** Sort key (instant in ms or -1 for none, case id). */
export const instantKey = z.tuple([z.number().int().min(-1).max(LAST_INSTANT), z.uuid()]);
