/** Notices as rows: what the engine writes with an act, written here directly so that a test says who hears what and when. */
import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { accountId, type CaseBody, type Person } from './http.js';

export interface Told {
  readonly id: string;
  readonly text: string;
}

/** A step visit of its own for each notice: a level is told once in each visit. */
let visit = 1000;

/** In one statement, so in one transaction: several notices may share it, as those of one act do. */
export async function tell(
  client: ClientBase,
  { id: caseId }: Pick<CaseBody, 'id'>,
  person: Person,
  texts: readonly string[],
): Promise<Told[]> {
  const rows = texts.map((text) => ({ id: randomUUID(), visit: ++visit, text }));
  await client.query(
    `INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at)
     SELECT a.office_id, n.id, $1, n.visit, 'SLA_BREACH', 100, a.id, n.text, 'In English: ' || n.text, alur_now()
     FROM json_to_recordset($2) AS n(id uuid, visit int, text text), accounts a WHERE a.id = $3`,
    [caseId, JSON.stringify(rows), accountId(person)],
  );
  return rows.map(({ id, text }) => ({ id, text }));
}
