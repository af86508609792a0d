/** Salts for commitments: 16 random bytes each, drawn from the system for many at once. */
import { randomBytes } from 'node:crypto';

const SALT_BYTES = 16;
const AT_ONCE = 256;

let drawn = Buffer.alloc(0);

/** Hexadecimal; never given twice. */
export function freshSalt(): string {
  if (drawn.length === 0) drawn = randomBytes(SALT_BYTES * AT_ONCE);
  const salt = drawn.toString('hex', 0, SALT_BYTES);
  drawn = drawn.subarray(SALT_BYTES);
  return salt;
}
