/** Lists and details of cases. Every statement starts from the reader's own office. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { CASE_COLUMNS, caseRow } from '../engine/rows.js';
import type { CaseRow } from '../engine/types.js';
import type { CaseQuery } from './cases.schemas.js';

export interface ListScope {
  readonly officeId: string;
  /** False for readers who may not look through applicants' data. */
  readonly personal: boolean;
  /** Start of the first and end of the last day, as epoch milliseconds. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

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

const COUNT_CAP = 10_000;

@Injectable()
export class CasesStore {
  constructor(private readonly sql: Sql) {}

  async list(
    scope: ListScope,
    query: CaseQuery,
    after: readonly [number, string] | null,
  ): Promise<(CaseRow & { now: number })[]> {
    const { where, values } = conditions(scope, query);
    if (after) {
      where.push(`(c.opened_at, c.id) < (to_timestamp($${values.length + 1} / 1000.0), $${values.length + 2}::uuid)`);
      values.push(after[0], after[1]);
    }
    values.push(query.limit + 1);
    const text = `SELECT ${CASE_COLUMNS}, (extract(epoch from alur_now()) * 1000)::float8 AS now FROM cases c
      WHERE ${where.join(' AND ')} ORDER BY c.opened_at DESC, c.id DESC LIMIT $${values.length}`;
    const rows = await this.sql.run<CaseRow & { now: number }>(null, text, values);
    return rows.map((row) => ({ ...row, ...caseRow(row) }));
  }

  /** How many cases the filters match, by state; counting stops at a cap so that no question is expensive. */
  async counts(scope: ListScope, query: CaseQuery): Promise<Counts> {
    const { where, values } = conditions(scope, query);
    const text = `SELECT state, count(*)::int AS n FROM (
      SELECT c.state FROM cases c WHERE ${where.join(' AND ')} LIMIT ${COUNT_CAP + 1}) counted GROUP BY state ORDER BY state`;
    const rows = await this.sql.run<{ state: string; n: number }>(null, text, values);
    const total = rows.reduce((sum, { n }) => sum + n, 0);
    return {
      total: Math.min(total, COUNT_CAP),
      capped: total > COUNT_CAP,
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

function conditions({ officeId, personal, fromMs, untilMs }: ListScope, query: CaseQuery) {
  const where = ['c.office_id = $1'];
  const values: unknown[] = [officeId];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (query.state) add((p) => `c.state = ANY(${p})`, query.state.split(','));
  if (query.step) add((p) => `c.step_no = ${p}`, query.step);
  const late = 'c.closed_at IS NULL AND c.breach_at IS NOT NULL AND c.breach_at < (SELECT alur_now())';
  if (query.late === 'true') where.push(late);
  if (query.late === 'false') where.push(`NOT (${late})`);
  if (fromMs !== null) add((p) => `c.opened_at >= to_timestamp(${p} / 1000.0)`, fromMs);
  if (untilMs !== null) add((p) => `c.opened_at < to_timestamp(${p} / 1000.0)`, untilMs);
  if (query.officer) {
    add(
      (
        p,
      ) => `EXISTS (SELECT 1 FROM accounts a WHERE a.office_id = c.office_id AND a.login = ${p} AND (c.desk_account = a.id
        OR EXISTS (SELECT 1 FROM history h WHERE h.office_id = c.office_id AND h.actor_id = a.id AND h.case_id = c.id)))`,
      query.officer,
    );
  }
  if (query.text) {
    const like = `%${query.text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    add(
      (p) =>
        personal
          ? `(lower(c.case_no) LIKE ${p} OR EXISTS (SELECT 1 FROM case_applicants s
              WHERE s.office_id = c.office_id AND s.case_id = c.id AND s.search LIKE ${p}))`
          : `lower(c.case_no) LIKE ${p}`,
      like,
    );
  }
  return { where, values };
}
