/** History as it lies in the database: exact texts, hashes, and the free text kept apart. Reads only. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

export interface StoredEntry {
  readonly seq: number;
  /** As it stands beside the text. */
  readonly atMs: number;
  readonly entry: string;
  readonly hash: string;
  readonly actorLogin: string | null;
  readonly actorName: string | null;
  /** Reason, note, instruction; the applicant at seq 1. Null where none was given or it was lawfully destroyed. */
  readonly payload: string | null;
  readonly saltHex: string | null;
}

/** Of one case, oldest first; office and case are parameters or columns. */
export const HISTORY_OF = (office: string, caseId: string) => `
SELECT h.seq, round(extract(epoch FROM h.at) * 1000)::float8 AS "atMs", h.entry, encode(h.hash, 'hex') AS hash, a.login AS "actorLogin", a.name AS "actorName",
  coalesce(p.data, s.data) AS payload, encode(coalesce(p.salt, s.salt), 'hex') AS "saltHex"
FROM history h
LEFT JOIN accounts a ON a.office_id = h.office_id AND a.id = h.actor_id
LEFT JOIN case_payloads p ON p.office_id = h.office_id AND p.case_id = h.case_id AND p.seq = h.seq
LEFT JOIN case_applicants s ON h.seq = 1 AND s.office_id = h.office_id AND s.case_id = h.case_id
WHERE h.office_id = ${office} AND h.case_id = ${caseId} ORDER BY h.seq`;

const HISTORY = HISTORY_OF('$1', '$2');

const HEAD = `
SELECT case_no AS "caseNo", version, encode(last_hash, 'hex') AS "lastHash" FROM cases WHERE office_id = $1 AND id = $2`;

/** Head and entries of one instant: read one after the other, a case that moves meanwhile would look forged. */
const WHOLE = `
SELECT c.case_no AS "caseNo", c.version, encode(c.last_hash, 'hex') AS "lastHash",
  coalesce((SELECT json_agg(e) FROM (${HISTORY}) e), '[]') AS stored
FROM cases c WHERE c.office_id = $1 AND c.id = $2`;

interface Head {
  readonly caseNo: string;
  readonly version: number;
  readonly lastHash: string;
}

@Injectable()
export class HistoryStore {
  constructor(private readonly sql: Sql) {}

  ofCase(officeId: string, caseId: string): Promise<StoredEntry[]> {
    return this.sql.inOffice(officeId, 'case-history', HISTORY, [officeId, caseId]);
  }

  /** What the case itself says its last entry is; null for a case that is not in this office. */
  async head(officeId: string, caseId: string): Promise<Head | null> {
    const [head] = await this.sql.inOffice<Head>(officeId, 'case-head', HEAD, [officeId, caseId]);
    return head ?? null;
  }

  async whole(officeId: string, caseId: string): Promise<(Head & { stored: StoredEntry[] }) | null> {
    const [whole] = await this.sql.inOffice<Head & { stored: StoredEntry[] }>(officeId, 'case-whole', WHOLE, [
      officeId,
      caseId,
    ]);
    return whole ?? null;
  }
}
