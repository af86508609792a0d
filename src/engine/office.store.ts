/**
 * What the engine needs to know of an office: its people, their titles, its calendars. Calendars are immutable versions
 * and kept for good; people, and which version is in force, are read again after two seconds, or when a change is heard of.
 */
import { Injectable } from '@nestjs/common';
import { GRANT_HOLDS } from '../db/grant-holds.sql.js';
import { Sql } from '../db/sql.js';
import { calendarSchema, WorkingTime } from '../sla/calendar.js';
import type { Directory } from './types.js';

const FRESH_MS = 2000;

const DIRECTORY = `
SELECT o.calendar_version AS "calendarVersion",
  coalesce((SELECT json_agg(DISTINCT jsonb_build_object('role', g.role, 'accountId', a.id, 'login', a.login))
    FROM role_grants g JOIN accounts a ON a.office_id = g.office_id AND a.id = g.account_id
    WHERE g.office_id = o.id AND ${GRANT_HOLDS}
      AND a.disabled_at IS NULL), '[]') AS holders,
  coalesce((SELECT json_object_agg(t.role, t.title) FROM (
    SELECT DISTINCT ON (role) role, title FROM role_titles
    WHERE office_id = o.id AND valid_from <= (alur_now() AT TIME ZONE (k.data->>'zone'))::date ORDER BY role, valid_from DESC) t), '{}') AS titles
FROM offices o JOIN calendars k ON k.office_id = o.id AND k.version = o.calendar_version WHERE o.id = $1`;

const CALENDAR = 'SELECT data, created_by AS "changedBy" FROM calendars WHERE office_id = $1 AND version = $2';

export interface OfficeCalendar {
  readonly time: WorkingTime;
  /** Who changed the calendar to this version; null for the one the office was installed with. */
  readonly changedBy: string | null;
}

@Injectable()
export class OfficeStore {
  private readonly directories = new Map<string, { readAt: number; directory: Promise<Directory> }>();
  private readonly calendars = new Map<string, Promise<OfficeCalendar>>();

  constructor(private readonly sql: Sql) {}

  directory(officeId: string): Promise<Directory> {
    const known = this.directories.get(officeId);
    const now = performance.now();
    if (known && now - known.readAt < FRESH_MS) return known.directory;
    const directory = this.readDirectory(officeId);
    this.directories.set(officeId, { readAt: now, directory });
    directory.catch(() => this.directories.delete(officeId));
    return directory;
  }

  /** Who works there and which calendar is in force is read again. */
  clear(): void {
    this.directories.clear();
  }

  async workingTime(officeId: string, version: number): Promise<WorkingTime> {
    return (await this.calendar(officeId, version)).time;
  }

  calendar(officeId: string, version: number): Promise<OfficeCalendar> {
    const key = `${officeId}@${version}`;
    const known = this.calendars.get(key);
    if (known) return known;
    const calendar = this.readCalendar(officeId, version);
    this.calendars.set(key, calendar);
    calendar.catch(() => this.calendars.delete(key));
    return calendar;
  }

  private async readDirectory(officeId: string): Promise<Directory> {
    const [row] = await this.sql.run<Omit<Directory, 'officeId'>>('directory', DIRECTORY, [officeId]);
    if (!row) throw new Error(`There is no office ${officeId}.`);
    return { officeId, ...row };
  }

  private async readCalendar(officeId: string, version: number): Promise<OfficeCalendar> {
    const [row] = await this.sql.run<{ data: unknown; changedBy: string | null }>('calendar', CALENDAR, [
      officeId,
      version,
    ]);
    if (!row) throw new Error(`Office ${officeId} has no calendar version ${version}.`);
    return { time: new WorkingTime(calendarSchema.parse(row.data)), changedBy: row.changedBy };
  }
}
