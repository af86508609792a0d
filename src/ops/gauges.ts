/** Gauges read from the database and the queue when somebody asks for metrics; -1 where they cannot be read. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { AlarmQueue } from '../sla/alarm.queue.js';
import { JOB_STATES } from '../sla/backend.js';
import { Metrics } from './metrics.js';
import { within } from './within.js';

const OPEN_ALARMS = 'SELECT count(*)::int AS n FROM case_desks WHERE next_alarm_at IS NOT NULL';
/** Those that failed are counted apart: they would hide whether anybody works. */
const OVERDUE_ALARMS = `SELECT count(*)::int AS n FROM case_desks d WHERE next_alarm_at < (SELECT alur_now())
  AND NOT EXISTS (SELECT 1 FROM failed_alarms f WHERE f.case_id = d.case_id AND f.office_id = d.office_id
    AND f.alarm_at = d.next_alarm_at)`;
const PARKED_ALARMS = `SELECT count(*)::int AS n FROM failed_alarms f JOIN case_desks d
  ON d.case_id = f.case_id AND d.office_id = f.office_id AND d.next_alarm_at = f.alarm_at WHERE retry_at = 'infinity'`;
const CANARY_AGE = `SELECT date_part('epoch', alur_now() - rung_at)::float8 AS n FROM canaries WHERE name = $1`;
const CANARY_LATE = `SELECT late_ms / 1000 AS n FROM canaries WHERE name = 'alarm'`;
const LOG_WAITING = 'SELECT coalesce(sum(length(leaves)) / 76, 0)::int AS n FROM history_arrivals';
const PENDING_NOTICES = 'SELECT count(*)::int AS n FROM notices WHERE acknowledged_at IS NULL';

@Injectable()
export class Gauges implements OnModuleInit {
  constructor(
    private readonly sql: Sql,
    private readonly queue: AlarmQueue,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const { metrics } = this;
    metrics.gauge('alur_alarms_open', 'Cases with an alarm ahead.', () => this.count(OPEN_ALARMS));
    metrics.gauge('alur_alarms_overdue', 'Alarms due and not fired yet.', () => this.count(OVERDUE_ALARMS));
    metrics.gauge('alur_alarms_parked', 'Alarms given up after five tries.', () => this.count(PARKED_ALARMS));
    metrics.gauge('alur_notices_pending', 'Notices nobody has acknowledged.', () => this.count(PENDING_NOTICES));
    for (const name of ['alarm', 'job']) {
      const help = `Seconds since the canary ${name} was heard; one is sent each minute.`;
      metrics.gauge(`alur_canary_${name}_age_seconds`, help, () => this.count(CANARY_AGE, [name]));
    }
    metrics.gauge('alur_canary_alarm_late_seconds', 'How late the last canary alarm was.', () =>
      this.count(CANARY_LATE),
    );
    metrics.gauge('alur_log_waiting', 'Entries without a place in the log yet.', () => this.count(LOG_WAITING));
    for (const state of JOB_STATES) {
      const help = `Wake-up jobs ${state}; -1 while the queue is away.`;
      metrics.gauge(`alur_queue_${state}`, help, async () => (await this.queue.counts())?.[state] ?? -1);
    }
  }

  private async count(text: string, values: readonly string[] = []): Promise<number> {
    const rows = await within(2000, this.sql.run<{ n: number }>(null, text, values));
    return rows?.[0]?.n ?? -1;
  }
}
