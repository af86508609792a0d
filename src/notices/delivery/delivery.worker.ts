/**
 * Sends in the worker process. BullMQ's job wakes a lane in time; the sweep wakes every lane with something due, for certain.
 * Both only wake: what is sent, and whether, the row says.
 */
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Worker } from 'bullmq';
import { z } from 'zod';
import { AppConfig } from '../../app-config.js';
import { makeWorker, type Held } from '../../sla/backend.js';
import { DELIVERY_QUEUE } from './delivery.queue.js';
import { DeliveryStore } from './delivery.store.js';
import { Lanes } from './lanes.js';
import { Relay } from './relay.js';

/** A day's deliveries at least, and no statement that takes long. */
const FORGET_EVERY_MS = 3_600_000;
const FORGET_LIMIT = 1000;

const jobData = z.object({ lane: z.uuid() });

@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly log = new Logger('deliveries');
  private worker: Held<Worker> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private forgotAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly config: AppConfig,
    private readonly lanes: Lanes,
    private readonly relay: Relay,
    private readonly store: DeliveryStore,
  ) {}

  onApplicationBootstrap(): void {
    this.worker = makeWorker(this.config, DELIVERY_QUEUE, ({ data }) => this.wake(data));
    this.worker.it.on('error', () => undefined);
    this.relay.start();
    void this.sweep();
  }

  /** Before HTTP closes and long before the database does: what is under way is written down. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await Promise.all([this.relay.stop(), this.lanes.stop()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker?.release();
  }

  /** A job that cannot be read is nobody's: the sweep finds what it meant. */
  private wake(data: unknown): Promise<void> {
    const job = jobData.safeParse(data);
    if (job.success) this.lanes.wake(job.data.lane);
    return Promise.resolve();
  }

  private async sweep(): Promise<void> {
    try {
      await this.lanes.wakeDue();
      await this.forget();
    } catch (error) {
      this.log.warn(`a sweep failed, the next tries again: ${(error as Error).message}`);
    }
    if (!this.stopping) this.timer = setTimeout(() => void this.sweep(), this.config.sweepSeconds * 1000);
  }

  /** Once an hour, as much as there is: a batch for each sweep until one is not full. */
  private async forget(): Promise<void> {
    if (performance.now() - this.forgotAt < FORGET_EVERY_MS) return;
    const forgotten = await this.store.forget(this.config.deliveryRetentionDays, FORGET_LIMIT);
    if (forgotten < FORGET_LIMIT) this.forgotAt = performance.now();
  }
}
