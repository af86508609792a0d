/** Gauges read from the database and the queue when somebody asks for metrics; -1 where they cannot be read. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { AlarmQueue } from '../sla/alarm.queue.js';
import { Metrics } from './metrics.js';
import { within } from './within.js';

const OPEN_ALARMS = 'SELECT count(*)::int AS n FROM case_desks WHERE next_alarm_at IS NOT NULL';
const OVERDUE_ALARMS = 'SELECT count(*)::int AS n FROM case_desks WHERE next_alarm_at < (SELECT alur_now())';
const PENDING_NOTICES = 'SELECT count(*)::int AS n FROM notices WHERE acknowledged_at IS NULL';

@Injectable()
export class Gauges implements OnModuleInit {
  constructor(
    private readonly sql: Sql,
    private readonly queue: AlarmQueue,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const { metrics, sql } = this;
    // The pool before the counts, whose own statements would be seen waiting.
    metrics.gauge('alur_pool_connections', 'Database connections open.', () => sql.pool.totalCount);
    metrics.gauge('alur_pool_idle', 'Database connections idle.', () => sql.pool.idleCount);
    metrics.gauge('alur_pool_waiting', 'Statements waiting for a connection.', () => sql.pool.waitingCount);
    metrics.gauge('alur_alarms_open', 'Cases with an alarm ahead.', () => this.count(OPEN_ALARMS));
    metrics.gauge('alur_alarms_overdue', 'Alarms due and not fired yet.', () => this.count(OVERDUE_ALARMS));
    metrics.gauge('alur_notices_pending', 'Notices nobody has acknowledged.', () => this.count(PENDING_NOTICES));
    for (const state of ['active', 'delayed', 'waiting', 'failed']) {
      const help = `Wake-up jobs ${state}; -1 while the queue is away.`;
      metrics.gauge(`alur_queue_${state}`, help, async () => (await this.queue.counts())?.[state] ?? -1);
    }
  }

  private async count(text: string): Promise<number> {
    const rows = await within(2000, this.sql.run<{ n: number }>(null, text, []));
    return rows?.[0]?.n ?? -1;
  }
}
