/** Lists and details of cases. Every statement starts from the reader's own office. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { CASE_COLUMNS, caseRow } from '../engine/rows.js';
import type { CaseRow } from '../engine/types.js';
import { CaseSearch, isAlone, type After, type ListScope } from './case-search.sql.js';
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

/** So many times as many cases are looked through as should fill a page by what the nearest ones have. */
const MARGIN = 1.5;

interface Found {
  readonly rows: (CaseRow & { now: number })[];
  readonly counts: Counts;
}

interface StateCount {
  readonly state: string;
  readonly n: number;
  /** Cases looked at in this state, where not all of them match. */
  readonly looked?: number;
}

interface Counted {
  readonly states: StateCount[];
  /** There are cases beyond those that were looked at. */
  readonly beyond: boolean;
}

/** SQL: has the office more cases than so many? */
function beyond(newest: number): string {
  return `EXISTS (SELECT FROM case_register WHERE office_id = $1 ORDER BY opened_at DESC, case_id DESC OFFSET ${newest})`;
}

const NOTHING: Found = { rows: [], counts: { total: 0, capped: false, byState: {} } };

@Injectable()
export class CasesStore {
  /**
   * How many of the newest cases are counted, so that no question is expensive; how many are looked through for a text
   * before its own index is asked: by their keys where they must match other filters too, else as they lie, which costs a
   * tenth; then the far ones, where the text is not rare. Not fixed, so that a test can be small.
   */
  windows = { counted: 1000, keys: 2000, near: 4000, far: 20_000 };

  constructor(private readonly sql: Sql) {}

  /**
   * The office is the first parameter of every question here: the statement's filter, and the wall's. A question by text
   * goes without the wall, behind which PostgreSQL may not use a text's index (docs/decisions/018-second-wall.md).
   */
  private read<Row>(name: string | null, text: string, values: readonly unknown[], walled = true): Promise<Row[]> {
    if (!walled) return this.sql.run(name, text, values);
    return this.sql.inOffice(String(values[0]), name, text, values);
  }

  /**
   * One page, and how many there are on all pages. A text that is common fills the page from the newest cases; one that is
   * rare is found by its own index, at a cost that grows with the number of cases it stands in.
   */
  async find(scope: ListScope, query: CaseQuery, after: After | null): Promise<Found> {
    // `state` and `step` exclude each other.
    if (scope.states?.length === 0) return NOTHING;
    if (query.text) return this.withText(scope, query, after);
    const [rows, counts] = await Promise.all([
      this.page(new CaseSearch(scope, query, after), query.limit, query.limit + 1, true),
      this.count(new CaseSearch(scope, query, null), true),
    ]);
    return { rows, counts };
  }

  /** Near, then far, then everywhere. Of the far ones page and count come together, as they do everywhere. */
  private async withText(scope: ListScope, query: CaseQuery, after: After | null): Promise<Found> {
    const { limit } = query;
    const { near, keys, far } = this.windows;
    const alone = isAlone(scope, query);
    const [rows, counts] = await (alone ? this.near(scope, query, after) : this.byKeys(scope, query, after));
    if (rows.length > limit) return { rows, counts };
    // Of the near ones' share the far ones, counted from the newest, promise a page or they do not.
    const expected = ((alone ? near : keys) * (limit + 1)) / rows.length;
    if (expected <= far) {
      const newest = alone && !after ? Math.min(far, Math.ceil(MARGIN * expected)) : far;
      const found = await this.byText(
        new CaseSearch(scope, query, null, { newest, hits: 'ALL' }),
        limit,
        after,
        newest,
      );
      if (found.rows.length > limit) return found;
    }
    return this.byText(new CaseSearch(scope, query, null, 'everywhere'), limit, after);
  }

  /** A text by itself among the nearest. */
  private near(scope: ListScope, query: CaseQuery, after: After | null): Promise<[Found['rows'], Counts]> {
    const { limit } = query;
    const { near, counted } = this.windows;
    const page = new CaseSearch(scope, query, after, { newest: near, hits: limit + 1 });
    const all = new CaseSearch(scope, query, null, { newest: near, hits: counted + 1 });
    return Promise.all([this.page(page, limit, limit + 1, false), this.countNear(all)]);
  }

  /** A text among the newest that match other filters. */
  private byKeys(scope: ListScope, query: CaseQuery, after: After | null): Promise<[Found['rows'], Counts]> {
    return Promise.all([
      this.page(new CaseSearch(scope, query, after), query.limit, this.windows.keys, false),
      this.count(new CaseSearch(scope, query, null), false),
    ]);
  }

  /** Where the text is looked up once for the page and the count together, among so many of the newest or everywhere. */
  private async byText(search: CaseSearch, limit: number, after: After | null, newest?: number): Promise<Found> {
    const order = 'ORDER BY opened_at DESC, case_id DESC';
    const text = `WITH hit AS MATERIALIZED (${search.newest('ALL')}),
      place AS (SELECT * FROM hit WHERE ${search.isAfter('hit', after)} ${order} LIMIT ${limit + 1}),
      counted AS (SELECT d.state, count(*)::int AS n FROM (SELECT * FROM hit ${order} LIMIT ${this.windows.counted + 1}) p
        JOIN case_desks d ON d.case_id = p.case_id AND d.office_id = $1 GROUP BY d.state ORDER BY d.state)
      SELECT ARRAY(SELECT case_id FROM place ${order}) AS ids, coalesce((SELECT json_agg(c) FROM counted c), '[]') AS states,
        ${newest === undefined ? 'false' : beyond(newest)} AS beyond`;
    const [found] = await this.read<{ ids: string[] } & Counted>(null, text, search.values, false);
    const { ids = [], states = [], beyond: isMore = false } = found ?? {};
    const cases = `SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now
      FROM unnest($2::uuid[]) WITH ORDINALITY AS p(id, ord) JOIN cases c ON c.office_id = $1 AND c.id = p.id ORDER BY p.ord`;
    const rows = await this.read<CaseRow & { now: number }>('cases-by-id', cases, [search.values[0], ids]);
    return {
      rows: rows.map((row) => ({ ...row, ...caseRow(row) })),
      counts: countsOf(states, this.windows.counted, isMore),
    };
  }

  private async page(search: CaseSearch, limit: number, window: number, walled: boolean): Promise<Found['rows']> {
    const text = `WITH place AS MATERIALIZED (
        SELECT * FROM (${search.newest(window)}) p WHERE ${search.mentions('p')}
        ORDER BY opened_at DESC, case_id DESC LIMIT ${limit + 1})
      SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now
      FROM place p JOIN cases c ON c.office_id = $1 AND c.id = p.case_id ORDER BY p.opened_at DESC, p.case_id DESC`;
    const rows = await this.read<CaseRow & { now: number }>(null, text, search.values, walled);
    return rows.map((row) => ({ ...row, ...caseRow(row) }));
  }

  /** Of the newest cases that match the other filters, up to the cap, those that match the text as well. */
  private async count(search: CaseSearch, walled: boolean): Promise<Counts> {
    const text = `WITH place AS MATERIALIZED (${search.newest(this.windows.counted + 1)})
      SELECT d.state, count(*)::int AS looked, count(*) FILTER (WHERE ${search.mentions('p')})::int AS n FROM place p
      JOIN case_desks d ON d.case_id = p.case_id AND d.office_id = $1 GROUP BY d.state ORDER BY d.state`;
    return countsOf(await this.read<StateCount>(null, text, search.values, walled), this.windows.counted);
  }

  private async countNear(search: CaseSearch): Promise<Counts> {
    const { near, counted } = this.windows;
    const text = `WITH place AS MATERIALIZED (${search.newest(counted + 1)})
      SELECT ${beyond(near)} AS beyond, coalesce((SELECT json_agg(c) FROM (
        SELECT d.state, count(*)::int AS n FROM place p JOIN case_desks d ON d.case_id = p.case_id AND d.office_id = $1
        GROUP BY d.state ORDER BY d.state) c), '[]') AS states`;
    const [found] = await this.read<Counted>(null, text, search.values, false);
    return countsOf(found?.states ?? [], counted, found?.beyond);
  }

  async applicant(officeId: string, caseId: string): Promise<Record<string, unknown> | null> {
    const text = 'SELECT data FROM case_applicants WHERE office_id = $1 AND case_id = $2';
    const [row] = await this.read<{ data: string }>('applicant', text, [officeId, caseId]);
    return row ? (JSON.parse(row.data) as Record<string, unknown>) : null;
  }

  /** Agenda numbers of a case, each with its number as the office wrote it when it was given out. */
  agenda(officeId: string, caseId: string): Promise<AgendaNumber[]> {
    const text = `
      SELECT e.book, e.year, e.seq, e.letter,
        replace(replace(replace(replace(f.letter_template, '{classification}', f.letter_classification),
          '{seq}', e.seq::text), '{unitCode}', f.unit_code), '{year}', e.year::text) AS "letterNumber"
      FROM agenda_entries e JOIN LATERAL (
        SELECT until, unit_code, letter_classification, letter_template FROM letter_forms
        WHERE office_id = e.office_id AND until > e.registered_at
        UNION ALL SELECT 'infinity', unit_code, letter_classification, letter_template FROM offices WHERE id = e.office_id
        ORDER BY until LIMIT 1) f ON true
      WHERE e.office_id = $1 AND e.case_id = $2 ORDER BY e.registered_at, e.book`;
    return this.read('case-agenda', text, [officeId, caseId]);
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

function countsOf(states: readonly StateCount[], most: number, isMore = false): Counts {
  const total = states.reduce((sum, { n }) => sum + n, 0);
  return {
    total: Math.min(total, most),
    capped: isMore || states.reduce((sum, { n, looked = n }) => sum + looked, 0) > most,
    byState: Object.fromEntries(states.filter(({ n }) => n > 0).map(({ state, n }) => [state, n])),
  };
}
