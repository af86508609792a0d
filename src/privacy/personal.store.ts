/**
 * What is held on one person, and the end of what is held on one case. Destroying needs the owner's login: the program's
 * own may not delete. History stays as it is: it holds salted commitments only, and still verifies.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';

export interface Held {
  readonly caseNo: string;
  readonly caseId: string;
  readonly officeId: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly applicant: Readonly<Record<string, unknown>>;
  /** Free text of the case's acts, by entry. */
  readonly remarks: readonly { readonly seq: number; readonly text: Readonly<Record<string, unknown>> }[];
  readonly letters: readonly Readonly<Record<string, unknown>>[];
  /** SHA-256 of each scan on file. */
  readonly documents: readonly string[];
  /** Who outside the office's own desks has read it, inspectors of other offices among them; inspectors say why. */
  readonly reads: readonly { readonly at: string; readonly by: string; readonly reason: string | null }[];
}

/** That it was gathered is on record, without a name. */
const GATHER = `
WITH held AS (
SELECT c.case_no AS "caseNo", c.id AS "caseId", c.office_id AS "officeId", c.opened_at AS "openedAt",
  c.closed_at AS "closedAt", s.data::jsonb AS applicant,
  coalesce((SELECT json_agg(json_build_object('seq', p.seq, 'text', p.data::json) ORDER BY p.seq) FROM case_payloads p
    WHERE p.office_id = c.office_id AND p.case_id = c.id), '[]') AS remarks,
  coalesce((SELECT json_agg(e.letter ORDER BY e.registered_at) FROM agenda_entries e
    WHERE e.office_id = c.office_id AND e.case_id = c.id), '[]') AS letters,
  ARRAY(SELECT DISTINCT e.j #>> '{facts,file,documentId}' FROM history h, LATERAL (SELECT alur_entry(h.entry) AS j OFFSET 0) e
    WHERE h.office_id = c.office_id AND h.case_id = c.id AND e.j #> '{facts,file}' IS NOT NULL) AS documents,
  coalesce((SELECT json_agg(json_build_object('at', r.at, 'by', a.login, 'reason', r.reason) ORDER BY r.at) FROM personal_reads r
    JOIN accounts a ON a.id = r.account_id
    WHERE r.office_id = c.office_id AND r.case_id = c.id), '[]') AS reads
FROM case_applicants s JOIN cases c ON c.office_id = s.office_id AND c.id = s.case_id
JOIN offices o ON o.id = c.office_id
WHERE o.code = $1 AND lower(s.data::jsonb ->> 'name') = lower($2) AND ($3::text IS NULL OR s.data::jsonb ->> 'phone' = $3)),
record AS (
  INSERT INTO admin_log (office_id, id, action, subject_id)
  SELECT "officeId", gen_random_uuid(), 'gather-personal-data', "caseId" FROM held)
SELECT * FROM held ORDER BY "openedAt", "caseId"`;

/** Only of a case that has been closed for the retention; its number and its way stay, with nothing of a person in them. */
const DESTROY = `
WITH due AS (
  SELECT c.office_id, c.id FROM cases c JOIN offices o ON o.id = c.office_id
  JOIN case_register r ON r.office_id = c.office_id AND r.case_id = c.id
  WHERE o.code = $1 AND r.case_no = $2 AND c.closed_at < alur_now() - $3 * interval '1 year'),
applicant AS (DELETE FROM case_applicants s USING due d WHERE s.office_id = d.office_id AND s.case_id = d.id),
remarks AS (DELETE FROM case_payloads p USING due d WHERE p.office_id = d.office_id AND p.case_id = d.id),
letters AS (UPDATE agenda_entries e SET letter = '{}' FROM due d WHERE e.office_id = d.office_id AND e.case_id = d.id),
record AS (
  INSERT INTO admin_log (office_id, id, action, subject_id, new)
  SELECT office_id, $4, 'destroy-personal-data', id, jsonb_build_object('retentionYears', $3::int) FROM due)
SELECT office_id AS "officeId", id AS "caseId" FROM due`;

export async function gather(client: Client, office: string, name: string, phone: string | null): Promise<Held[]> {
  return (await client.query<Held>(GATHER, [office, name, phone])).rows;
}

/** The case whose personal data is gone; null where it is unknown, open, or not closed for that long. */
export async function destroy(client: Client, office: string, caseNo: string, years: number) {
  const values = [office, caseNo, years, randomUUID()];
  const { rows } = await client.query<{ officeId: string; caseId: string }>(DESTROY, values);
  return rows[0] ?? null;
}
