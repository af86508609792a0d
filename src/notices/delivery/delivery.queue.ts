/** Wake-up calls: one BullMQ job for each delivery and try. The row in the database decides; a lost call costs one sweep. */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { AppConfig } from '../../app-config.js';
import { within } from '../../ops/within.js';
import { Away } from '../../sla/away.js';
import { countsOf, makeQueue, type Held } from '../../sla/backend.js';

export const DELIVERY_QUEUE = 'deliveries';
/** Further ahead the sweep finds it in time. */
const HORIZON_MS = 3_600_000;
const ANSWER_MS = 2000;
/** A call a moment too early finds nothing due and is spent. */
const LATER_MS = 50;

export interface Call {
  readonly id: string;
  readonly lane: string;
  readonly at: number;
  /** Tries so far: each has a call of its own. */
  readonly tries: number;
}

@Injectable()
export class DeliveryQueue implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('delivery-queue');
  private queue: Held<Queue> | undefined;
  private readonly away = new Away(this.log);

  constructor(private readonly config: AppConfig) {}

  onModuleInit(): void {
    this.queue = makeQueue(this.config, DELIVERY_QUEUE);
    this.queue.it.on('error', (error) => this.away.say(error));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue?.release();
  }

  /** Never fails and never waits long: not calling makes the sweep find it. */
  async call(calls: readonly Call[]): Promise<void> {
    const jobs = calls
      .map(({ id, lane, at, tries }) => ({
        name: 'deliver',
        data: { lane },
        opts: {
          jobId: `delivery-${id}-${tries}`,
          delay: Math.max(0, Math.ceil(at - Date.now()) + LATER_MS),
          removeOnComplete: true,
          removeOnFail: true,
        },
      }))
      .filter(({ opts }) => opts.delay <= HORIZON_MS);
    const { queue } = this;
    if (!queue || jobs.length === 0) return;
    try {
      // One by one: addBulk on PostgreSQL makes a sequence, which our login may not.
      const adding = jobs.map(({ name, data, opts }) => queue.it.add(name, data, opts));
      const made = await within(ANSWER_MS, Promise.all(adding));
      if (!made) throw new Error('it does not answer');
      this.away.isBack();
    } catch (error) {
      this.away.say(error);
    }
  }

  /** Jobs by state, for metrics; null while the queue is away. */
  counts(): Promise<Record<string, number> | null> {
    return countsOf(this.queue);
  }
}
