/** `from` and `to` as a route takes them. */
import { z } from 'zod';

/** The years PostgreSQL and JavaScript both know by four digits. */
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * In UTC once it is read: PostgreSQL knows neither the year 0 nor an offset of 16 hours. In a query the plus of a zone is
 * written %2B: a bare one arrives as a space.
 */
export const instant = z.iso
  .datetime({
    offset: true,
    error: 'must be an instant with its zone, as in 2026-11-24T02:00:00Z or 2026-11-24T09:00:00%2B07:00',
  })
  // What is no instant at all has been named already.
  .refine((text) => !(Date.parse(text) < EARLIEST || Date.parse(text) > LATEST), 'must be in the years 1 to 9999 (UTC)')
  .transform((text) => new Date(text).toISOString());
/** The same for the OpenAPI document. */
export const INSTANT = { type: 'string', format: 'date-time' } as const;

/** A day PostgreSQL knows too: it has no year 0. */
export const day = z.iso.date().refine((text) => !text.startsWith('0000'), 'must be in the years 1 to 9999');

interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** NaN where there is none, or what is no instant and has been named already: it is neither before nor after anything. */
const at = (text: string | undefined) => (instant.safeParse(text).success ? Date.parse(text ?? '') : Number.NaN);

export const inOrder = ({ from, to }: Period) => !(at(from) >= at(to));
export const OUT_OF_ORDER = { path: ['to'], message: 'must be after from' };
