/** Sign-ins and refused attempts that are long over are deleted by the worker (docs/operations.md). */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX refresh_tokens_session ON refresh_tokens (office_id, session_id);
GRANT DELETE ON sessions, refresh_tokens, refused_attempts TO alur_app`;

const DOWN = `
REVOKE DELETE ON sessions, refresh_tokens, refused_attempts FROM alur_app;
DROP INDEX refresh_tokens_session;
DROP INDEX sessions_expires`;

export class ForgetSignIns1764910300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
