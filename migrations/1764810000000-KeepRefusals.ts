/** What people tried and were refused, for the audit report. A help to the inspector, not evidence: it is no part of the log. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE refused_attempts (
  office_id uuid NOT NULL REFERENCES offices,
  -- The same attempt again within a minute counts, instead of making a row.
  minute timestamptz NOT NULL,
  account_id uuid NOT NULL,
  -- The client application they came by; the nil UUID for none.
  client_id uuid NOT NULL,
  -- Method and path as documented, never as sent.
  route text NOT NULL,
  -- The nil UUID where the route is about no case.
  case_id uuid NOT NULL,
  code text NOT NULL,
  -- Codes of the blockers.
  reasons text[] NOT NULL,
  times integer NOT NULL,
  PRIMARY KEY (office_id, minute, account_id, client_id, route, case_id, code)
);
GRANT SELECT, INSERT, UPDATE (times) ON refused_attempts TO alur_app;
`;

export class KeepRefusals1764810000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refused_attempts');
  }
}
