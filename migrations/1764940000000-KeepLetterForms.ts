/**
 * How an office writes the numbers of its letters may change; a number that stands on paper may not. `offices` has the form in
 * force, `letter_forms` those of before, each until when it was. Shown behind the second wall, as agenda numbers are.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE letter_forms (
  office_id uuid NOT NULL REFERENCES offices,
  until timestamptz NOT NULL DEFAULT alur_now(),
  unit_code text NOT NULL,
  letter_classification text NOT NULL,
  letter_template text NOT NULL,
  PRIMARY KEY (office_id, until)
);
GRANT SELECT, INSERT ON letter_forms TO alur_app;
ALTER TABLE letter_forms ENABLE ROW LEVEL SECURITY;
CREATE POLICY letter_forms_app ON letter_forms TO alur_app USING (true) WITH CHECK (true);
CREATE POLICY letter_forms_office ON letter_forms FOR SELECT TO alur_office
  USING (office_id = nullif(current_setting('alur.office', true), '')::uuid);
GRANT SELECT ON letter_forms TO alur_office`;

export class KeepLetterForms1764940000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE letter_forms');
  }
}
