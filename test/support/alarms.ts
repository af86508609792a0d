/** What the clock has written so far, read by the database's superuser: history levels, notices, and who woke the drain. */
import type { TestApp } from './app.js';
import type { TestDatabase } from './database.js';

export interface LevelRow {
  readonly event: string;
  readonly level: number;
  readonly visit: number;
  readonly seq: number;
  /** Milliseconds between the instant the level was due and its entry. */
  readonly lateMs: number;
}

/** Ladder levels of a case in the order of its history; of one visit only, where one is named. */
export async function levelsOf({ owner }: TestDatabase, caseId: string, visit?: number): Promise<LevelRow[]> {
  const { rows } = await owner.query<LevelRow>(
    `SELECT event, level, visit, seq,
       (extract(epoch from at - (entry::json -> 'facts' ->> 'dueSince')::timestamptz) * 1000)::int AS "lateMs"
     FROM history WHERE case_id = $1 AND level IS NOT NULL AND ($2::int IS NULL OR visit = $2) ORDER BY seq`,
    [caseId, visit ?? null],
  );
  return rows;
}

/** Who was told what, as `100 SLA_BREACH kasi`, sorted by level and login. */
export async function toldOf({ owner }: TestDatabase, caseId: string, visit: number): Promise<string[]> {
  const { rows } = await owner.query<{ told: string }>(
    `SELECT n.level || ' ' || n.kind || ' ' || a.login AS told
     FROM notices n JOIN accounts a ON a.id = n.recipient_id
     WHERE n.case_id = $1 AND n.visit = $2 AND n.level > 0 ORDER BY n.level, a.login`,
    [caseId, visit],
  );
  return rows.map(({ told }) => told);
}

/** How often each level fired for each of these step visits: `1` everywhere means none missing and none twice. */
export async function firedCounts({ owner }: TestDatabase, caseIds: readonly string[], level: number) {
  const { rows } = await owner.query<{ entries: number; notices: number }>(
    `SELECT (SELECT count(*)::int FROM history h WHERE h.case_id = c.id AND h.level = $2) AS entries,
       (SELECT count(*)::int FROM notices n WHERE n.case_id = c.id AND n.level = $2) AS notices
     FROM cases c WHERE c.id = ANY($1::uuid[])`,
    [caseIds, level],
  );
  const tally = (read: (row: { entries: number; notices: number }) => number) => {
    const counts: Record<string, number> = {};
    for (const row of rows) counts[read(row)] = (counts[read(row)] ?? 0) + 1;
    return counts;
  };
  return { entries: tally(({ entries }) => entries), notices: tally(({ notices }) => notices) };
}

/** Drains that ended well in this process, by what woke them. */
export async function drainsBy({ http }: TestApp, by: 'job' | 'sweep'): Promise<number> {
  const text = await (await fetch(`${http.base}/metrics`)).text();
  return Number(new RegExp(`^alur_alarm_drains_total\\{by="${by}",result="done"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}
