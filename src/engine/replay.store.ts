/** All cases with their histories, page by page: one statement is one snapshot, so a running office does not disturb it. */
import type { Sql } from '../db/sql.js';
import type { StoredCase } from './replay-check.js';
import { CASE_COLUMNS, caseRow } from './rows.js';

const PAGE = `
SELECT ${CASE_COLUMNS}, coalesce((SELECT json_agg(h.entry ORDER BY h.seq) FROM history h
    WHERE h.office_id = c.office_id AND h.case_id = c.id), '[]') AS entries,
  concat_ws(', ',
    CASE WHEN NOT EXISTS (SELECT 1 FROM case_desks d WHERE d.case_id = c.id AND d.office_id = c.office_id
      AND (d.opened_at, d.state, d.step_no, d.desk_role, d.desk_account, d.due_at, d.breach_at, d.next_alarm_at,
        d.fired_level, d.closed) IS NOT DISTINCT FROM (c.opened_at, c.state, c.step_no, c.desk_role, c.desk_account,
        c.due_at, c.breach_at, c.next_alarm_at, c.fired_level, c.closed_at IS NOT NULL)) THEN 'case_desks' END,
    CASE WHEN NOT EXISTS (SELECT 1 FROM case_register r WHERE r.office_id = c.office_id AND r.opened_at = c.opened_at
      AND r.case_id = c.id AND r.case_no = c.case_no) THEN 'case_register' END,
    CASE WHEN EXISTS (SELECT 1 FROM (
      SELECT c.desk_account AS id UNION SELECT h.actor_id FROM history h WHERE h.office_id = c.office_id AND h.case_id = c.id
    ) officer WHERE officer.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM case_officers o WHERE o.office_id = c.office_id
      AND o.account_id = officer.id AND o.opened_at = c.opened_at AND o.case_id = c.id)) THEN 'case_officers' END
  ) AS "staleCopies"
FROM cases c WHERE (c.office_id, c.id) > ($1, $2) ORDER BY c.office_id, c.id LIMIT $3`;

const FIRST = '00000000-0000-0000-0000-000000000000';

export async function* storedCases(sql: Sql, pageSize: number): AsyncGenerator<StoredCase> {
  let after = { officeId: FIRST, id: FIRST };
  for (;;) {
    const page = await sql.run<StoredCase>('replay-page', PAGE, [after.officeId, after.id, pageSize]);
    for (const row of page) yield { ...row, ...caseRow(row) };
    const last = page.at(-1);
    if (!last) return;
    after = last;
  }
}
