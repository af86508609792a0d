/** Changes of an office's calendar: who made them, why, and how far open cases have been moved over to them. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Null for the calendar an office was installed with.
ALTER TABLE calendars ADD COLUMN created_by uuid, ADD COLUMN reason text;

-- Open cases are moved over in the order of their ids; what has been done survives a worker.
CREATE TABLE calendar_changes (
  office_id uuid NOT NULL,
  version integer NOT NULL,
  -- Every case up to this one has been looked at.
  looked_upto uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  cases_moved integer NOT NULL DEFAULT 0,
  finished_at timestamptz,
  PRIMARY KEY (office_id, version),
  FOREIGN KEY (office_id, version) REFERENCES calendars (office_id, version)
);
CREATE INDEX calendar_changes_unfinished ON calendar_changes (office_id, version) WHERE finished_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON calendar_changes TO alur_app;
`;

export class ChangeCalendars1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  /** Histories name the versions: going back means restoring a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
