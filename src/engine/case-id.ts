/** Ids that sort by time (UUID version 7, RFC 9562): new cases lie together in every index, and pages are written once. */
import { randomUUID } from 'node:crypto';

/** `at`: the database's time, in epoch milliseconds. */
export function caseIdAt(at: number): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
