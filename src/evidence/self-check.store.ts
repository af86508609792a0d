/** What the self-check reads, page by page. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import type { TileKey } from './tree.js';

export interface SealedRow {
  readonly index: number;
  readonly officeId: string;
  /** Null for a record of what was done with the log. */
  readonly caseId: string | null;
  readonly seq: number;
  readonly leaf: Buffer;
  readonly entry: string | null;
  readonly storedHash: Buffer | null;
  /** Hash of the case's or office's entry before this one. */
  readonly before: Buffer | null;
  /** The first entry of a case without a case. */
  readonly caseGone: boolean;
}

export interface StoredTile extends TileKey {
  readonly hashes: Buffer;
  readonly root: Buffer;
}

/** Not the log's lock: a check takes long, and sealing goes on beside it. */
const LOCK = 427_534_2021;

const PAGE = `
SELECT l.idx::float8 AS index, l.office_id AS "officeId", nullif(l.chain_id, l.office_id) AS "caseId", l.seq, l.hash AS leaf,
  coalesce(h.entry, r.entry) AS entry, coalesce(h.hash, r.hash) AS "storedHash", p.hash AS before,
  l.seq = 1 AND l.chain_id <> l.office_id
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.office_id = l.office_id AND c.id = l.chain_id) AS "caseGone"
FROM log_entries l
LEFT JOIN history h ON h.office_id = l.office_id AND h.case_id = l.chain_id AND h.seq = l.seq
LEFT JOIN records r ON l.chain_id = l.office_id AND r.office_id = l.office_id AND r.seq = l.seq
LEFT JOIN log_entries p ON p.chain_id = l.chain_id AND p.seq = l.seq - 1 AND p.office_id = l.office_id
WHERE l.idx >= $1::bigint ORDER BY l.idx LIMIT $2`;

/** One statement is one moment: the sealer moves entries from one to the other within a transaction. */
const STRAYS = `
SELECT ((SELECT count(*) FROM history) + (SELECT count(*) FROM records) - (SELECT count(*) FROM log_entries)
  - (SELECT coalesce(sum(length(leaves)) / 76, 0) FROM history_arrivals))::float8 AS n`;

const TILES = `
SELECT t.level, t.no::float8 AS no, t.hashes, t.root FROM unnest($1::smallint[], $2::bigint[]) AS k(level, no)
JOIN log_tiles t ON t.level = k.level AND t.no = k.no`;

/** Tiles that cover more than there is: the sealer will stop at them, and proofs would be made of them. */
const EXTRA_TILES = `
SELECT count(*)::float8 AS n FROM log_tiles
WHERE (no + 1)::numeric * 256::numeric ^ (level + 1) > (SELECT coalesce(max(idx) + 1, 0) FROM log_entries)`;

/** They count whole tables: no index helps, and it takes longer than an act may. */
const COUNT_SECONDS = 120;
const COUNT_PLANS = ['enable_seqscan'];

@Injectable()
export class SelfCheckStore {
  constructor(private readonly sql: Sql) {}

  /** Null where another worker is checking. The transaction holds the lock and nothing else. */
  alone<T>(work: () => Promise<T>): Promise<T | null> {
    return this.sql.transaction(async (run) => {
      // It waits while others work; the pool would else take it for forgotten and end it.
      await run(null, 'SET LOCAL idle_in_transaction_session_timeout = 0', []);
      const [lock] = await run<{ mine: boolean }>('check-lock', 'SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
      return lock?.mine ? work() : null;
    });
  }

  /** From an index on, in order. */
  page(from: number, limit: number): Promise<SealedRow[]> {
    return this.sql.run('check-page', PAGE, [from, limit]);
  }

  tiles(keys: readonly TileKey[]): Promise<StoredTile[]> {
    return this.sql.run('check-tiles', TILES, [keys.map(({ level }) => level), keys.map(({ no }) => no)]);
  }

  /** Entries of history that did not come by the statement that writes it: neither in the log nor on their way to it. */
  strays(): Promise<number> {
    return this.count('check-strays', STRAYS);
  }

  extraTiles(): Promise<number> {
    return this.count('check-extra-tiles', EXTRA_TILES);
  }

  private count(name: string, text: string): Promise<number> {
    return this.sql.reading(COUNT_SECONDS, COUNT_PLANS, async (run) => {
      const [row] = await run<{ n: number }>(name, text, []);
      return row?.n ?? 0;
    });
  }
}
