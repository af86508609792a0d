/** Findings of one office, within a long read. */
import type { Run } from '../ops/long-reads.js';
import { findingsText, MINUTES } from './findings.sql.js';
import type { Finding, FindingsAsk, Kind } from './findings.types.js';

type Found = Omit<Finding, 'kind'> & { readonly count: number };

/** A minute in which somebody acted, and the calendar that was judged by. */
export interface Minute {
  readonly minute: Date;
  readonly calendar: number;
}

export function minutesOf(run: Run, officeId: string, { from, to }: FindingsAsk) {
  return run<Minute>(null, MINUTES, [officeId, from, to]);
}

/** The newest of one kind, `most` at most, and how many there are. `parameters` are the kind's own. */
export async function findingsOf(
  run: Run,
  officeId: string,
  kind: Kind,
  { from, to }: FindingsAsk,
  most: number,
  parameters: readonly unknown[],
): Promise<{ items: Finding[]; count: number }> {
  const rows = await run<Found>(null, findingsText(kind), [officeId, from, to, most, ...parameters]);
  const items = rows.map(({ caseId, caseNo, seq, at, actor, detail }) => ({
    kind,
    caseId,
    caseNo,
    seq,
    at,
    actor,
    detail,
  }));
  return { items, count: rows[0]?.count ?? 0 };
}
