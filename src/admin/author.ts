/** The administrator who sent the request. No client application administers, whomever it acts for. */
import type { Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import type { Author } from './admin.store.js';

export const READ_CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
export const WRITE_CODES = [
  'INVALID_INPUT',
  'MALFORMED_JSON',
  'TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  ...READ_CODES,
] as const;

export function authorOf({ officeId, accountId, clientId }: Reader): Author {
  if (clientId !== null) throw new AppError('FORBIDDEN', { params: { roles: 'admin' } });
  return { officeId, accountId };
}

/** What a change says where there was nothing to change. */
export function found<T>(value: T | null | false): T {
  if (value === null || value === false) throw new AppError('NOT_FOUND');
  return value;
}
