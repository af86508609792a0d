/** Input no schema should have to think of: too deep, NUL bytes, half characters. Checked once, before any schema. */
import { AppError } from '../errors.js';

const MAX_DEPTH = 20;
/** PostgreSQL text takes no NUL; a lone surrogate is no character and has no UTF-8 form to hash. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const INHERITED = new Set(['__proto__', 'constructor', 'prototype']);

export function refuseOddInput(value: unknown, path = '', depth = 0): void {
  if (typeof value === 'string') {
    if (UNSTORABLE.test(value)) throw invalid(path, 'contains a NUL byte or half a character');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw invalid(path, `is nested deeper than ${MAX_DEPTH} levels`);
  for (const [key, inner] of Object.entries(value)) {
    if (UNSTORABLE.test(key)) throw invalid(path, 'has a key with a NUL byte or half a character');
    // Taken out in silence before any schema sees them; every other unknown field is refused.
    if (INHERITED.has(key)) throw invalid(path, `has a key ${key}`);
    refuseOddInput(inner, path ? `${path}.${key}` : key, depth + 1);
  }
}

function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { issues: [{ path, message }] });
}
