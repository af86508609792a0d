/** Refused attempts, by the minute. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

export interface Refused {
  readonly officeId: string;
  readonly accountId: string;
  readonly clientId: string | null;
  /** Method and path as documented, as `POST /api/v1/cases/:id/events`. */
  readonly route: string;
  readonly caseId: string | null;
  readonly code: string;
  /** Codes of the blockers. */
  readonly reasons: readonly string[];
  readonly times: number;
}

const NONE = '00000000-0000-0000-0000-000000000000';

/** Sorted, so that two processes never wait for each other crosswise. */
const ADD = `
INSERT INTO refused_attempts AS r (office_id, minute, account_id, client_id, route, case_id, code, reasons, times)
SELECT "officeId", date_trunc('minute', alur_now()), "accountId", coalesce("clientId", '${NONE}'), route,
  coalesce("caseId", '${NONE}'), code, reasons, times
FROM jsonb_to_recordset($1::jsonb) AS t ("officeId" uuid, "accountId" uuid, "clientId" uuid, route text, "caseId" uuid,
  code text, reasons text[], times integer)
ORDER BY 1, 3, 4, 5, 6, 7
ON CONFLICT (office_id, minute, account_id, client_id, route, case_id, code) DO UPDATE SET times = r.times + excluded.times`;

@Injectable()
export class RefusalStore {
  constructor(private readonly sql: Sql) {}

  async add(refused: readonly Refused[]): Promise<void> {
    await this.sql.run('refusals', ADD, [JSON.stringify(refused)]);
  }
}
