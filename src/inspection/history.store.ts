/** History as it lies in the database: exact texts, hashes, and the free text kept apart. Reads only. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

export interface StoredEntry {
  readonly seq: number;
  readonly entry: string;
  readonly hash: string;
  readonly actorLogin: string | null;
  readonly actorName: string | null;
  /** Reason, note, instruction; the applicant at seq 1. Null where none was given or it was lawfully destroyed. */
  readonly payload: string | null;
  readonly saltHex: string | null;
}

const HISTORY = `
SELECT h.seq, h.entry, encode(h.hash, 'hex') AS hash, a.login AS "actorLogin", a.name AS "actorName",
  coalesce(p.data, s.data) AS payload, encode(coalesce(p.salt, s.salt), 'hex') AS "saltHex"
FROM history h
LEFT JOIN accounts a ON a.office_id = h.office_id AND a.id = h.actor_id
LEFT JOIN case_payloads p ON p.office_id = h.office_id AND p.case_id = h.case_id AND p.seq = h.seq
LEFT JOIN case_applicants s ON h.seq = 1 AND s.office_id = h.office_id AND s.case_id = h.case_id
WHERE h.office_id = $1 AND h.case_id = $2 ORDER BY h.seq`;

const HEAD = `
SELECT case_no AS "caseNo", version, encode(last_hash, 'hex') AS "lastHash" FROM cases WHERE office_id = $1 AND id = $2`;

@Injectable()
export class HistoryStore {
  constructor(private readonly sql: Sql) {}

  ofCase(officeId: string, caseId: string): Promise<StoredEntry[]> {
    return this.sql.run('case-history', HISTORY, [officeId, caseId]);
  }

  /** What the case itself says its last entry is; null for a case that is not in this office. */
  async head(officeId: string, caseId: string): Promise<{ caseNo: string; version: number; lastHash: string } | null> {
    const [head] = await this.sql.run<{ caseNo: string; version: number; lastHash: string }>('case-head', HEAD, [
      officeId,
      caseId,
    ]);
    return head ?? null;
  }
}
