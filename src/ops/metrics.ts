/** Counters and gauges for Prometheus. Labels are codes and event names: never ids, never personal data. */
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

@Injectable()
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
  readonly alarmsFired = new Counter({
    name: 'alur_alarms_fired_total',
    help: 'Ladder levels fired, by level in percent of the budget.',
    labelNames: ['level'],
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
    help: 'Due alarms that could not be fired; each is tried again by the next drain.',
    registers: [this.registry],
  });
  readonly drains = new Counter({
    name: 'alur_alarm_drains_total',
    help: 'Runs of the drain, by what woke it and how it ended.',
    labelNames: ['by', 'result'],
    registers: [this.registry],
  });
  readonly requestSeconds = new Histogram({
    name: 'alur_http_request_seconds',
    help: 'Requests answered, by method, route and status class.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
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
