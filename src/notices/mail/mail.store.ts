/** What a mail says and where it goes, read at each try: an address may have changed since it was written down. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../../db/sql.js';
import type { MailAlarm, MailCheckpoint } from './evidence.message.js';
import type { MailNotice } from './message.js';

export interface Letter {
  /** Null: the account has no address any more, or is disabled. */
  readonly to: string | null;
  readonly isDigest: boolean;
  readonly notices: readonly MailNotice[];
  readonly checkpoint: MailCheckpoint | null;
  readonly alarm: MailAlarm | null;
}

const LETTER = `
SELECT CASE WHEN a.disabled_at IS NULL THEN a.email END AS "to",
  d.digest_on IS NOT NULL AS "isDigest",
  (SELECT coalesce(json_agg(json_build_object('caseNo', c.case_no, 'kind', n.kind, 'textId', n.text_id, 'textEn', n.text_en)
      ORDER BY n.created_at, n.id), '[]')
    FROM notices n JOIN cases c ON c.office_id = n.office_id AND c.id = n.case_id
    WHERE n.office_id = d.office_id AND n.id IN (
      SELECT d.notice_id WHERE d.notice_id IS NOT NULL
      UNION ALL
      SELECT m.notice_id FROM digest_notices m WHERE m.delivery_id = d.id AND m.office_id = d.office_id)) AS notices,
  (SELECT json_build_object('size', k.size, 'note', k.note) FROM log_checkpoints k WHERE k.size = d.checkpoint_size)
    AS checkpoint,
  (SELECT json_build_object('source', i.source, 'office', o.name, 'caseId', i.case_id, 'caseNo', c.case_no,
      'differences', i.differences)
    FROM integrity_alarms i JOIN offices o ON o.id = i.office_id
    LEFT JOIN cases c ON c.office_id = i.office_id AND c.id = i.case_id
    WHERE i.office_id = d.office_id AND i.id = d.alarm_id) AS alarm
FROM deliveries d JOIN accounts a ON a.id = d.endpoint_id AND (a.office_id = d.office_id OR d.alarm_id IS NOT NULL)
WHERE d.office_id = $1 AND d.id = $2`;

@Injectable()
export class MailStore {
  constructor(private readonly sql: Sql) {}

  async letter(officeId: string, deliveryId: string): Promise<Letter | null> {
    const [row] = await this.sql.run<Letter>('mail-letter', LETTER, [officeId, deliveryId]);
    return row ?? null;
  }
}
