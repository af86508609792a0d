/** Alarms that could not be fired: tried again later and later, then parked (docs/decisions/013-parked-alarms.md). */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE failed_alarms (
  office_id uuid NOT NULL,
  case_id uuid NOT NULL,
  -- The alarm that failed. Once the case has another one ahead, this row means nothing any more.
  alarm_at timestamptz NOT NULL,
  tries integer NOT NULL,
  -- Of the program or of PostgreSQL, in one line; never what people wrote.
  reason text NOT NULL,
  failed_at timestamptz NOT NULL,
  -- Infinity: parked, until somebody asks for another try.
  retry_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, office_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON failed_alarms TO alur_app;
`;

export class ParkAlarms1764150000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE failed_alarms');
  }
}
