/** The engine's SQL: load a case with the database's own time, append what was decided. */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { Sql } from '../db/sql.js';
import { APPEND, OPEN } from './append.sql.js';
import { Batcher } from './batcher.js';
import type { Opening, OpeningWrite } from './append.fields.js';
import { afterOpening, changed, LastKnown, newcomers } from './last-known.js';
import { CASE_COLUMNS, caseRow } from './rows.js';
import type { CaseRow, CaseWrite } from './types.js';
import { wire } from './wire.js';

/** A history row found under the caller's idempotency key. */
export interface Earlier {
  readonly caseId: string;
  readonly seq: number;
  readonly requestHash: string;
}

export interface Loaded {
  readonly row: CaseRow | null;
  readonly now: number;
  readonly earlier: Earlier | null;
}

interface LoadAsk {
  readonly officeId: string;
  readonly caseId: string;
  readonly actorId: string;
  readonly key: string | null;
}

export interface Written {
  /** Of the entry's text, hexadecimal. */
  readonly hash: string;
  /** The number the database gave, spelled out; empty where none was wanted. */
  readonly number: string;
}

interface WrittenRow extends Written {
  readonly ord: number;
}

/** `IS NOT DISTINCT FROM` takes no index: the planner cannot choose one that merely starts with the office. */
const LOAD = `
SELECT i.ord, ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now,
  h.case_id AS "earlierCase", h.seq AS "earlierSeq", encode(h.request_hash, 'hex') AS "earlierHash"
FROM json_to_recordset($1::json) AS i(ord int, office_id uuid, case_id uuid, actor_id uuid, key text)
LEFT JOIN cases c ON c.office_id = i.office_id AND c.id = i.case_id
LEFT JOIN history h ON h.request_key = i.key AND h.actor_id = i.actor_id AND h.office_id IS NOT DISTINCT FROM i.office_id`;

const NOW = `SELECT date_part('epoch', alur_now()) * 1000 AS now`;

const HISTORY_UPTO = `
SELECT entry FROM history WHERE office_id = $1 AND case_id = $2 AND seq <= $3 ORDER BY seq`;

/** The last act of a person up to and including `seq`: what an answer to a reader speaks of, whatever came since it was read. */
const LAST_ACT = `
SELECT entry, encode(hash, 'hex') AS hash FROM history
WHERE office_id = $1 AND case_id = $2 AND seq <= $3 AND actor_id IS NOT NULL ORDER BY seq DESC LIMIT 1`;

/** Outer-joined: without a case, its columns are null. */
type LoadRow = Omit<CaseRow, 'id'> & {
  id: string | null;
  ord: number;
  now: number;
  earlierCase: string | null;
  earlierSeq: number;
  earlierHash: string;
};

@Injectable()
export class CaseStore {
  private readonly known = new LastKnown();
  private readonly times: Batcher<null, number>;
  private readonly loads: Batcher<LoadAsk, Loaded>;
  private readonly appends: Batcher<OpeningWrite, Written | null>;
  private readonly openings: Batcher<OpeningWrite, Written | null>;

  constructor(
    private readonly sql: Sql,
    { sharedCommits, databasePool }: AppConfig,
  ) {
    const shared = sharedCommits
      ? { lanes: 2, batch: 128, queue: 4096 }
      : { lanes: databasePool, batch: 1, queue: 4096 };
    this.times = new Batcher((asks) => this.timeFor(asks.length), shared);
    this.loads = new Batcher((asks) => this.loadAll(asks), shared);
    const key = ({ write }: OpeningWrite) => write.caseId;
    this.appends = new Batcher((writes) => this.run('append', APPEND, writes), { ...shared, key });
    // One lane: openings of an office take their numbers one after the other in any case.
    const lanes = sharedCommits ? 1 : databasePool;
    this.openings = new Batcher((writes) => this.run('open', OPEN, writes), { ...shared, lanes });
  }

  load(ask: LoadAsk): Promise<Loaded> {
    return this.loads.submit(ask);
  }

  /** A case as this process last left it, which may no longer be so; null where it has not, or not lately. */
  lastKnown(officeId: string, caseId: string): CaseRow | null {
    return this.known.get(officeId, caseId);
  }

  /** The database's own time, read after it was asked for. */
  now(): Promise<number> {
    return this.times.submit(null);
  }

  /** The durable result, or null where the case had moved on from `before` and nothing was written. */
  async append(before: CaseRow, write: CaseWrite): Promise<Written | null> {
    const present = this.known.officers(before);
    const joining = newcomers(write, present);
    const written = await this.appends.submit({ write, opening: null, newcomers: joining });
    const officers = joining.length > 0 ? [...present, ...joining] : present;
    if (written) this.known.keep(changed(before, write.change, written.hash), officers);
    else this.known.forget(before.officeId, before.id);
    return written;
  }

  async open(write: CaseWrite, opening: Opening): Promise<Written> {
    const officers = newcomers(write, []);
    const written = await this.openings.submit({ write, opening, newcomers: officers });
    if (!written) throw new Error('A new case left no row behind.');
    this.known.keep(afterOpening(write, opening, written.number, written.hash), officers);
    return written;
  }

  /** Entry texts of a case up to and including `seq`. */
  async entriesUpTo(officeId: string, caseId: string, seq: number): Promise<string[]> {
    const rows = await this.sql.run<{ entry: string }>('history-upto', HISTORY_UPTO, [officeId, caseId, seq]);
    return rows.map(({ entry }) => entry);
  }

  async lastAct(officeId: string, caseId: string, seq: number): Promise<{ entry: string; hash: string }> {
    const [act] = await this.sql.run<{ entry: string; hash: string }>('last-act', LAST_ACT, [officeId, caseId, seq]);
    if (!act) throw new Error(`Case ${caseId} has no history.`);
    return act;
  }

  private async loadAll(asks: readonly LoadAsk[]): Promise<Loaded[]> {
    const input = asks.map(({ officeId, caseId, actorId, key }, ord) => ({
      ord,
      office_id: officeId,
      case_id: caseId,
      actor_id: actorId,
      key,
    }));
    const rows = await this.sql.run<LoadRow>('load', LOAD, [JSON.stringify(input)]);
    const loaded: Loaded[] = [];
    for (const { id, ord, now, earlierCase, earlierSeq, earlierHash, ...rest } of rows) {
      const earlier = earlierCase === null ? null : { caseId: earlierCase, seq: earlierSeq, requestHash: earlierHash };
      const row = id === null ? null : caseRow({ ...rest, id });
      loaded[ord] = { row, now: Math.floor(now), earlier };
    }
    return loaded;
  }

  /** One time for all who share the statement: each of them asked before it was read. */
  private async timeFor(asks: number): Promise<number[]> {
    const [row] = await this.sql.run<{ now: number }>('now', NOW, []);
    if (!row) throw new Error('The database has no time.');
    return new Array<number>(asks).fill(Math.floor(row.now));
  }

  private async run(name: string, text: string, writes: readonly OpeningWrite[]): Promise<(Written | null)[]> {
    const values = wire(writes);
    const rows = await this.retryDeadlock(() => this.sql.run<WrittenRow>(name, text, values));
    const written = writes.map((): Written | null => null);
    for (const { ord, ...one } of rows) written[ord] = one;
    return written;
  }

  /** Deadlock or serialization failure: the statement wrote nothing and nobody was told otherwise. */
  private async retryDeadlock<T>(work: () => Promise<T>, triesLeft = 3): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (triesLeft === 0 || (code !== '40P01' && code !== '40001')) throw error;
      return this.retryDeadlock(work, triesLeft - 1);
    }
  }
}
