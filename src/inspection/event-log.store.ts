/** Cases of a period with their histories, page by page, so that memory does not grow with the period. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import type { LoggedCase } from './event-log.js';
import { HISTORY_OF } from './history.store.js';

const PAGE = 200;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** Whole cases, by when they were opened: half a trace says nothing. */
const CASES = `
SELECT r.case_id AS id, r.case_no AS "caseNo", r.opened_at AS "openedAt",
  coalesce((SELECT json_agg(e) FROM (${HISTORY_OF('r.office_id', 'r.case_id')}) e), '[]') AS stored
FROM case_register r
WHERE r.office_id = $1 AND r.opened_at >= $2 AND r.opened_at < $3 AND (r.opened_at, r.case_id) > ($4, $5)
ORDER BY r.opened_at, r.case_id LIMIT ${PAGE}`;

type Row = LoggedCase & { readonly id: string; readonly openedAt: Date };

@Injectable()
export class EventLogStore {
  constructor(private readonly sql: Sql) {}

  /** In the order they were opened. */
  async *cases(officeId: string, from: Date, to: Date): AsyncGenerator<readonly LoggedCase[]> {
    let after: readonly [Date, string] = [from, FIRST];
    for (;;) {
      const page = await this.sql.inOffice<Row>(officeId, 'event-log', CASES, [officeId, from, to, ...after]);
      yield page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = [last.openedAt, last.id];
    }
  }
}
