/** Lists and details of cases. Every statement starts from the reader's own office. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { CASE_COLUMNS, caseRow } from '../engine/rows.js';
import type { CaseRow } from '../engine/types.js';
import { CaseSearch, type After, type ListScope } from './case-search.sql.js';
import type { CaseQuery } from './cases.schemas.js';

export interface Counts {
  readonly total: number;
  /** True when there are more cases than were looked at to count them. */
  readonly capped: boolean;
  readonly byState: Readonly<Record<string, number>>;
}

export interface AgendaNumber {
  readonly book: 'incoming' | 'outgoing';
  readonly year: number;
  readonly seq: number;
  readonly letter: Readonly<Record<string, unknown>>;
  readonly letterNumber: string;
}

/** Cases that are looked at to count them, so that no question is expensive. */
const COUNT_CAP = 1000;
/** How many of the newest cases are looked through for a text before the text's own index is asked. */
const TEXT_WINDOW = 2000;

interface Found {
  readonly rows: (CaseRow & { now: number })[];
  readonly counts: Counts;
}

const NOTHING: Found = { rows: [], counts: { total: 0, capped: false, byState: {} } };

@Injectable()
export class CasesStore {
  constructor(private readonly sql: Sql) {}

  /**
   * One page, and how many there are on all pages. A text that is common fills the page from the newest cases; one that is
   * rare is found by its own index, at a cost that grows with the number of cases it stands in.
   */
  async find(scope: ListScope, query: CaseQuery, after: After | null): Promise<Found> {
    // `state` and `step` exclude each other.
    if (scope.states?.length === 0) return NOTHING;
    const window = query.text ? TEXT_WINDOW : query.limit + 1;
    const [rows, counts] = await Promise.all([
      this.page(new CaseSearch(scope, query, after), query.limit, window),
      this.count(new CaseSearch(scope, query, null)),
    ]);
    if (!query.text || rows.length > query.limit) return { rows, counts };
    const [all, countsOfAll] = await Promise.all([
      this.page(new CaseSearch(scope, query, after, true), query.limit, query.limit + 1),
      this.count(new CaseSearch(scope, query, null, true)),
    ]);
    return { rows: all, counts: countsOfAll };
  }

  private async page(search: CaseSearch, limit: number, window: number): Promise<Found['rows']> {
    const text = `WITH place AS MATERIALIZED (
        SELECT * FROM (${search.newest(window)}) p WHERE ${search.mentions('p')}
        ORDER BY opened_at DESC, case_id DESC LIMIT ${limit + 1})
      SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now
      FROM place p JOIN cases c ON c.office_id = $1 AND c.id = p.case_id ORDER BY p.opened_at DESC, p.case_id DESC`;
    const rows = await this.sql.run<CaseRow & { now: number }>(null, text, search.values);
    return rows.map((row) => ({ ...row, ...caseRow(row) }));
  }

  /** Of the newest cases that match the other filters, up to the cap, those that match the text as well. */
  private async count(search: CaseSearch): Promise<Counts> {
    const text = `WITH place AS MATERIALIZED (${search.newest(COUNT_CAP + 1)})
      SELECT d.state, count(*)::int AS looked, count(*) FILTER (WHERE ${search.mentions('p')})::int AS n FROM place p
      JOIN case_desks d ON d.case_id = p.case_id AND d.office_id = $1 GROUP BY d.state ORDER BY d.state`;
    const rows = await this.sql.run<{ state: string; looked: number; n: number }>(null, text, search.values);
    const total = rows.reduce((sum, { n }) => sum + n, 0);
    return {
      total: Math.min(total, COUNT_CAP),
      capped: rows.reduce((sum, { looked }) => sum + looked, 0) > COUNT_CAP,
      byState: Object.fromEntries(rows.filter(({ n }) => n > 0).map(({ state, n }) => [state, n])),
    };
  }

  async applicant(officeId: string, caseId: string): Promise<Record<string, unknown> | null> {
    const text = 'SELECT data FROM case_applicants WHERE office_id = $1 AND case_id = $2';
    const [row] = await this.sql.run<{ data: string }>('applicant', text, [officeId, caseId]);
    return row ? (JSON.parse(row.data) as Record<string, unknown>) : null;
  }

  /** Agenda numbers of a case, each with its number as the office's template writes it. */
  agenda(officeId: string, caseId: string): Promise<AgendaNumber[]> {
    const text = `
      SELECT e.book, e.year, e.seq, e.letter,
        replace(replace(replace(replace(o.letter_template, '{classification}', o.letter_classification),
          '{seq}', e.seq::text), '{unitCode}', o.unit_code), '{year}', e.year::text) AS "letterNumber"
      FROM agenda_entries e JOIN offices o ON o.id = e.office_id
      WHERE e.office_id = $1 AND e.case_id = $2 ORDER BY e.registered_at, e.book`;
    return this.sql.run('case-agenda', text, [officeId, caseId]);
  }

  /** The first look of the desk a step waits for; later looks change nothing. */
  async recordDeskOpening(officeId: string, caseId: string, visit: number, accountId: string): Promise<void> {
    const text = `INSERT INTO desk_openings (office_id, case_id, visit, account_id) VALUES ($1, $2, $3, $4)
      ON CONFLICT DO NOTHING`;
    await this.sql.run('desk-opening', text, [officeId, caseId, visit, accountId]);
  }

  async deskOpenedAt(officeId: string, caseId: string, visit: number): Promise<Date | null> {
    const text = 'SELECT at FROM desk_openings WHERE office_id = $1 AND case_id = $2 AND visit = $3';
    const [row] = await this.sql.run<{ at: Date }>('desk-opened-at', text, [officeId, caseId, visit]);
    return row?.at ?? null;
  }

  async recordPersonalRead(officeId: string, caseId: string, accountId: string): Promise<void> {
    const text = 'INSERT INTO personal_reads (office_id, case_id, account_id) VALUES ($1, $2, $3)';
    await this.sql.run('personal-read', text, [officeId, caseId, accountId]);
  }
}
