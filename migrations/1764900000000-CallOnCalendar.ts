/** A calendar that an office has changed, and a title, are heard of by every process that listens, like rights. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const CALLS: Readonly<Record<string, string>> = {
  offices: 'UPDATE OF calendar_version',
  role_titles: 'INSERT OR UPDATE OR DELETE',
};

export class CallOnCalendar1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, events] of Object.entries(CALLS)) {
      await runner.query(
        `CREATE TRIGGER ${table}_access AFTER ${events} ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION alur_access_changed()`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(CALLS)) await runner.query(`DROP TRIGGER ${table}_access ON ${table}`);
  }
}
