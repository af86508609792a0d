/** Alarms that failed: what is parked or about to be, and another try for what has been mended. */
import type { Sql } from '../db/sql.js';

export interface FailedAlarm {
  readonly caseNo: string;
  readonly officeCode: string;
  readonly tries: number;
  readonly parked: boolean;
  readonly dueSince: Date;
  readonly failedAt: Date;
  readonly reason: string;
}

/** A case that has moved on since has another alarm, and nothing is wrong with that one. */
const STANDING = `failed_alarms f JOIN case_desks d ON d.office_id = f.office_id AND d.case_id = f.case_id
  AND d.next_alarm_at = f.alarm_at JOIN cases c ON c.office_id = f.office_id AND c.id = f.case_id
  JOIN offices o ON o.id = f.office_id`;

const LIST = `
SELECT c.case_no AS "caseNo", o.code AS "officeCode", f.tries, f.retry_at = 'infinity' AS parked, f.alarm_at AS "dueSince",
  f.failed_at AS "failedAt", f.reason FROM ${STANDING} ORDER BY f.alarm_at, c.case_no`;

/** Due at once, with all its tries before it again. */
const RETRY = `
UPDATE failed_alarms SET tries = 0, retry_at = alur_now() WHERE (case_id, office_id) IN (
  SELECT f.case_id, f.office_id FROM ${STANDING} WHERE $1::text IS NULL OR c.case_no = $1) RETURNING 1`;

export class ParkedAlarms {
  constructor(private readonly sql: Sql) {}

  list(): Promise<FailedAlarm[]> {
    return this.sql.run('failed-alarms', LIST, []);
  }

  /** Of one case number (several offices may have it), or of all where none is named; how many. */
  async retry(caseNo: string | null): Promise<number> {
    return (await this.sql.run('retry-alarms', RETRY, [caseNo])).length;
  }
}
