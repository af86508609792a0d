/** How an officer wants to hear of notices beside the bell; who has said nothing has the defaults. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../../db/sql.js';

export const DIGESTS = ['off', 'daily'] as const;

export interface EmailPreference {
  readonly enabled: boolean;
  readonly warningsInWorkingHours: boolean;
  readonly digest: (typeof DIGESTS)[number];
}

export interface Preference {
  readonly address: string | null;
  readonly email: EmailPreference;
}

const READ = `
SELECT a.email AS address, json_build_object('enabled', coalesce(p.email, true),
  'warningsInWorkingHours', coalesce(p.email_warnings_in_hours, false), 'digest', coalesce(p.email_digest, 'off')) AS email
FROM accounts a LEFT JOIN notice_preferences p ON p.office_id = a.office_id AND p.account_id = a.id
WHERE a.office_id = $1 AND a.id = $2`;

const WRITE = `
INSERT INTO notice_preferences (office_id, account_id, email, email_warnings_in_hours, email_digest)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (office_id, account_id) DO UPDATE SET email = excluded.email,
  email_warnings_in_hours = excluded.email_warnings_in_hours, email_digest = excluded.email_digest`;

@Injectable()
export class PreferenceStore {
  constructor(private readonly sql: Sql) {}

  async read(officeId: string, accountId: string): Promise<Preference | null> {
    const [row] = await this.sql.run<Preference>('preference', READ, [officeId, accountId]);
    return row ?? null;
  }

  async write(officeId: string, accountId: string, email: EmailPreference): Promise<void> {
    const values = [officeId, accountId, email.enabled, email.warningsInWorkingHours, email.digest];
    await this.sql.run('preference-write', WRITE, values);
  }
}
