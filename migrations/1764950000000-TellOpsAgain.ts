/**
 * That a delivery was given up is told again once it has been acknowledged (notices_ops), also about the same visit of the same
 * case: only what the ladder tells is told once for good.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = 'notices (office_id, case_id, visit, kind, level, recipient_id)';

export class TellOpsAgain1764950000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX notices_once;
      CREATE UNIQUE INDEX notices_once ON ${COLUMNS} WHERE kind NOT IN ('DELIVERY_PARKED', 'WEBHOOK_DISABLED')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX notices_once; CREATE UNIQUE INDEX notices_once ON ${COLUMNS}`);
  }
}
