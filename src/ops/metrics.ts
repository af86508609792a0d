/** Counters and gauges for Prometheus. Labels are codes and event names: never ids, never personal data. */
import type { Pool } from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export class Metrics {
  readonly registry = new Registry();

  readonly transitions = new Counter({
    name: 'alur_transitions_total',
    help: 'Acts written to history, by event.',
    labelNames: ['event'],
    registers: [this.registry],
  });
  readonly replays = new Counter({
    name: 'alur_idempotent_replays_total',
    help: 'Repeated requests answered from history.',
    registers: [this.registry],
  });
  readonly refusals = new Counter({
    name: 'alur_refusals_total',
    help: 'Requests refused, by problem code.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly refusalsDropped = new Counter({
    name: 'alur_refusals_dropped_total',
    help: 'Refused attempts that could not be kept for the audit report.',
    registers: [this.registry],
  });
  readonly alarmsFired = new Counter({
    name: 'alur_alarms_fired_total',
    help: 'Ladder levels fired, by level in percent of the budget.',
    labelNames: ['level'],
    registers: [this.registry],
  });
  readonly alarmsUnheard = new Counter({
    name: 'alur_alarms_unheard_total',
    help: 'Breaches and escalations that nobody was told of: the roles are vacant, and the office has no admin.',
    registers: [this.registry],
  });
  readonly alarmLateness = new Histogram({
    name: 'alur_alarm_lateness_seconds',
    help: 'Between the instant an alarm was due and its entry.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 300],
    registers: [this.registry],
  });
  readonly alarmsFailed = new Counter({
    name: 'alur_alarms_failed_total',
    help: 'Tries to fire an alarm that failed; after the fifth it is parked.',
    registers: [this.registry],
  });
  readonly drains = new Counter({
    name: 'alur_alarm_drains_total',
    help: 'Runs of the drain, by what woke it and how it ended.',
    labelNames: ['by', 'result'],
    registers: [this.registry],
  });
  readonly deliveries = new Counter({
    name: 'alur_deliveries_total',
    help: 'Tries to deliver a notice, by channel and how they ended.',
    labelNames: ['channel', 'result'],
    registers: [this.registry],
  });
  readonly truthDifferences = new Gauge({
    name: 'alur_truth_differences',
    help: 'Found amiss by the last truth check, by kind, and mended, but for unreadable; -1: could not be looked at.',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  readonly truthMended = new Counter({
    name: 'alur_truth_mended_total',
    help: 'Found amiss and mended since the start, by kind.',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  readonly sealed = new Counter({
    name: 'alur_log_sealed_total',
    help: 'Entries given their place in the log.',
    registers: [this.registry],
  });
  readonly checkpointSize = new Gauge({
    name: 'alur_log_checkpoint_size',
    help: 'Entries under the last checkpoint this process signed.',
    registers: [this.registry],
  });
  readonly signerStopped = new Gauge({
    name: 'alur_log_signer_stopped',
    help: '1 while the signer refuses to sign because the log is not what it signed before.',
    registers: [this.registry],
  });
  readonly selfChecks = new Counter({
    name: 'alur_self_checks_total',
    help: 'Self-checks of history and log, by result.',
    labelNames: ['result'],
    registers: [this.registry],
  });
  readonly selfCheckDifferences = new Gauge({
    name: 'alur_self_check_differences',
    help: 'What the last self-check found not to agree; -1 where this process did not carry it out to the end.',
    registers: [this.registry],
  });
  readonly selfCheckSeconds = new Gauge({
    name: 'alur_self_check_seconds',
    help: 'How long the last self-check of this process took.',
    registers: [this.registry],
  });
  readonly requestSeconds = new Histogram({
    name: 'alur_http_request_seconds',
    help: 'Requests answered, by method, route and status class.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  });

  /** The pool is read before all gauges that ask the database, whose own statements would be seen waiting. */
  constructor(pool: Pick<Pool, 'totalCount' | 'idleCount' | 'waitingCount'>) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('alur_pool_connections', 'Database connections open.', () => pool.totalCount);
    this.gauge('alur_pool_idle', 'Database connections idle.', () => pool.idleCount);
    this.gauge('alur_pool_waiting', 'Statements waiting for a connection.', () => pool.waitingCount);
  }

  private readonly requests = new Map<string, { observe(seconds: number): void }>();

  /** One request answered. Its labels are looked up once: there are few of them and very many requests. */
  observeRequest(method: string, route: string, status: number, ms: number): void {
    const statusClass = `${Math.floor(status / 100)}xx`;
    const key = `${method} ${route} ${statusClass}`;
    let known = this.requests.get(key);
    if (!known) {
      known = this.requestSeconds.labels({ method, route, status: statusClass });
      this.requests.set(key, known);
    }
    known.observe(ms / 1000);
  }

  foundAmiss(kind: string, count: number): void {
    this.truthDifferences.set({ kind }, count);
    this.truthMended.inc({ kind }, count);
  }

  /** Nobody can mend these but a person. */
  foundUnreadable(count: number): void {
    this.truthDifferences.set({ kind: 'unreadable' }, count);
  }

  /** Not 0: nobody knows. */
  notLookedAt(kind: string): void {
    this.truthDifferences.set({ kind }, -1);
  }

  /** A gauge that is read when somebody asks. */
  gauge(name: string, help: string, read: () => Promise<number> | number): Gauge {
    return new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
