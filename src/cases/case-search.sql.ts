/**
 * The list of cases as SQL: newest first, one page. Each filter has an index that already stands in that order, and the
 * statement starts from the most telling one; the others are looked up case by case.
 */
import type { CaseQuery } from './cases.schemas.js';

export interface ListScope {
  readonly officeId: string;
  /** False for readers who may not look through applicants' data. */
  readonly personal: boolean;
  /** Start of the first and end of the last day, as epoch milliseconds. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  /** States in which a case can match `state` and `step`; null where neither is asked for. */
  readonly states: readonly string[] | null;
}

/** Place of the last case of the page before: epoch milliseconds and id. */
export type After = readonly [openedAt: number, caseId: string];

/** Where a text is looked for: everywhere by its index, or among so many of the newest cases, until so many have it. */
export type Looked = 'everywhere' | Window;

interface Window {
  readonly newest: number;
  readonly hits: number | 'ALL';
}

const NIL = '00000000-0000-0000-0000-000000000000';

interface Source {
  readonly alias: 'd' | 'k';
  /** Each ends in its WHERE. */
  readonly from: readonly string[];
}

const LATE = 'NOT d.closed AND d.breach_at < (SELECT alur_now())';
/** Told breaches have their own index; those due to be told this moment stand at the timer. */
const TOLD = 'NOT d.closed AND d.fired_level >= 100';
const UNTOLD = `d.next_alarm_at < (SELECT alur_now()) AND NOT (${TOLD})`;

export class CaseSearch {
  /** `$1` is the office; the others in the order in which they were asked for. */
  readonly values: unknown[];
  private readonly arms: readonly string[];
  /** SQL: does the text stand in the case at this place? Always so where none is asked for, or it has been looked for. */
  readonly mentions: (place: string) => string;

  /** `textFirst`: start from the places where the text is, instead of from the other filters. */
  constructor(
    private readonly scope: ListScope,
    query: CaseQuery,
    after: After | null,
    textFirst: Looked | null = null,
  ) {
    this.values = [scope.officeId];
    const { alias, from } = textFirst === null ? this.byFilter(query) : this.byText(query, textFirst, after);
    const also = this.conditions(query, after, alias, textFirst !== null);
    this.arms = from.map(
      (source) => `SELECT ${alias}.opened_at, ${alias}.case_id FROM ${[source, ...also].join(' AND ')}
        ORDER BY ${alias}.opened_at DESC, ${alias}.case_id DESC`,
    );
    this.mentions = query.text && textFirst === null ? this.mentioning(query.text) : () => 'true';
  }

  /** `opened_at` and `case_id` of the newest cases that match everything but the text. */
  newest(most: number | 'ALL'): string {
    const arms = this.arms.map((arm) => `(${arm} LIMIT ${most})`).join(' UNION ALL ');
    return `SELECT * FROM (${arms}) arm ORDER BY opened_at DESC, case_id DESC LIMIT ${most}`;
  }

  /** SQL: does this place come after the last one of the page before? */
  isAfter(place: string, after: After | null): string {
    if (!after) return 'true';
    return `(${place}.opened_at, ${place}.case_id) < (${this.instant(after[0])}, ${this.value(after[1])}::uuid)`;
  }

  private instant(at: number): string {
    return `to_timestamp(${this.value(at)}::float8 / 1000.0)`;
  }

  private value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  private pattern(text: string): string {
    return this.value(`%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`);
  }

  /**
   * As values of subqueries, each of one row by its key. As EXISTS, PostgreSQL may look the text up in all cases beforehand,
   * which is quick for a rare text and slow for a common one, and it does not know which it is.
   */
  private mentioning(text: string): (place: string) => string {
    // A value that no place uses would be one too many.
    if (!isOfNumber(text) && !this.scope.personal) return () => 'false';
    const pattern = this.pattern(text);
    const own = (table: string, place: string) => `${table} WHERE office_id = $1 AND case_id = ${place}.case_id`;
    return (place) => {
      const number = `coalesce((SELECT lower(case_no) LIKE ${pattern} FROM ${own('case_register', place)}
        AND opened_at = ${place}.opened_at), false)`;
      const applicant = `coalesce((SELECT search LIKE ${pattern} FROM ${own('case_applicants', place)}), false)`;
      const places = [...(isOfNumber(text) ? [number] : []), ...(this.scope.personal ? [applicant] : [])];
      return `(${places.join(' OR ')})`;
    };
  }

  private byText({ text = '' }: CaseQuery, looked: Looked, after: After | null): Source {
    const isEverywhere = looked === 'everywhere';
    const inNumbers = () =>
      isEverywhere ? this.indexed('case_register', 'lower(case_no)', text) : this.newNumbers(looked, text, after);
    const inApplicants = () =>
      isEverywhere ? this.indexed('case_applicants', 'search', text) : this.newApplicants(looked, text, after);
    const found = [...(isOfNumber(text) ? [inNumbers()] : []), ...(this.scope.personal ? [inApplicants()] : [])].join(
      ' UNION ',
    );
    // OFFSET 0: looked up by itself, not as a condition on all desks.
    const hit = found ? `${found} OFFSET 0` : 'SELECT NULL::uuid AS case_id WHERE false';
    return {
      alias: 'd',
      from: [`(${hit}) hit JOIN case_desks d ON d.case_id = hit.case_id AND d.office_id = $1 WHERE true`],
    };
  }

  /**
   * By the text's own index, which finds what is rare but knows no order. `IS NOT DISTINCT FROM` takes no index, here and
   * at the timer: only the one that is meant can serve.
   */
  private indexed(table: string, place: string, text: string): string {
    return `SELECT case_id FROM ${table} WHERE office_id IS NOT DISTINCT FROM $1 AND ${this.containing(place, text)}`;
  }

  /** The office's cases, newest first, as they lie. */
  private newestFirst(after: After | null): string {
    return `SELECT opened_at, case_id, case_no FROM case_register k WHERE k.office_id = $1 AND ${this.isAfter('k', after)}
      ORDER BY k.opened_at DESC, k.case_id DESC`;
  }

  private newNumbers({ newest, hits }: Window, text: string, after: After | null): string {
    return `(SELECT case_id FROM (${this.newestFirst(after)} LIMIT ${newest}) k
      WHERE ${this.stands('lower(case_no)', text)} ORDER BY opened_at DESC, case_id DESC LIMIT ${hits})`;
  }

  /** In the same order: a case's id begins with the time it was opened at (case-id.ts). */
  private newApplicants({ newest, hits }: Window, text: string, after: After | null): string {
    // Applicants may be gone: so many of them reach further back than so many numbers, and what is found must end together.
    const end = () => `(SELECT case_id FROM (${this.newestFirst(after)} OFFSET ${newest - 1} LIMIT 1) k)`;
    const from = isOfNumber(text) ? `AND case_id >= coalesce(${end()}, '${NIL}')` : '';
    const upTo = after ? `AND case_id < ${this.value(after[1])}::uuid` : '';
    return `(SELECT case_id FROM (
        SELECT case_id, search FROM case_applicants WHERE office_id = $1 ${upTo} ${from} ORDER BY case_id DESC LIMIT ${newest}) a
      WHERE ${this.stands('search', text)} ORDER BY case_id DESC LIMIT ${hits})`;
  }

  /** So written that no index is asked. */
  private stands(place: string, text: string): string {
    return `strpos(${place}, ${this.value(text.toLowerCase())}) > 0`;
  }

  /**
   * The index knows a text by its threes of letters and looks each of them up. Where there is a telling word, its threes are
   * enough to find the few places in which the whole text can be.
   */
  private containing(place: string, text: string): string {
    const word = tellingWord(text);
    if (word === null) return `${place} LIKE ${this.pattern(text)}`;
    return `${place} LIKE ${this.pattern(word)} AND ${this.stands(place, text)}`;
  }

  private byFilter({ officer, late }: CaseQuery): Source {
    const desks = (condition: string) => `case_desks d WHERE d.office_id = $1 AND ${condition}`;
    const withDesk = (table: string) =>
      `${table} k JOIN case_desks d ON d.case_id = k.case_id AND d.office_id = k.office_id WHERE k.office_id = $1`;
    if (officer)
      return { alias: 'k', from: [`${withDesk('case_officers')} AND k.account_id = ${this.account(officer)}`] };
    const { states } = this.scope;
    if (states) return { alias: 'd', from: states.map((state) => desks(`d.state = ${this.value(state)}`)) };
    if (late === 'true') {
      return {
        alias: 'd',
        from: [desks(TOLD), `case_desks d WHERE d.office_id IS NOT DISTINCT FROM $1 AND ${UNTOLD}`],
      };
    }
    return { alias: 'k', from: [late ? withDesk('case_register') : 'case_register k WHERE k.office_id = $1'] };
  }

  private account(login: string): string {
    return `(SELECT id FROM accounts WHERE office_id = $1 AND login = ${this.value(login)})`;
  }

  private conditions(
    { officer, step, late }: CaseQuery,
    after: After | null,
    k: Source['alias'],
    textFirst: boolean,
  ): string[] {
    const { states, fromMs, untilMs } = this.scope;
    const found: string[] = [];
    if (states && (officer || textFirst)) found.push(`d.state = ANY(${this.value(states)})`);
    if (officer && textFirst) {
      found.push(`EXISTS (SELECT 1 FROM case_officers o WHERE o.office_id = $1 AND o.account_id = ${this.account(officer)}
        AND o.opened_at = d.opened_at AND o.case_id = d.case_id)`);
    }
    if (step) found.push(`NOT d.closed AND d.step_no = ${this.value(step)}`);
    if (late) found.push(late === 'true' ? LATE : `(${LATE}) IS NOT TRUE`);
    if (fromMs !== null) found.push(`${k}.opened_at >= ${this.instant(fromMs)}`);
    if (untilMs !== null) found.push(`${k}.opened_at < ${this.instant(untilMs)}`);
    if (after) found.push(this.isAfter(k, after));
    return found;
  }
}

/** Is the text the only filter? */
export function isAlone({ states, fromMs, untilMs }: ListScope, { officer, step, late }: CaseQuery): boolean {
  const others = [officer, step, late, states, fromMs, untilMs];
  return others.every((one) => one === undefined || one === null);
}

/** Case numbers are one word. */
function isOfNumber(text: string): boolean {
  return !/\s/.test(text);
}

/** A part of the text that few cases have: the longest run of at least five digits; a year would be in all of them. */
function tellingWord(text: string): string | null {
  const [longest] = (text.match(/\d{5,}/g) ?? []).sort((a, b) => b.length - a.length);
  return longest === undefined || longest === text ? null : longest;
}
