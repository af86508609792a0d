/** One page of a list of administration. The cursor is the id of the last row: the statement knows where that one stands. */
import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { cursorOf, readCursor } from '../http/cursor.js';
import type { PageQuery } from './admin.schemas.js';

const cursorKey = z.tuple([z.uuid()]);

export function PageParameters() {
  return applyDecorators(
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 } }),
    ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } }),
  );
}

/** `read` gets the id of the row before the page, null for the first one, and how many rows to look for. */
export async function pageOf<Item extends { readonly id: string }>(
  { limit, cursor }: PageQuery,
  read: (after: string | null, rows: number) => Promise<readonly Item[]>,
): Promise<{ items: readonly Item[]; next: string | null }> {
  const rows = await read(readCursor(cursor, cursorKey)?.[0] ?? null, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: rows.length > limit && last ? cursorOf([last.id]) : null };
}
