/** A foreign identity that was linked to the wrong account can be taken off, by an id of its own. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
ALTER TABLE account_identities ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX account_identities_id ON account_identities (office_id, account_id, id);
GRANT DELETE ON account_identities TO alur_app`;

const DOWN = `
REVOKE DELETE ON account_identities FROM alur_app;
ALTER TABLE account_identities DROP COLUMN id`;

export class RemoveIdentities1764910100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
