/** Passwords are kept as argon2id. The library's default cost: 19 MiB, two passes (OWASP's minimum). */
import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** A hash nobody's password has: an unknown account takes as long to refuse as a wrong password. */
let nobody: Promise<string> | undefined;

export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await nobody), password);
  return stored !== undefined && matches;
}

/** Marks a client application's secret, so that a scanner of repositories knows one when it sees it. */
export const SECRET_PREFIX = 'alur_';

export const newSecret = () => `${SECRET_PREFIX}${randomBytes(32).toString('base64url')}`;

/** Of what is random: there is nothing to guess, so a fast hash will do. */
export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest();
