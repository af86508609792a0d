/** Pure hashing of history: the leaf hash of RFC 6962, and salted commitments to what is kept elsewhere. */
import { hash } from 'node:crypto';

/** `prev` of a case's first entry. */
export const GENESIS = '0'.repeat(64);

/** SHA-256 over 0x00 and the exact UTF-8 text of the entry, as hex. */
export function leafHash(text: string): string {
  return hash('sha256', `\0${text}`, 'hex');
}

/** Binds an entry to data outside history without revealing it: SHA-256 over the salt and the exact stored text. */
export function commitment(saltHex: string, data: string): string {
  return hash('sha256', Buffer.concat([Buffer.from(saltHex, 'hex'), Buffer.from(data, 'utf8')]), 'hex');
}

export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}
