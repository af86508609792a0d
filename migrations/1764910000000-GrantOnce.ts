/** A role granted twice, as by a request that was sent again, is one: else the end of one would leave its twin open. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of equal ones that which begins first is kept: it covers the others, which are ended where they begin, on record. */
const END_TWINS = `
WITH twins AS (
  SELECT office_id, id, row_number() OVER (
    PARTITION BY office_id, account_id, role, order_kind, acting_for, letter_number, valid_until
    ORDER BY valid_from, id) AS nth
  FROM role_grants WHERE valid_from < valid_until),
ended AS (
  UPDATE role_grants g SET valid_until = g.valid_from
  FROM twins t JOIN role_grants before ON before.office_id = t.office_id AND before.id = t.id
  WHERE t.nth > 1 AND g.office_id = t.office_id AND g.id = t.id
  RETURNING g.office_id, g.id, before.valid_until AS old, g.valid_until AS new)
INSERT INTO admin_log (office_id, id, action, subject_id, old, new)
SELECT office_id, gen_random_uuid(), 'end-role', id, jsonb_build_object('until', old), jsonb_build_object('until', new)
FROM ended`;

const ONCE = `
CREATE UNIQUE INDEX role_grants_once
  ON role_grants (office_id, account_id, role, order_kind, acting_for, letter_number, valid_until) NULLS NOT DISTINCT
  WHERE valid_from < valid_until`;

export class GrantOnce1764910000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(END_TWINS);
    await runner.query(ONCE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX role_grants_once');
  }
}
