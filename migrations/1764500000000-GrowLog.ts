/**
 * One log over all cases: a Merkle tree (RFC 6962) over the hashes of history, signed checkpoints of it, and records of
 * what was done with it (docs/decisions/020-one-log.md).
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
-- What has been written to history and has no place in the log yet. Each leaf is 76 bytes: office, case, seq, instant in
-- milliseconds, hash. \`no\` is drawn after the case was locked, so it follows the order of each case's own entries.
CREATE TABLE history_arrivals (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  leaves bytea NOT NULL CHECK (length(leaves) > 0 AND length(leaves) % 76 = 0)
);

-- The leaves in their order, without gaps. \`chain_id\` is a case, or an office for its records.
CREATE TABLE log_entries (
  idx bigint PRIMARY KEY,
  office_id uuid NOT NULL,
  chain_id uuid NOT NULL,
  seq integer NOT NULL,
  at timestamptz NOT NULL,
  hash bytea NOT NULL
);
CREATE UNIQUE INDEX log_entries_chain ON log_entries (chain_id, seq, office_id);

-- 256 hashes each, written once full: of leaves at level 0, of the roots of the tiles below at the others.
CREATE TABLE log_tiles (
  level smallint NOT NULL,
  no bigint NOT NULL,
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  root bytea NOT NULL,
  PRIMARY KEY (level, no)
);
ALTER TABLE log_tiles ALTER hashes SET STORAGE EXTERNAL;

CREATE TABLE log_keys (
  key_id text PRIMARY KEY,
  -- C2SP signed-note verifier key: name+id+base64.
  verifier_key text NOT NULL,
  from_size bigint NOT NULL,
  -- By the key before it, over docs/verify.md's rotation text. Null for the first.
  endorsement text,
  added_at timestamptz NOT NULL DEFAULT alur_now()
);

CREATE TABLE log_checkpoints (
  size bigint PRIMARY KEY,
  root bytea NOT NULL,
  key_id text NOT NULL,
  note text NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT alur_now()
);

-- What was done with the log itself: exports, rotations of the key. A chain for each office, sealed like history.
CREATE TABLE records (
  office_id uuid NOT NULL,
  seq integer NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  actor_id uuid,
  entry text NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (office_id, seq)
);`;

/** What was written before there was a log, in an order in which each case's entries follow each other. */
const ADOPT = `
INSERT INTO history_arrivals (leaves)
SELECT string_agg(uuid_send(office_id) || uuid_send(case_id) || int4send(seq)
  || int8send(round(extract(epoch FROM at) * 1000)::bigint) || hash, '' ORDER BY place)
FROM (SELECT *, row_number() OVER (ORDER BY at, case_id, seq) AS place FROM history) h
GROUP BY (place - 1) / 16 ORDER BY (place - 1) / 16;`;

const PROTECT = ['log_entries', 'log_tiles', 'log_keys', 'log_checkpoints', 'records']
  .map(
    (table) => `
CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_append_only;
ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_no_truncate;`,
  )
  .join('\n');

const GRANTS = `
GRANT SELECT, INSERT, DELETE ON history_arrivals TO alur_app;
GRANT SELECT, INSERT ON log_entries, log_tiles, log_keys, log_checkpoints, records TO alur_app;`;

export class GrowLog1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const text of [TABLES, ADOPT, PROTECT, GRANTS]) await runner.query(text);
  }

  /** A log that was signed is never dropped by a migration. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
