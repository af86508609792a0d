/** Sign-ins that can be ended, refresh tokens that are spent once, and counts of guesses and requests for all processes. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- A password that somebody else has chosen opens nothing but its own change.
ALTER TABLE accounts ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;

-- One sign-in of one person on one machine. Ended, every token of it is worth nothing within seconds.
CREATE TABLE sessions (
  office_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT alur_now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_because text CHECK (ended_because IN ('signed-out', 'token-reused', 'password-changed', 'revoked')),
  PRIMARY KEY (office_id, id),
  FOREIGN KEY (office_id, account_id) REFERENCES accounts (office_id, id),
  CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE INDEX sessions_account ON sessions (office_id, account_id) WHERE ended_at IS NULL;

-- Refresh tokens by their SHA-256 (they are random, so no slow hash is needed). One that comes a second time was stolen.
CREATE TABLE refresh_tokens (
  hash bytea PRIMARY KEY,
  office_id uuid NOT NULL,
  session_id uuid NOT NULL,
  used_at timestamptz,
  FOREIGN KEY (office_id, session_id) REFERENCES sessions (office_id, id)
);

-- Failed sign-ins by account and address, and by address, under a hash: what was typed may be anything.
CREATE TABLE sign_in_attempts (
  key bytea PRIMARY KEY,
  failures integer NOT NULL,
  -- Failures that are taken before the key is locked.
  most integer NOT NULL,
  -- End of the lock; until it is locked, when its failures are forgotten.
  ends_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_ends ON sign_in_attempts (ends_at);

-- Requests of the present minute; worth nothing after a crash.
CREATE UNLOGGED TABLE request_counts (
  key bytea PRIMARY KEY,
  minute bigint NOT NULL,
  requests integer NOT NULL
);

GRANT SELECT, INSERT ON sessions, refresh_tokens TO alur_app;
GRANT UPDATE (ended_at, ended_because) ON sessions TO alur_app;
GRANT UPDATE (used_at) ON refresh_tokens TO alur_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempts, request_counts TO alur_app;
`;

export class GuardAccess1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  /** Sign-ins would be forgotten and locks lifted: going back means restoring a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
