/** Versions of an office's calendar. A version never changes; a change is a new one. */
import { Injectable } from '@nestjs/common';
import { AdminStore, type Author } from '../admin/admin.store.js';
import { Sql } from '../db/sql.js';
import { CASE_COLUMNS, caseRow } from '../engine/rows.js';
import type { CaseRow } from '../engine/types.js';
import type { Calendar } from '../sla/calendar.js';

export interface CalendarVersion {
  readonly version: number;
  readonly createdAt: Date;
  /** Login of whoever made it, and why; null for the version the office was installed with. */
  readonly by: string | null;
  readonly reason: string | null;
  /** Open cases that the worker gave new due times by it; one that somebody acts on meanwhile goes over with that act. */
  readonly casesMoved: number;
  /** When the last of them had been moved; null while that goes on. */
  readonly finishedAt: Date | null;
}

/** Read page by page, so that a preview holds up nobody. */
const PAGE = 1000;
const FIRST = '00000000-0000-0000-0000-000000000000';

const VERSIONS = `
SELECT v.version, v.created_at AS "createdAt", a.login AS by, v.reason, coalesce(c.cases_moved, 0) AS "casesMoved",
  CASE WHEN c.version IS NULL THEN v.created_at ELSE c.finished_at END AS "finishedAt"
FROM calendars v LEFT JOIN calendar_changes c ON c.office_id = v.office_id AND c.version = v.version
LEFT JOIN accounts a ON a.office_id = v.office_id AND a.id = v.created_by
WHERE v.office_id = $1 ORDER BY v.version DESC LIMIT $2`;

const CURRENT = `
SELECT v.version, v.data, date_part('epoch', alur_now()) * 1000 AS now FROM offices o JOIN calendars v ON v.office_id = o.id AND v.version = o.calendar_version
WHERE o.id = $1`;

const VERSION = 'SELECT data, created_at AS "createdAt" FROM calendars WHERE office_id = $1 AND version = $2';

const OPEN_CASES = `
SELECT ${CASE_COLUMNS}, date_part('epoch', alur_now()) * 1000 AS now
FROM case_desks d JOIN cases c ON c.office_id = d.office_id AND c.id = d.case_id
WHERE d.office_id = $1 AND d.case_id > $2 AND NOT d.closed ORDER BY d.case_id LIMIT ${PAGE}`;

/** One statement: the office takes the next version, or nothing happens because it has another one already. */
const CHANGE = `
office AS (
  UPDATE offices SET calendar_version = calendar_version + 1 WHERE id = $1 AND calendar_version = $4
  RETURNING id, calendar_version AS version),
kept AS (
  INSERT INTO calendars (office_id, version, data, created_by, reason)
  SELECT id, version, $5::jsonb, $2::uuid, $6 FROM office RETURNING office_id, version, data, reason),
change AS (INSERT INTO calendar_changes (office_id, version) SELECT office_id, version FROM kept),
changed AS (
  SELECT k.office_id AS id, jsonb_build_object('version', v.version, 'calendar', v.data) AS old,
    jsonb_build_object('version', k.version, 'calendar', k.data, 'reason', k.reason) AS new
  FROM kept k JOIN calendars v ON v.office_id = k.office_id AND v.version = $4)`;

interface Current {
  readonly version: number;
  readonly data: unknown;
  readonly now: number;
}

export type OpenCase = CaseRow & { readonly now: number };

@Injectable()
export class CalendarsStore {
  constructor(
    private readonly sql: Sql,
    private readonly admin: AdminStore,
  ) {}

  async current(officeId: string): Promise<Current> {
    const [row] = await this.sql.run<Current>('calendar-current', CURRENT, [officeId]);
    if (!row) throw new Error(`Office ${officeId} has no calendar.`);
    return row;
  }

  async version(officeId: string, version: number): Promise<{ data: unknown; createdAt: Date } | null> {
    const [row] = await this.sql.run<{ data: unknown; createdAt: Date }>('calendar-version', VERSION, [
      officeId,
      version,
    ]);
    return row ?? null;
  }

  /** Newest first. */
  versions(officeId: string, most: number): Promise<CalendarVersion[]> {
    return this.sql.run('calendar-versions', VERSIONS, [officeId, most]);
  }

  /** The new version, or null where the office is not at `version` any more. */
  async change(by: Author, version: number, calendar: Calendar, reason: string): Promise<number | null> {
    const changed = await this.admin.change(by, 'change-calendar', CHANGE, [version, JSON.stringify(calendar), reason]);
    return changed.length > 0 ? version + 1 : null;
  }

  /** All open cases of an office, page by page. */
  async *openCases(officeId: string): AsyncGenerator<readonly OpenCase[]> {
    for (let after = FIRST; ;) {
      const page = await this.sql.run<OpenCase>('calendar-open-cases', OPEN_CASES, [officeId, after]);
      yield page.map((row) => ({ ...row, ...caseRow(row) }));
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.id;
    }
  }
}
