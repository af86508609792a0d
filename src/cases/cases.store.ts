/** Lists and details of cases. Every statement starts from the reader's own office. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { CASE_COLUMNS, caseRow } from '../engine/rows.js';
import type { CaseRow } from '../engine/types.js';
import { CaseSearch, type After, type ListScope } from './case-search.sql.js';
import type { CaseQuery } from './cases.schemas.js';

export interface Counts {
  readonly total: number;
  /** True when there are more than were counted. */
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

/** Counting stops here, so that no question is expensive. */
const COUNT_CAP = 1000;
/** How many of the newest cases are looked through for a text before the text's own index is asked. */
const TEXT_WINDOW = 2000;

interface Found {
  readonly rows: (CaseRow & { now: number })[];
  readonly counts: Counts;
}

@Injectable()
export class CasesStore {
  constructor(private readonly sql: Sql) {}

  /**
   * One page, and how many there are on all pages. A text that is common fills the page from the newest cases; one that is
   * rare is found by its own index, at a cost that grows with the number of cases it stands in.
   */
  async find(scope: ListScope, query: CaseQuery, after: After | null): Promise<Found> {
    const [rows, counts] = await Promise.all([
      this.page(new CaseSearch(scope, query, after), query.limit),
      this.count(new CaseSearch(scope, query, null), query.text !== undefined),
    ]);
    if (!query.text || rows.length > query.limit) return { rows, counts };
    const [all, countsOfAll] = await Promise.all([
      this.page(new CaseSearch(scope, query, after, true), query.limit),
      this.count(new CaseSearch(scope, query, null, true), false),
    ]);
    return { rows: all, counts: countsOfAll };
  }

  private async page(search: CaseSearch, limit: number): Promise<Found['rows']> {
    const text = `WITH place AS MATERIALIZED (${search.places(limit + 1, TEXT_WINDOW)})
      SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now
      FROM place p JOIN cases c ON c.office_id = $1 AND c.id = p.case_id ORDER BY p.opened_at DESC, p.case_id DESC`;
    const rows = await this.sql.run<CaseRow & { now: number }>(null, text, search.values);
    return rows.map((row) => ({ ...row, ...caseRow(row) }));
  }

  private async count(search: CaseSearch, isWindow: boolean): Promise<Counts> {
    const text = `WITH place AS MATERIALIZED (${search.places(COUNT_CAP + 1, COUNT_CAP)})
      SELECT d.state, count(*)::int AS n FROM place p
      JOIN case_desks d ON d.case_id = p.case_id AND d.office_id = $1 GROUP BY d.state ORDER BY d.state`;
    const rows = await this.sql.run<{ state: string; n: number }>(null, text, search.values);
    const total = rows.reduce((sum, { n }) => sum + n, 0);
    return {
      total: Math.min(total, COUNT_CAP),
      capped: isWindow || total > COUNT_CAP,
      byState: Object.fromEntries(rows.map(({ state, n }) => [state, n])),
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
