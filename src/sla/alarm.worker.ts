/**
 * Fires what is due. Two things wake it: BullMQ's job, in time; and the sweep, every few seconds, for certain. Both do
 * the very same call, so neither needs to know of the other.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { AppConfig } from '../app-config.js';
import { ConfigError } from '../config.js';
import { Sql } from '../db/sql.js';
import { Engine } from '../engine/engine.service.js';
import { Metrics } from '../ops/metrics.js';
import { ALARM_QUEUE, AlarmQueue, CANARY } from './alarm.queue.js';
import { CanaryStore } from './canary.store.js';
import { evictionPolicy, makeWorker, type Held } from './backend.js';

/** Cases fired in one transaction. */
const BATCH = 500;
/** After a sweep that failed: what was due has waited long enough. */
const AGAIN_SECONDS = 1;

const UPCOMING = `
SELECT DISTINCT floor(extract(epoch from next_alarm_at) * 4)::float8 * 250 AS at
FROM case_desks WHERE next_alarm_at BETWEEN (SELECT alur_now()) AND (SELECT alur_now()) + make_interval(secs => $1)
ORDER BY 1 LIMIT 5000`;

@Injectable()
export class AlarmWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('alarms');
  private worker: Held<Worker> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private draining: Promise<boolean> = Promise.resolve(true);
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly engine: Engine,
    private readonly queue: AlarmQueue,
    private readonly sql: Sql,
    private readonly metrics: Metrics,
    private readonly canaries: CanaryStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.redisUrl) await this.refusePolicy(this.config.redisUrl);
    this.worker = makeWorker(this.config, ALARM_QUEUE, ({ name }) =>
      name === CANARY ? this.canaries.ringJob() : this.drain('job'),
    );
    this.worker.it.on('error', () => undefined);
    void this.sweep();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.worker?.release();
    await this.draining;
  }

  /** Everything due now, batch by batch; drains of one process follow each other. False where one failed. */
  drain(by: 'job' | 'sweep'): Promise<boolean> {
    this.draining = this.draining.then(() => this.fireAll(by));
    return this.draining;
  }

  private async fireAll(by: 'job' | 'sweep'): Promise<boolean> {
    try {
      while (!this.stopping && (await this.engine.fireDue(BATCH)));
      await this.canaries.ringAlarm();
      this.metrics.drains.inc({ by, result: 'done' });
      return true;
    } catch (error) {
      this.metrics.drains.inc({ by, result: 'failed' });
      this.log.error(`drain by ${by} failed, the next sweep tries again: ${(error as Error).message}`);
      return false;
    }
  }

  /** The guarantee: fire, then call again for what comes soon, in case the queue has forgotten. */
  private async sweep(): Promise<void> {
    const done = await this.drain('sweep');
    try {
      this.queue.forget();
      for (const at of await this.upcoming()) if (!(await this.queue.callAt(at))) break;
    } catch (error) {
      this.log.warn(`re-arming failed, the next sweep tries again: ${(error as Error).message}`);
    }
    const seconds = done ? this.config.sweepSeconds : Math.min(AGAIN_SECONDS, this.config.sweepSeconds);
    if (!this.stopping) this.timer = setTimeout(() => void this.sweep(), seconds * 1000);
  }

  /** Quarter seconds in which something becomes due before the sweep has come by a few times. */
  async upcoming(): Promise<number[]> {
    const horizonSeconds = this.config.sweepSeconds * 4;
    const rows = await this.sql.run<{ at: number }>('upcoming', UPCOMING, [horizonSeconds]);
    return rows.map(({ at }) => at);
  }

  private async refusePolicy(redisUrl: string): Promise<void> {
    const policy = await evictionPolicy(redisUrl);
    if (policy === null) {
      this.log.warn('Redis is away: alarms come by the sweep until it is back');
      return;
    }
    if (policy !== 'noeviction') {
      throw new ConfigError(
        `Redis' maxmemory-policy is ${policy}: it may throw jobs away. Set it to noeviction (docs/operations.md).`,
      );
    }
  }
}
