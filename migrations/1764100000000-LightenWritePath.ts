/**
 * Less to write for each transition, and plans that cannot go wrong however small a table was when they were made
 * (docs/decisions/010-what-a-transition-writes.md).
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Who acted on a case or was named in it: what the officer filter walks, newest case first. It replaces an index over
-- all of history.
CREATE TABLE case_officers (
  office_id uuid NOT NULL,
  account_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  case_id uuid NOT NULL,
  PRIMARY KEY (office_id, account_id, opened_at, case_id)
);
INSERT INTO case_officers
SELECT c.office_id, h.actor_id, c.opened_at, c.id
FROM history h JOIN cases c ON c.office_id = h.office_id AND c.id = h.case_id WHERE h.actor_id IS NOT NULL
UNION
SELECT office_id, desk_account, opened_at, id FROM cases WHERE desk_account IS NOT NULL;
DROP INDEX history_actor;

-- What of a case never changes and is searched by: its own table, so that an index on it is written once and not at
-- every transition.
CREATE TABLE case_register (
  office_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  case_id uuid NOT NULL,
  case_no text NOT NULL,
  PRIMARY KEY (office_id, opened_at, case_id)
);
INSERT INTO case_register SELECT office_id, opened_at, id, case_no FROM cases;
CREATE UNIQUE INDEX case_register_case_no ON case_register (case_no, office_id);
CREATE INDEX case_register_text ON case_register USING gin (lower(case_no) gin_trgm_ops);
DROP INDEX cases_case_no, cases_opened;

-- Where each case stands, as it is searched for: a copy of what changes, written by the same statement. The case itself
-- keeps one index, so that its row is rewritten in place (HOT) and found at once, however often it has changed. No index
-- here but the primary key serves a look-up by case.
CREATE TABLE case_desks (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  state text NOT NULL,
  step_no smallint,
  desk_role text,
  desk_account uuid,
  due_at timestamptz,
  breach_at timestamptz,
  next_alarm_at timestamptz,
  fired_level smallint NOT NULL,
  closed boolean NOT NULL,
  PRIMARY KEY (case_id, office_id)
) WITH (fillfactor = 80);
INSERT INTO case_desks
SELECT office_id, id, opened_at, state, step_no, desk_role, desk_account, due_at, breach_at, next_alarm_at, fired_level,
  closed_at IS NOT NULL FROM cases;
DROP INDEX cases_next_alarm, cases_inbox, cases_state, cases_late;
-- The only timer.
CREATE INDEX case_desks_next_alarm ON case_desks (next_alarm_at) WHERE next_alarm_at IS NOT NULL;
CREATE INDEX case_desks_inbox ON case_desks (desk_role, office_id, due_at, case_id) WHERE NOT closed;
CREATE INDEX case_desks_state ON case_desks (state, office_id, opened_at DESC, case_id DESC);
-- Breaches that have been told; one that has not is due at the timer. Few, and written only where there is one.
CREATE INDEX case_desks_late ON case_desks (office_id, opened_at DESC, case_id DESC) WHERE NOT closed AND fired_level >= 100;

-- Led by the key, so that no other index can serve the look-up, and none that merely starts with the office.
DROP INDEX history_request;
CREATE UNIQUE INDEX history_request ON history (request_key, actor_id, office_id) WHERE request_key IS NOT NULL;

-- Rows of these tables are written only by the statement that has just locked or created their case.
ALTER TABLE history DROP CONSTRAINT history_office_id_case_id_fkey;
ALTER TABLE case_payloads DROP CONSTRAINT case_payloads_office_id_case_id_fkey;
ALTER TABLE case_applicants DROP CONSTRAINT case_applicants_office_id_case_id_fkey;
ALTER TABLE agenda_entries DROP CONSTRAINT agenda_entries_office_id_case_id_fkey;
ALTER TABLE notices DROP CONSTRAINT notices_office_id_case_id_fkey;

GRANT SELECT, INSERT ON case_officers, case_register TO alur_app;
GRANT SELECT, INSERT, UPDATE ON case_desks TO alur_app;
`;

export class LightenWritePath1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  /** What was dropped was redundant, but old statements need it: going back means restoring a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
