/** What administrators change. Each change and its record are one statement: neither is ever there without the other. */
import { Injectable } from '@nestjs/common';
import { isoOf } from '../db/iso.js';
import { Sql } from '../db/sql.js';

/** Who changes something in which office; a command on the server has no account. */
export interface Author {
  readonly officeId: string;
  readonly accountId: string | null;
}

export interface LogEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string | null;
  readonly action: string;
  readonly subjectId: string;
  readonly old: Readonly<Record<string, unknown>> | null;
  readonly new: Readonly<Record<string, unknown>> | null;
}

const LOG = `
SELECT l.id, ${isoOf('l.at')} AS at, a.login AS actor, l.action,
  l.subject_id AS "subjectId", l.old, l.new, (date_part('epoch', l.at) * 1000)::float8 AS "atMs"
FROM admin_log l LEFT JOIN accounts a ON a.office_id = l.office_id AND a.id = l.actor_id
WHERE l.office_id = $1
  AND ($2::float8 IS NULL OR (date_trunc('milliseconds', l.at), l.id) < (to_timestamp($2::float8 / 1000), $3::uuid))
ORDER BY date_trunc('milliseconds', l.at) DESC, l.id DESC LIMIT $4`;

@Injectable()
export class AdminStore {
  constructor(private readonly sql: Sql) {}

  /**
   * Runs common table expressions, the last of them `changed` with `id`, `old` and `new` of each row that changes, and
   * writes their records. `$1` is the office; their own values begin at `$4`. The ids that changed, none where there was
   * nothing to change. `run` is a transaction's, where more belongs to it.
   */
  async change(
    by: Author,
    action: string,
    parts: string,
    values: readonly unknown[],
    run: Sql['run'] = (name, text, given) => this.sql.run(name, text, given),
  ): Promise<string[]> {
    const text = `WITH ${parts},
      logged AS (INSERT INTO admin_log (office_id, id, actor_id, action, subject_id, old, new)
        SELECT $1::uuid, gen_random_uuid(), $2::uuid, $3, id, old, new FROM changed)
      SELECT id FROM changed`;
    const rows = await run<{ id: string }>(null, text, [by.officeId, by.accountId, action, ...values]);
    return rows.map(({ id }) => id);
  }

  /** As `change`, for what ends sign-ins: `lock` takes the row that they are opened under, `$1` the office and `$2` its id. */
  changeLocked(
    by: Author,
    action: string,
    [lock, id]: readonly [string, string],
    parts: string,
    values: readonly unknown[],
  ): Promise<string[]> {
    return this.sql.afterLock(lock, [by.officeId, id], (run) => this.change(by, action, parts, values, run));
  }

  /** Newest first. */
  log(
    officeId: string,
    before: readonly [number, string] | null,
    limit: number,
  ): Promise<(LogEntry & { atMs: number })[]> {
    return this.sql.run('admin-log', LOG, [officeId, before?.[0] ?? null, before?.[1] ?? null, limit]);
  }

  read<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    return this.sql.run(name, text, values);
  }
}
