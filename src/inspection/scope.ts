/** What an inspector may see. The one place that says so: every inspection route takes its office from here. */
import type { Reader } from '../access/actor.guard.js';

export function officeOf({ officeId }: Reader): string {
  return officeId;
}
