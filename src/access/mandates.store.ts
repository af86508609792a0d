/** Which offices somebody inspects today: their own by role, others by a letter those offices keep. Kept for two seconds at most. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { AccessChanges } from './access-changes.js';
import { Fresh } from './fresh.js';

export interface InspectedOffice {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Null in the own office, which appoints by role. */
  readonly letterNumber: string | null;
  readonly until: Date | null;
}

const OFFICES = `
SELECT o.id, o.code, o.name, (array_agg(i.letter_number ORDER BY i.valid_until DESC))[1] AS "letterNumber",
  nullif(max(i.valid_until), 'infinity') AS until
FROM (
  SELECT office_id, letter_number, valid_from, valid_until FROM inspection_mandates WHERE account_id = $1
  UNION ALL
  SELECT office_id, NULL, valid_from, valid_until FROM role_grants
  WHERE office_id = $2 AND account_id = $1 AND role = 'inspector') i
JOIN offices o ON o.id = i.office_id
WHERE i.valid_from <= (SELECT alur_now()) AND (SELECT alur_now()) < i.valid_until
GROUP BY o.id, o.code, o.name ORDER BY o.code`;

@Injectable()
export class MandateStore {
  private readonly known: Fresh<readonly InspectedOffice[]>;

  constructor(
    private readonly sql: Sql,
    changes: AccessChanges,
  ) {
    this.known = changes.keep(new Fresh());
  }

  /** By code. `ownOfficeId` is the account's own office. */
  officesOf(accountId: string, ownOfficeId: string): Promise<readonly InspectedOffice[]> {
    return this.known.get(accountId, () =>
      this.sql.run<InspectedOffice>('inspected-offices', OFFICES, [accountId, ownOfficeId]),
    );
  }
}
