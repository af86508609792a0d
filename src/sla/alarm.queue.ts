/** Wake-up calls: one delayed job for each quarter second in which anything is due, however many cases that is. */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { AppConfig } from '../app-config.js';
import { Engine } from '../engine/engine.service.js';
import { within } from '../ops/within.js';
import { Away } from './away.js';
import { countsOf, makeQueue, type Held } from './backend.js';

export const ALARM_QUEUE = 'alarms';
export const SLOT_MS = 250;
/** Further ahead the sweep arms in time; a call for next week would only lie about in the queue. */
const HORIZON_MS = 3_600_000;
const REMEMBERED_SLOTS = 4096;
/** A queue that does not answer (a half-open connection) must not hold up the sweep. */
const ANSWER_MS = 2000;

export const CANARY = 'canary';

function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS) + 1;
}

@Injectable()
export class AlarmQueue implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('alarm-queue');
  private readonly called = new Set<number>();
  private queue: Held<Queue> | undefined;
  private readonly away = new Away(this.log);

  constructor(
    private readonly config: AppConfig,
    private readonly engine: Engine,
  ) {}

  onModuleInit(): void {
    this.queue = makeQueue(this.config, ALARM_QUEUE);
    this.queue.it.on('error', (error) => this.away.say(error));
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
    const slot = slotOf(at);
    const delay = Math.max(0, slot * SLOT_MS - Date.now());
    if (delay > HORIZON_MS || this.called.has(slot)) return true;
    if (this.called.size >= REMEMBERED_SLOTS) this.called.clear();
    this.called.add(slot);
    try {
      const options = { jobId: `alarms-${slot}`, delay, removeOnComplete: true, removeOnFail: true };
      const job = await within(ANSWER_MS, this.queue?.it.add('drain', {}, options));
      if (!job) throw new Error('it does not answer');
      this.away.isBack();
      return true;
    } catch (error) {
      this.called.delete(slot);
      this.away.say(error);
      return false;
    }
  }

  /** A job that does nothing but be heard. One that was not is still there, and a second would say no more. */
  async sendCanary(): Promise<void> {
    const options = { jobId: 'canary', removeOnComplete: true, removeOnFail: true };
    await within(ANSWER_MS, this.queue?.it.add(CANARY, {}, options));
  }

  /** Of these instants, those whose job is not in the queue; null while the queue is away. */
  async missing(instants: readonly number[]): Promise<number[] | null> {
    const ahead = instants.filter((at) => slotOf(at) * SLOT_MS > Date.now());
    const { queue } = this;
    if (!queue) return null;
    const ids = ahead.map((at) => `alarms-${slotOf(at)}`);
    const jobs = await within(ANSWER_MS, Promise.all(ids.map(async (id) => (await queue.it.getJob(id)) ?? null)));
    return jobs ? ahead.filter((_, index) => !jobs[index]) : null;
  }

  /** After the queue has lost its jobs, the sweep's calls must get through again. */
  forget(): void {
    this.called.clear();
  }

  /** Jobs by state, for metrics; null while the queue is away. */
  counts(): Promise<Record<string, number> | null> {
    return countsOf(this.queue);
  }
}
