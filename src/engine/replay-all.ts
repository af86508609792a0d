/** Replays every stored case; memory stays that of one page, however many there are. */
import type { Registry } from '../../machines/registry.js';
import type { Sql } from '../db/sql.js';
import { differenceOf, type StoredCase } from './replay-check.js';
import { storedCases } from './replay.store.js';

const PAGE = 200;

export interface ReplayCounts {
  readonly cases: number;
  readonly events: number;
  readonly differences: number;
}

export interface ReplayListener {
  /** A case whose history does not give what is stored. */
  readonly differs: (caseNo: string, caseId: string, why: string, officeId: string) => void;
  /** Called after each case. */
  readonly progress: (so: ReplayCounts) => void;
}

export async function replayAll(
  sql: Sql,
  registry: Registry,
  { differs, progress }: ReplayListener,
  pageSize = PAGE,
): Promise<ReplayCounts> {
  let counts: ReplayCounts = { cases: 0, events: 0, differences: 0 };
  for await (const stored of storedCases(sql, pageSize)) {
    const why = judge(registry, stored);
    if (why !== null) differs(stored.caseNo, stored.id, why, stored.officeId);
    const { cases, events, differences } = counts;
    counts = {
      cases: cases + 1,
      events: events + stored.entries.length,
      differences: differences + (why === null ? 0 : 1),
    };
    progress(counts);
  }
  return counts;
}

/** One case whose texts are nothing the machine can take must not end the look at all others. */
function judge(registry: Registry, stored: StoredCase): string | null {
  try {
    return differenceOf(registry, stored);
  } catch (error) {
    return `its history cannot be replayed: ${(error as Error).message}`;
  }
}
