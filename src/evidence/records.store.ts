/**
 * What was done with the log itself and with what it is about: exports, reports, personal data read by inspectors,
 * rotations of the key. Each office has a chain of such records, and
 * they are leaves of the same log as history. The exact text is hashed, as there.
 */
import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { pack } from './leaves.js';
import type { Run } from './log.store.js';

/** The chain of what belongs to no office. */
export const NO_OFFICE = '00000000-0000-0000-0000-000000000000';
const GENESIS = '0'.repeat(64);

export interface Doing {
  readonly officeId: string;
  readonly kind: 'EXPORT_MADE' | 'REPORT_MADE' | 'PERSONAL_DATA_READ' | 'KEY_ROTATED';
  readonly actorId: string | null;
  /** The client application that acts for them. */
  readonly clientId?: string | null;
  /** No personal data. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One writer of an office's chain at a time: the next one must see what this one wrote. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('records/' || $1::text, 0))";
const LAST = `
SELECT coalesce(max(seq), 0) AS seq, (array_agg(encode(hash, 'hex') ORDER BY seq DESC))[1] AS hash,
  greatest(alur_now(), max(at)) AS now
FROM (SELECT seq, hash, at FROM records WHERE office_id = $1 ORDER BY seq DESC LIMIT 1) last`;
const ADD = `
WITH added AS (
  INSERT INTO records (office_id, seq, at, kind, actor_id, entry, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)
)
INSERT INTO history_arrivals (leaves) VALUES ($8)`;

@Injectable()
export class RecordStore {
  constructor(private readonly sql: Sql) {}

  /** Durable when it returns: what is recorded may then be done. */
  append(doing: Doing): Promise<void> {
    return this.sql.transaction((run) => this.appendWith(run, doing));
  }

  async appendWith(run: Run, { officeId, kind, actorId, clientId = null, facts }: Doing): Promise<void> {
    await run('records-lock', LOCK, [officeId]);
    const [last] = await run<{ seq: number; hash: string | null; now: Date }>('records-last', LAST, [officeId]);
    if (!last) throw new Error('The last record cannot be read.');
    const [seq, at] = [last.seq + 1, last.now];
    const prev = last.hash ?? GENESIS;
    const entry = JSON.stringify({
      v: 1,
      record: kind,
      office: officeId,
      seq,
      prev,
      at: at.toISOString(),
      actor: actorId,
      facts: clientId === null ? facts : { ...facts, client: clientId },
    });
    const leaf = hash('sha256', `\0${entry}`, 'buffer');
    const packed = pack({ officeId, chainId: officeId, seq, at, hash: leaf });
    await run('records-add', ADD, [officeId, seq, at, kind, actorId, entry, leaf, packed]);
  }
}
