/** Offices and people, cases, history, agenda books, notices. Plain SQL; run by the owner, used by role `alur_app`. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
-- The only clock for "due". One function, so that a test can move time without touching the product.
CREATE FUNCTION alur_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';

CREATE TABLE offices (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  unit_code text NOT NULL,
  letter_classification text NOT NULL,
  -- Template of letter numbers: {classification} {seq} {unitCode} {year}.
  letter_template text NOT NULL,
  calendar_version integer NOT NULL
);

CREATE TABLE calendars (
  office_id uuid NOT NULL REFERENCES offices,
  version integer NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT alur_now(),
  PRIMARY KEY (office_id, version)
);

-- Titles on paper change with each reorganisation; the role ids do not.
CREATE TABLE role_titles (
  office_id uuid NOT NULL REFERENCES offices,
  role text NOT NULL,
  title text NOT NULL,
  valid_from date NOT NULL,
  PRIMARY KEY (office_id, role, valid_from)
);

CREATE TABLE accounts (
  office_id uuid NOT NULL REFERENCES offices,
  id uuid NOT NULL,
  login text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('officer', 'client')),
  password_hash text NOT NULL,
  disabled_at timestamptz,
  PRIMARY KEY (office_id, id)
);
CREATE UNIQUE INDEX accounts_login ON accounts (login);
CREATE UNIQUE INDEX accounts_id ON accounts (id);

-- A role held for a time, by appointment or (acting_for) by an order Plh./Plt. with its letter number.
CREATE TABLE role_grants (
  office_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  role text NOT NULL,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  valid_until timestamptz NOT NULL DEFAULT 'infinity',
  acting_for uuid,
  letter_number text,
  PRIMARY KEY (office_id, id),
  FOREIGN KEY (office_id, account_id) REFERENCES accounts (office_id, id),
  CHECK ((acting_for IS NULL) = (letter_number IS NULL))
);
CREATE INDEX role_grants_account ON role_grants (office_id, account_id);

CREATE TABLE counters (
  office_id uuid NOT NULL REFERENCES offices,
  name text NOT NULL,
  year integer NOT NULL,
  last_seq integer NOT NULL,
  PRIMARY KEY (office_id, name, year)
);

CREATE TABLE cases (
  office_id uuid NOT NULL REFERENCES offices,
  id uuid NOT NULL,
  case_no text NOT NULL,
  service text NOT NULL,
  machine_version integer NOT NULL,
  machine_hash text NOT NULL,
  -- Counts history rows: every write says which version it was decided on.
  version integer NOT NULL,
  -- Counts moves by people: what If-Match speaks of. A clock that runs out does not change it.
  step_seq integer NOT NULL,
  -- Counts visits to steps: a pause and its end stay within one visit, a step entered anew is a new one.
  visit integer NOT NULL,
  snapshot text NOT NULL,
  state text NOT NULL,
  step_no smallint,
  desk_role text,
  desk_account uuid,
  last_hash bytea NOT NULL,
  last_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  calendar_version integer NOT NULL,
  visit_started_at timestamptz NOT NULL,
  budget_minutes integer,
  used_ms bigint NOT NULL,
  clock_started_at timestamptz,
  due_at timestamptz,
  breach_at timestamptz,
  next_alarm_at timestamptz,
  fired_level smallint NOT NULL,
  PRIMARY KEY (office_id, id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX cases_case_no ON cases (office_id, case_no);
-- The only timer.
CREATE INDEX cases_next_alarm ON cases (next_alarm_at) WHERE next_alarm_at IS NOT NULL;
CREATE INDEX cases_inbox ON cases (office_id, desk_role, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX cases_opened ON cases (office_id, opened_at DESC, id DESC);
CREATE INDEX cases_state ON cases (office_id, state, opened_at DESC, id DESC);
CREATE INDEX cases_late ON cases (office_id, breach_at) WHERE closed_at IS NULL AND breach_at IS NOT NULL;

-- Personal data of applicants, apart from history so that it can lawfully be destroyed.
CREATE TABLE case_applicants (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  salt bytea NOT NULL,
  data text NOT NULL,
  search text NOT NULL,
  PRIMARY KEY (office_id, case_id),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);
CREATE INDEX case_applicants_search ON case_applicants USING gin (search gin_trgm_ops);

CREATE TABLE history (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  seq integer NOT NULL,
  at timestamptz NOT NULL,
  event text NOT NULL,
  actor_id uuid,
  visit integer NOT NULL,
  level smallint,
  -- The exact UTF-8 text that was hashed; it names the hash of the case's previous row.
  entry text NOT NULL,
  -- SHA-256 over 0x00 and the text: the RFC 6962 leaf hash.
  hash bytea NOT NULL,
  request_key text,
  request_hash bytea,
  PRIMARY KEY (office_id, case_id, seq),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);
CREATE UNIQUE INDEX history_request ON history (office_id, actor_id, request_key) WHERE request_key IS NOT NULL;
CREATE UNIQUE INDEX history_level ON history (office_id, case_id, visit, level) WHERE level IS NOT NULL;
CREATE INDEX history_actor ON history (office_id, actor_id, case_id) WHERE actor_id IS NOT NULL;

-- Free text of acts (reasons, notes, instructions): may hold personal data, so history keeps a salted commitment only.
CREATE TABLE case_payloads (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  seq integer NOT NULL,
  salt bytea NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (office_id, case_id, seq),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);

CREATE TABLE agenda_entries (
  office_id uuid NOT NULL,
  book text NOT NULL CHECK (book IN ('incoming', 'outgoing')),
  year integer NOT NULL,
  seq integer NOT NULL,
  case_id uuid NOT NULL,
  registered_at timestamptz NOT NULL,
  letter jsonb NOT NULL,
  PRIMARY KEY (office_id, book, year, seq),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);
CREATE INDEX agenda_entries_case ON agenda_entries (office_id, case_id);

CREATE TABLE notices (
  office_id uuid NOT NULL,
  id uuid NOT NULL,
  case_id uuid NOT NULL,
  visit integer NOT NULL,
  kind text NOT NULL,
  level smallint NOT NULL,
  recipient_id uuid NOT NULL,
  text_id text NOT NULL,
  text_en text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Readers that resume must not skip a late commit: they stop below the oldest running transaction.
  created_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  acknowledged_at timestamptz,
  PRIMARY KEY (office_id, id),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);
CREATE UNIQUE INDEX notices_once ON notices (office_id, case_id, visit, kind, level, recipient_id);
CREATE INDEX notices_recipient ON notices (office_id, recipient_id, created_xid, id);
CREATE INDEX notices_open ON notices (office_id, recipient_id) WHERE acknowledged_at IS NULL;

-- When the desk a step waits for first looked at the case: the clock does not wait for it (SOP row 3).
CREATE TABLE desk_openings (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  visit integer NOT NULL,
  account_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT alur_now(),
  PRIMARY KEY (office_id, case_id, visit),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);

-- Every read of an applicant's personal data by an internal client (UU 27/2022).
CREATE TABLE personal_reads (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT alur_now(),
  FOREIGN KEY (office_id, case_id) REFERENCES cases (office_id, id)
);
CREATE INDEX personal_reads_case ON personal_reads (office_id, case_id);
`;

const APPEND_ONLY = `
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE history ENABLE ALWAYS TRIGGER history_append_only;
ALTER TABLE history ENABLE ALWAYS TRIGGER history_no_truncate;
`;

const GRANTS = `
GRANT USAGE ON SCHEMA public TO alur_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO alur_app;
GRANT INSERT, UPDATE ON offices, role_titles, accounts, role_grants, counters, cases TO alur_app;
GRANT INSERT ON calendars, case_applicants, history, case_payloads, agenda_entries, notices, personal_reads, desk_openings TO alur_app;
GRANT UPDATE (acknowledged_at) ON notices TO alur_app;
`;

export class CreateCore1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(TABLES);
    await runner.query(APPEND_ONLY);
    await runner.query(GRANTS);
  }

  /** History is never dropped by a migration: going back means restoring a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
