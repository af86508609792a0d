/** The log's SQL: take arrivals in, read tiles and checkpoints. Every table but the arrivals only ever grows. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import type { FullTile } from './growth.js';
import { LEAF_BYTES } from './leaves.js';
import { hashesOf, TILE, type TileKey } from './tree.js';

export type Run = Sql['run'];

/** One sealer, one signer, over any number of processes; any constant of our own does. */
const LOCK = 427_534_2020;

/** Arrivals taken in with one commit: some thousand leaves, so that a backlog goes fast and no lock is held for long. */
const ARRIVALS = 400;

const SIZE = 'SELECT coalesce(max(idx) + 1, 0)::float8 AS size FROM log_entries';

/** Big-endian, as `int4send` and `int8send` write them. */
const number = (at: number, bytes: 4 | 8) =>
  `('x' || encode(substr(bytes, ${at}, ${bytes}), 'hex'))::bit(${bytes * 8})`;
const uuid = (at: number) => `encode(substr(bytes, ${at}, 16), 'hex')::uuid`;

/** From the arrivals to the log within the database; what comes back is the hashes, for the tree. */
const SEAL = `
WITH first AS MATERIALIZED (
  SELECT a.no, a.leaves FROM history_arrivals a ORDER BY a.no LIMIT $2
),
taken AS (DELETE FROM history_arrivals a USING first f WHERE a.no = f.no),
leaf AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY f.no, n) - 1 AS place, substr(f.leaves, n * ${LEAF_BYTES} + 1, ${LEAF_BYTES}) AS bytes
  FROM first f, generate_series(0, length(f.leaves) / ${LEAF_BYTES} - 1) AS n
),
added AS (
  INSERT INTO log_entries (idx, office_id, chain_id, seq, at, hash)
  SELECT $1::bigint + place, ${uuid(1)}, ${uuid(17)}, ${number(33, 4)}::int,
    to_timestamp(${number(37, 8)}::bigint::float8 / 1000.0), substr(bytes, 45)
  FROM leaf
)
SELECT (SELECT count(*) FROM first)::int AS arrivals, string_agg(substr(bytes, 45), '' ORDER BY place) AS hashes FROM leaf`;

const ADD_TILES = `
INSERT INTO log_tiles (level, no, hashes, root)
SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bytea[])`;

const FULL_TILE = 'SELECT hashes FROM log_tiles WHERE level = $1 AND no = $2';
const SHORT_TILE = `
SELECT string_agg(hash, '' ORDER BY idx) AS hashes FROM log_entries WHERE idx >= $1::bigint AND idx < $1::bigint + 256`;
const SHORT_TILE_ABOVE = `
SELECT string_agg(root, '' ORDER BY no) AS hashes FROM log_tiles
WHERE level = $1 AND no >= $2::bigint AND no < $2::bigint + 256`;

@Injectable()
export class LogStore {
  constructor(private readonly sql: Sql) {}

  /** Runs `work` in a transaction while no other process does; null where one is at it. */
  alone<T>(work: (run: Run) => Promise<T>): Promise<T | null> {
    return this.sql.transaction(async (run) => {
      const [lock] = await run<{ mine: boolean }>('log-lock', 'SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
      return lock?.mine ? work(run) : null;
    });
  }

  /** The same, waiting for its turn: for what a person asks for. */
  inTurn<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.sql.transaction(async (run) => {
      await run('log-lock-wait', 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
      return work(run);
    });
  }

  async size(run: Run = this.run): Promise<number> {
    const [row] = await run<{ size: number }>('log-size', SIZE, []);
    return row?.size ?? 0;
  }

  /**
   * Gives what arrived first its places from `size` on; the hashes, in that order. `no` is drawn while the case is locked, so
   * a case's own entries never overtake.
   */
  async seal(run: Run, size: number): Promise<{ hashes: Buffer[]; full: boolean }> {
    const [row] = await run<{ arrivals: number; hashes: Buffer | null }>('log-seal', SEAL, [size, ARRIVALS]);
    return { hashes: hashesOf(row?.hashes ?? Buffer.alloc(0)), full: row?.arrivals === ARRIVALS };
  }

  async addTiles(run: Run, tiles: readonly FullTile[]): Promise<void> {
    if (tiles.length === 0) return;
    const of = <K extends keyof FullTile>(name: K) => tiles.map((tile) => tile[name]);
    await run('log-add-tiles', ADD_TILES, [of('level'), of('no'), of('hashes'), of('root')]);
  }

  /** The tile as far as it is filled. */
  async tile({ level, no }: TileKey, run: Run = this.run): Promise<Buffer> {
    const [full] = await run<{ hashes: Buffer }>('log-tile', FULL_TILE, [level, no]);
    if (full) return full.hashes;
    const [short] =
      level === 0
        ? await run<{ hashes: Buffer | null }>('log-tile-short', SHORT_TILE, [no * TILE])
        : await run<{ hashes: Buffer | null }>('log-tile-above', SHORT_TILE_ABOVE, [level - 1, no * TILE]);
    return short?.hashes ?? Buffer.alloc(0);
  }

  private readonly run: Run = (name, text, values) => this.sql.run(name, text, values);
}
