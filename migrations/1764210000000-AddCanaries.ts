/** What shows, each minute, that the bell works: an alarm and a job that nobody needs. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE canaries (
  name text PRIMARY KEY CHECK (name IN ('alarm', 'job')),
  -- The alarm's own; null between two of them.
  due_at timestamptz,
  rung_at timestamptz NOT NULL DEFAULT alur_now(),
  late_ms double precision NOT NULL DEFAULT 0
);
INSERT INTO canaries (name) VALUES ('alarm'), ('job');
GRANT SELECT, UPDATE ON canaries TO alur_app;
`;

export class AddCanaries1764210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE canaries');
  }
}
