/** Inspectors of several offices: whom an office lets inspect it, by which letter and for how long. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE inspection_mandates (
  -- The office that is inspected, whose administrators keep this row.
  office_id uuid NOT NULL REFERENCES offices,
  id uuid NOT NULL,
  -- An account of another office. No foreign key: references stay within an office (it may live on another server), and
  -- accounts are disabled, never deleted.
  account_id uuid NOT NULL,
  account_office_id uuid NOT NULL,
  letter_number text NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,
  PRIMARY KEY (office_id, id),
  CHECK (account_office_id <> office_id),
  CHECK (valid_from <= valid_until)
);
-- A request sent twice makes one: else the end of one would leave the other open.
CREATE UNIQUE INDEX inspection_mandates_letter ON inspection_mandates (office_id, account_id, letter_number, valid_until)
  WHERE valid_from < valid_until;
CREATE INDEX inspection_mandates_account ON inspection_mandates (account_id);
GRANT SELECT, INSERT, UPDATE (valid_until) ON inspection_mandates TO alur_app;
`;

export class SpanOffices1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inspection_mandates');
  }
}
