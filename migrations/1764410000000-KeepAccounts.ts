/** Identities of a foreign issuer, secrets of client applications, inspectors of several offices, and who changed what. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- What a client application may do: read, write. Null: a person, whose roles say it.
ALTER TABLE accounts ADD COLUMN scopes text[] CHECK (scopes <@ ARRAY['read', 'write']);
UPDATE accounts SET scopes = '{read,write}' WHERE kind = 'client';
ALTER TABLE accounts ADD CHECK ((kind = 'client') = (scopes IS NOT NULL));

-- Plh. (the holder is absent) or Plt. (the place is vacant); null where the role is held by appointment.
ALTER TABLE role_grants ADD COLUMN order_kind text CHECK (order_kind IN ('PLH', 'PLT'));
ALTER TABLE role_grants ADD CHECK (acting_for <> account_id);

-- The account that a token of the configured issuer speaks for.
CREATE TABLE account_identities (
  office_id uuid NOT NULL,
  account_id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  PRIMARY KEY (issuer, subject),
  FOREIGN KEY (office_id, account_id) REFERENCES accounts (office_id, id)
);

-- Secrets of client applications by their SHA-256 (they are random). Several at a time, so that one can follow another.
CREATE TABLE client_secrets (
  office_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT alur_now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (office_id, id),
  FOREIGN KEY (office_id, account_id) REFERENCES accounts (office_id, id)
);
CREATE INDEX client_secrets_account ON client_secrets (office_id, account_id);
-- The secret a sign-in came by: it ends with it.
ALTER TABLE sessions ADD COLUMN secret_id uuid,
  ADD FOREIGN KEY (office_id, secret_id) REFERENCES client_secrets (office_id, id);

-- Every change by an administrator, or (actor_id null) by a command on the server. Values, never secrets.
CREATE TABLE admin_log (
  office_id uuid NOT NULL REFERENCES offices,
  id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT alur_now(),
  actor_id uuid,
  action text NOT NULL,
  subject_id uuid NOT NULL,
  old jsonb,
  new jsonb,
  PRIMARY KEY (office_id, at, id)
);
CREATE TRIGGER admin_log_append_only BEFORE UPDATE OR DELETE ON admin_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER admin_log_no_truncate BEFORE TRUNCATE ON admin_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE admin_log ENABLE ALWAYS TRIGGER admin_log_append_only;
ALTER TABLE admin_log ENABLE ALWAYS TRIGGER admin_log_no_truncate;

GRANT SELECT, INSERT ON account_identities, client_secrets, admin_log TO alur_app;
GRANT UPDATE (revoked_at) ON client_secrets TO alur_app;
`;

/**
 * The second wall between offices (docs/decisions/018-second-wall.md): a read that went into the role `alur_office` sees
 * the rows of one office and no others, whatever its statement forgot. `alur_app`, which writes for several offices in
 * one statement, goes by the statement's own filter.
 */
const WALLED = [
  'accounts',
  'agenda_entries',
  'case_applicants',
  'case_desks',
  'case_officers',
  'case_payloads',
  'case_register',
  'cases',
  'desk_openings',
  'history',
  'notices',
  'personal_reads',
];
const wall = (table: string) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_app ON ${table} TO alur_app USING (true) WITH CHECK (true);
CREATE POLICY ${table}_office ON ${table} FOR SELECT TO alur_office
  USING (office_id = nullif(current_setting('alur.office', true), '')::uuid);
GRANT SELECT ON ${table} TO alur_office;`;
const WALL = `
GRANT USAGE ON SCHEMA public TO alur_office;
ALTER TABLE offices ENABLE ROW LEVEL SECURITY;
CREATE POLICY offices_app ON offices TO alur_app USING (true) WITH CHECK (true);
CREATE POLICY offices_office ON offices FOR SELECT TO alur_office
  USING (id = nullif(current_setting('alur.office', true), '')::uuid);
GRANT SELECT ON offices TO alur_office;`;

export class KeepAccounts1764410000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
    for (const table of WALLED) await runner.query(wall(table));
    await runner.query(WALL);
  }

  /** The record of who changed what is never dropped: going back means restoring a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
