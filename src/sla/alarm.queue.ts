/** Wake-up calls: one delayed job for each quarter second in which anything is due, however many cases that is. */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { AppConfig } from '../app-config.js';
import { Engine } from '../engine/engine.service.js';
import { within } from '../ops/within.js';
import { makeQueue, type Held } from './backend.js';

export const SLOT_MS = 250;
/** Further ahead the sweep arms in time; a call for next week would only lie about in the queue. */
const HORIZON_MS = 3_600_000;
const REMEMBERED_SLOTS = 4096;
/** A queue that does not answer (a half-open connection) must not hold up the sweep. */
const ANSWER_MS = 2000;

@Injectable()
export class AlarmQueue implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('alarm-queue');
  private readonly called = new Set<number>();
  private queue: Held<Queue> | undefined;
  private wasAway = false;

  constructor(
    private readonly config: AppConfig,
    private readonly engine: Engine,
  ) {}

  onModuleInit(): void {
    this.queue = makeQueue(this.config);
    this.queue.it.on('error', (error) => this.away(error));
    this.engine.onArmed = (at) => void this.callAt(at);
  }

  async onApplicationShutdown(): Promise<void> {
    this.engine.onArmed = () => undefined;
    await this.queue?.release();
  }

  /**
   * A job soon after `at`. Calling twice makes one job; not calling at all makes the sweep find it. False while the
   * queue is away.
   */
  async callAt(at: number): Promise<boolean> {
    const slot = Math.floor(at / SLOT_MS) + 1;
    const delay = Math.max(0, slot * SLOT_MS - Date.now());
    if (delay > HORIZON_MS || this.called.has(slot)) return true;
    if (this.called.size >= REMEMBERED_SLOTS) this.called.clear();
    this.called.add(slot);
    try {
      const options = { jobId: `alarms-${slot}`, delay, removeOnComplete: true, removeOnFail: true };
      const job = await within(ANSWER_MS, this.queue?.it.add('drain', {}, options));
      if (!job) throw new Error('it does not answer');
      this.wasAway = false;
      return true;
    } catch (error) {
      this.called.delete(slot);
      this.away(error);
      return false;
    }
  }

  /** After the queue has lost its jobs, the sweep's calls must get through again. */
  forget(): void {
    this.called.clear();
  }

  /** Jobs by state, for metrics; null while the queue is away. */
  async counts(): Promise<Record<string, number> | null> {
    return (await within(1000, this.queue?.it.getJobCounts('active', 'delayed', 'waiting', 'failed'))) ?? null;
  }

  private away(error: unknown): void {
    if (this.wasAway) return;
    this.wasAway = true;
    this.log.warn(`the queue is away, the sweep goes on: ${(error as Error).message}`);
  }
}
