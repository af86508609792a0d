/** What is read behind the wall needs names of people, never the hash of a password. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
REVOKE SELECT ON accounts FROM alur_office;
GRANT SELECT (office_id, id, login, name, kind, disabled_at) ON accounts TO alur_office`;

const DOWN = `
REVOKE SELECT (office_id, id, login, name, kind, disabled_at) ON accounts FROM alur_office;
GRANT SELECT ON accounts TO alur_office`;

export class HidePasswords1764910400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
