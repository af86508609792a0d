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
import { AlarmQueue } from './alarm.queue.js';
import { evictionPolicy, makeWorker, type Held } from './backend.js';

/** Cases fired in one transaction. */
const BATCH = 500;

const UPCOMING = `
SELECT DISTINCT floor(extract(epoch from next_alarm_at) * 4)::float8 * 250 AS at
FROM case_desks WHERE next_alarm_at BETWEEN (SELECT alur_now()) AND (SELECT alur_now()) + make_interval(secs => $1)
ORDER BY 1 LIMIT 5000`;

@Injectable()
export class AlarmWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('alarms');
  private worker: Held<Worker> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private draining: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly engine: Engine,
    private readonly queue: AlarmQueue,
    private readonly sql: Sql,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.redisUrl) await this.refusePolicy(this.config.redisUrl);
    this.worker = makeWorker(this.config, () => this.drain('job'));
    this.worker.it.on('error', () => undefined);
    void this.sweep();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.worker?.release();
    await this.draining;
  }

  /** Everything due now, batch by batch; drains of one process follow each other. */
  drain(by: 'job' | 'sweep'): Promise<void> {
    this.draining = this.draining.then(() => this.fireAll(by));
    return this.draining;
  }

  private async fireAll(by: 'job' | 'sweep'): Promise<void> {
    try {
      while (!this.stopping && (await this.engine.fireDue(BATCH)) === BATCH);
      this.metrics.drains.inc({ by, result: 'done' });
    } catch (error) {
      this.metrics.drains.inc({ by, result: 'failed' });
      this.log.error(`drain by ${by} failed, the next sweep tries again: ${(error as Error).message}`);
    }
  }

  /** The guarantee: fire, then call again for what comes soon, in case the queue has forgotten. */
  private async sweep(): Promise<void> {
    await this.drain('sweep');
    try {
      this.queue.forget();
      const horizonSeconds = this.config.sweepSeconds * 4;
      for (const { at } of await this.sql.run<{ at: number }>('upcoming', UPCOMING, [horizonSeconds])) {
        if (!(await this.queue.callAt(at))) break;
      }
    } catch (error) {
      this.log.warn(`re-arming failed, the next sweep tries again: ${(error as Error).message}`);
    }
    if (!this.stopping) this.timer = setTimeout(() => void this.sweep(), this.config.sweepSeconds * 1000);
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
