/** An inspector who unmasks personal data says why; kept beside the read, apart from the history. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GiveReasons1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE personal_reads ADD COLUMN reason text CHECK (length(reason) BETWEEN 10 AND 500)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE personal_reads DROP COLUMN reason');
  }
}
