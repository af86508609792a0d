/** Deliveries that are long over are deleted by the worker (DELIVERY_RETENTION_DAYS). */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ForgetDeliveries1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT DELETE ON deliveries, digest_notices TO alur_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE DELETE ON deliveries, digest_notices FROM alur_app');
  }
}
