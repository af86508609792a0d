/** Clocks set by hand: waiting cases of the rehearsal office become late at chosen instants, all their levels ahead of them. */
import type { TestDatabase } from '../test/support/database.js';

/** Three minutes of a second each. */
const ARM = `
WITH chosen AS (
  SELECT id, date_trunc('milliseconds', alur_now() + make_interval(secs => $2 + $3 * random())) AS at
  FROM unnest($1::uuid[]) AS id
),
armed AS (
  UPDATE cases c SET due_at = at, breach_at = at, next_alarm_at = at, fired_level = 0, used_ms = 0,
    clock_started_at = at - interval '3 seconds'
  FROM chosen h WHERE c.id = h.id AND c.fired_level = 0 RETURNING c.office_id, c.id, at
)
UPDATE case_desks d SET due_at = at, breach_at = at, next_alarm_at = at, fired_level = 0
FROM armed a WHERE d.office_id = a.office_id AND d.case_id = a.id RETURNING d.case_id AS id`;

/**
 * Due `fromSeconds` from now, or up to `overSeconds` later. A case that was late before, as where opening took longer
 * than its three seconds, is left alone: its alarm cannot come a second time. Answers which were armed.
 */
export async function arm(
  { owner }: TestDatabase,
  ids: readonly string[],
  fromSeconds: number,
  overSeconds: number,
): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(ARM, [ids, fromSeconds, overSeconds]);
  return rows.map(({ id }) => id);
}
