/** The report on working minutes, from the entries' own texts. */
import { Injectable } from '@nestjs/common';
import { LongReads } from '../ops/long-reads.js';
import { aroundBrokenTexts, type EntryExpression } from './broken-texts.js';
import type { ReportRow } from './boards.types.js';
import type { Group } from './report.schemas.js';

/** The months' limits first, so that the report itself is planned for the period that is asked for. */
const PERIOD = `
SELECT ($2 || '-01')::timestamp AT TIME ZONE zone.name AS from,
  (($3 || '-01')::timestamp + interval '1 month') AT TIME ZONE zone.name AS until, zone.name AS zone
FROM (SELECT c.data->>'zone' AS name FROM offices o
  JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version WHERE o.id = $1) zone`;

/** Nearest-rank percentiles. The system's own entries (no actor) end no visit. `OFFSET 0`: each text is read once. */
const report = (entry: EntryExpression) => `
WITH act AS (
  SELECT CASE WHEN $5 THEN to_char(h.at AT TIME ZONE $4, 'YYYY-MM') END AS month,
    CASE WHEN $6 THEN (e.visit->>'stepNo')::int END AS step,
    CASE WHEN $7 THEN h.actor_id END AS officer, h.event, e.outside,
    e.visit->>'verdict' AS verdict,
    (e.visit->>'usedMs')::numeric * (e.visit->>'budgetMinutes')::numeric
      / nullif((e.visit->>'budgetMs')::numeric, 0) AS minutes
  FROM history h CROSS JOIN LATERAL (
    SELECT t.j->'visit' AS visit, t.j->'outsideSop' = 'true'::jsonb AS outside
    FROM (SELECT ${entry} AS j OFFSET 0) t OFFSET 0) e
  WHERE h.office_id = $1 AND h.actor_id IS NOT NULL AND h.at >= $2 AND h.at < $3),
counted AS (
  SELECT month, step, officer, count(verdict)::int AS finished,
    (count(*) FILTER (WHERE verdict = 'ON_TIME'))::int AS on_time,
    (count(*) FILTER (WHERE verdict = 'LATE'))::int AS breaches,
    (percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE verdict IS NOT NULL))::float8 AS median,
    (percentile_disc(0.9) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE verdict IS NOT NULL))::float8 AS p90,
    (count(*) FILTER (WHERE outside))::int AS outside,
    (count(*) FILTER (WHERE event = 'HOLD'))::int AS holds,
    (count(*) FILTER (WHERE event = 'RETURN_INCOMPLETE'))::int AS returns,
    (count(*) FILTER (WHERE event = 'RECALL_DISPOSITION'))::int AS recalls
  FROM act GROUP BY month, step, officer)
SELECT c.month, c.step, a.login, a.name, c.finished,
  round(100.0 * c.on_time / nullif(c.finished, 0), 2)::float8 AS "onTimePercent",
  c.median AS "medianMinutes", c.p90 AS "p90Minutes", c.breaches, c.outside AS "outsideSop", c.holds, c.returns, c.recalls
FROM counted c LEFT JOIN accounts a ON a.office_id = $1 AND a.id = c.officer
WHERE c.finished > 0 OR c.outside > 0 ORDER BY c.month, c.step, a.login`;

export interface ReportAsk {
  readonly from: string;
  readonly to: string;
  readonly groupBy: readonly Group[];
}

@Injectable()
export class ReportStore {
  constructor(private readonly reads: LongReads) {}

  rows(officeId: string, { from, to, groupBy }: ReportAsk): Promise<ReportRow[]> {
    const by = (['month', 'step', 'officer'] as const).map((name) => groupBy.includes(name));
    return aroundBrokenTexts('h.entry::jsonb', (entry) =>
      this.reads.read(async (run) => {
        const [period] = await run<{ from: Date; until: Date; zone: string }>(null, PERIOD, [officeId, from, to]);
        if (!period) throw new Error('An office without a calendar.');
        return run<ReportRow>(null, report(entry), [officeId, period.from, period.until, period.zone, ...by]);
      }),
    );
  }
}
