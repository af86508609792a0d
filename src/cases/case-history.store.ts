/** Cases with their histories as the clock is explained from: one statement, so that both are of one instant. Reads only. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { entryOf } from '../engine/entry-of.js';
import type { CaseHistory } from './step-visits.js';

export interface StoredHistory extends CaseHistory {
  readonly officeId: string;
  readonly id: string;
  readonly caseNo: string;
  readonly service: string;
  readonly machineVersion: number;
  /** The database's time of the reading. */
  readonly now: number;
}

type Row = Omit<StoredHistory, 'entries'> & { entries: readonly string[] };

const COLUMNS = `
  c.office_id AS "officeId", c.id, c.case_no AS "caseNo", c.service, c.machine_version AS "machineVersion",
  c.calendar_version AS "calendarVersion", c.step_no AS "stepNo", c.budget_minutes AS "budgetMinutes",
  date_part('epoch', alur_now()) * 1000 AS now,
  coalesce((SELECT json_agg(h.entry ORDER BY h.seq) FROM history h
    WHERE h.office_id = c.office_id AND h.case_id = c.id), '[]') AS entries`;

const ONE = `SELECT ${COLUMNS} FROM cases c WHERE c.office_id = $1 AND c.id = $2`;

const PAGE = `SELECT ${COLUMNS} FROM cases c
WHERE (c.office_id, c.id) > ($1, $2) AND ($4::uuid IS NULL OR c.office_id = $4::uuid)
ORDER BY c.office_id, c.id LIMIT $3`;

const FIRST = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class CaseHistories {
  constructor(private readonly sql: Sql) {}

  /** Null for a case that is not in this office. */
  async ofCase(officeId: string, caseId: string): Promise<StoredHistory | null> {
    const [row] = await this.sql.inOffice<Row>(officeId, 'case-clock', ONE, [officeId, caseId]);
    return row ? stored(row) : null;
  }

  offices(): Promise<{ id: string; code: string }[]> {
    return this.sql.run('offices', 'SELECT id, code FROM offices ORDER BY code', []);
  }

  /** All cases, of one office where one is named; never more than a page of them in memory. */
  async *all(officeId: string | null, pageSize: number): AsyncGenerator<StoredHistory> {
    let after = { officeId: officeId ?? FIRST, id: FIRST };
    for (;;) {
      const page = await this.sql.run<Row>('clock-page', PAGE, [after.officeId, after.id, pageSize, officeId]);
      for (const row of page) yield stored(row);
      const last = page.at(-1);
      if (!last) return;
      after = last;
    }
  }
}

function stored({ now, entries, ...row }: Row): StoredHistory {
  return { ...row, now: Math.round(now), entries: entries.map(entryOf) };
}
