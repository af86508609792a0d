/** Whoever changes what somebody may do calls every process that listens, so that none goes on by what it remembers. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By statement, whatever wrote it; signing in and renewing change nobody's rights, and call nobody. */
const CALLS: Readonly<Record<string, string>> = {
  accounts: 'UPDATE OR DELETE',
  account_identities: 'INSERT OR UPDATE OR DELETE',
  role_grants: 'INSERT OR UPDATE OR DELETE',
  inspection_mandates: 'INSERT OR UPDATE OR DELETE',
  sessions: 'UPDATE OF ended_at OR DELETE',
};

const FUNCTION = `
CREATE FUNCTION alur_access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('alur_access', '');
  RETURN NULL;
END $$`;

export class CallOnAccess1764820000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FUNCTION);
    for (const [table, events] of Object.entries(CALLS)) {
      await runner.query(
        `CREATE TRIGGER ${table}_access AFTER ${events} ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION alur_access_changed()`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(CALLS)) await runner.query(`DROP TRIGGER ${table}_access ON ${table}`);
    await runner.query('DROP FUNCTION alur_access_changed()');
  }
}
