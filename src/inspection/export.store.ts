/** Entries in the order of the log, with their texts; page by page, so that memory does not grow with the log. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { NO_OFFICE, RecordStore, type Doing } from '../evidence/records.store.js';
import type { LogLine } from './export.lines.js';

/**
 * `$1` is the office whose texts are wanted. What belongs to no office is everybody's. A case of that office is its own also
 * where the log says otherwise: its texts are not kept from an inspector by one changed column.
 */
const LINES = `
SELECT l.idx::float8 AS index, encode(l.hash, 'hex') AS leaf, o.own, CASE WHEN o.own THEN coalesce(h.entry, r.entry) END AS entry
FROM log_entries l
CROSS JOIN LATERAL (SELECT l.office_id IN ($1, '${NO_OFFICE}') OR l.chain_id = $1
  OR EXISTS (SELECT 1 FROM cases c WHERE c.office_id = $1 AND c.id = l.chain_id) AS own) o
LEFT JOIN history h ON h.office_id = $1 AND h.case_id = l.chain_id AND h.seq = l.seq
LEFT JOIN records r ON r.office_id = l.chain_id AND r.seq = l.seq`;

const RANGE = `${LINES} WHERE l.idx >= $2::bigint AND l.idx < $3::bigint ORDER BY l.idx`;
const OF_CASE = `
${LINES} WHERE l.chain_id = $2 AND l.idx < $3::bigint ORDER BY l.seq`;
const OF_PERIOD = `
${LINES} WHERE l.idx >= $2::bigint AND l.idx < $3::bigint AND o.own AND l.chain_id <> '${NO_OFFICE}' AND l.at >= $4 AND l.at < $5 ORDER BY l.idx`;
const PASSED = `
SELECT size::float8 AS size, note FROM log_checkpoints
WHERE log_checkpoints.size > $1::bigint AND log_checkpoints.size <= $2::bigint ORDER BY log_checkpoints.size`;
/** Of some indexes, how many have a text in an export of everything. */
const TEXTS = `SELECT count(*)::int AS texts FROM (${RANGE}) t WHERE t.own`;
const LAST_RECORD = `SELECT encode(hash, 'hex') AS hash FROM records WHERE office_id = $1 ORDER BY seq DESC LIMIT 1`;
/**
 * Where in the log a period is, at most: what was written late, after an outage, may lie behind much that came after it.
 * `+ 0`: by the index on time, not along the log until the first one fits.
 */
const SPAN = `
SELECT coalesce(min(idx + 0), 0)::float8 AS from, coalesce(max(idx + 0) + 1, 0)::float8 AS to FROM log_entries
WHERE log_entries.at >= $1 AND log_entries.at < $2`;

@Injectable()
export class ExportStore {
  constructor(
    private readonly sql: Sql,
    private readonly records: RecordStore,
  ) {}

  /** Indexes `from` up to but not with `to`. */
  range(office: string, from: number, to: number): Promise<LogLine[]> {
    return this.sql.run('export-range', RANGE, [office, from, to]);
  }

  ofCase(office: string, caseId: string, size: number): Promise<LogLine[]> {
    return this.sql.run('export-case', OF_CASE, [office, caseId, size]);
  }

  /** Of the indexes `from` to `to`, those written in the period. */
  ofPeriod(office: string, from: number, to: number, period: { from: string; to: string }): Promise<LogLine[]> {
    return this.sql.run('export-period', OF_PERIOD, [office, from, to, period.from, period.to]);
  }

  /** Checkpoints over more than `above` and at most `upTo` entries. */
  checkpoints(above: number, upTo: number): Promise<{ size: number; note: string }[]> {
    return this.sql.run('export-checkpoints', PASSED, [above, upTo]);
  }

  /** How many texts an export of everything has of the indexes `from` up to but not with `to`. */
  async textsIn(office: string, from: number, to: number): Promise<number> {
    const [row] = await this.sql.run<{ texts: number }>('export-texts', TEXTS, [office, from, to]);
    return row?.texts ?? 0;
  }

  /** Durable when it returns; the hash under which it can be asked for again. */
  recorded(doing: Doing): Promise<string> {
    return this.sql.transaction(async (run) => {
      await this.records.appendWith(run, doing);
      const [row] = await run<{ hash: string }>('export-record', LAST_RECORD, [doing.officeId]);
      if (!row) throw new Error('The record of an export cannot be read.');
      return row.hash;
    });
  }

  /** Indexes outside `from` up to but not with `to` hold nothing of the period. */
  async spanOf(period: { from: string; to: string }): Promise<{ from: number; to: number }> {
    const [span] = await this.sql.run<{ from: number; to: number }>('export-span', SPAN, [period.from, period.to]);
    return span ?? { from: 0, to: 0 };
  }
}
