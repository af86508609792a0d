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

/** Sort key (instant in ms, case id). */
export const instantKey = z.tuple([z.number().int(), z.uuid()]);
