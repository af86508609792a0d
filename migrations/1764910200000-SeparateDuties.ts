/** Who administers or inspects holds no role that carries out steps, at no time the other is held: by data, whoever writes it. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Looks at what is added: what is there already can be ended. The account's row is the lock, so that of two grants at once
 * the later one sees the earlier. SQLSTATE AL001 is the refusal's (src/admin/grants.store.ts).
 */
const FUNCTION = `
CREATE FUNCTION alur_duties_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.valid_from >= NEW.valid_until OR (TG_OP = 'UPDATE' AND NEW.role = OLD.role AND NEW.account_id = OLD.account_id
      AND NEW.valid_from >= OLD.valid_from AND NEW.valid_until <= OLD.valid_until) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM accounts WHERE office_id = NEW.office_id AND id = NEW.account_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM role_grants g WHERE g.office_id = NEW.office_id AND g.account_id = NEW.account_id
      AND g.valid_from < g.valid_until AND g.valid_from < NEW.valid_until AND NEW.valid_from < g.valid_until
      AND (g.role IN ('admin', 'inspector')) <> (NEW.role IN ('admin', 'inspector'))) THEN
    RAISE EXCEPTION 'admin or inspector, and a role that carries out steps, are not held by one account'
      USING ERRCODE = 'AL001';
  END IF;
  RETURN NULL;
END $$`;

const TRIGGER = `
CREATE TRIGGER role_grants_duties AFTER INSERT OR UPDATE ON role_grants
  FOR EACH ROW EXECUTE FUNCTION alur_duties_apart()`;

export class SeparateDuties1764910200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FUNCTION);
    await runner.query(TRIGGER);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER role_grants_duties ON role_grants');
    await runner.query('DROP FUNCTION alur_duties_apart()');
  }
}
