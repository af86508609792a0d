/**
 * Checkpoints and integrity alarms leave the building by the way of all deliveries
 * (docs/decisions/023-evidence-leaves-the-building.md).
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- An endpoint of the inspectorate: every checkpoint and every integrity alarm goes there, beside the office's notices.
ALTER TABLE webhook_endpoints ADD COLUMN evidence boolean NOT NULL DEFAULT false;

-- What the self-check or the signer found not to agree, as it was told: one row for each office that was told, a further one
-- whenever it has changed.
CREATE TABLE integrity_alarms (
  office_id uuid NOT NULL REFERENCES offices,
  id uuid NOT NULL,
  -- None: the log itself, or what belongs to no case. No reference: the case may be what is gone.
  case_id uuid,
  source text NOT NULL CHECK (source IN ('self-check', 'signer')),
  -- SHA-256 of the words in the program's log: the same finding is told once.
  finding bytea NOT NULL,
  differences integer NOT NULL,
  created_at timestamptz NOT NULL,
  -- When it was seen no more, or otherwise.
  ended_at timestamptz,
  PRIMARY KEY (office_id, id)
);
CREATE INDEX integrity_alarms_subject ON integrity_alarms (office_id, case_id);
CREATE INDEX integrity_alarms_standing ON integrity_alarms (source) WHERE ended_at IS NULL;

-- What a delivery is about, where it is about no notice.
ALTER TABLE deliveries ADD COLUMN checkpoint_size bigint;
ALTER TABLE deliveries ADD COLUMN alarm_id uuid;
ALTER TABLE deliveries ADD CHECK (num_nonnulls(notice_id, digest_on, checkpoint_size, alarm_id) <= 1);
CREATE UNIQUE INDEX deliveries_checkpoint ON deliveries (endpoint_id, checkpoint_size, office_id)
  WHERE checkpoint_size IS NOT NULL;
CREATE UNIQUE INDEX deliveries_alarm ON deliveries (alarm_id, endpoint_id, office_id) WHERE alarm_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE (ended_at) ON integrity_alarms TO alur_app;
`;

export class SendEvidence1764920000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  /** What was told to the inspectorate is not forgotten by a migration. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
