/** What waits and what was given up, read when somebody asks for metrics; -1 where the database does not answer. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../ops/metrics.js';
import { within } from '../../ops/within.js';
import { JOB_STATES } from '../../sla/backend.js';
import { DeliveryQueue } from './delivery.queue.js';
import { DeliveryStore } from './delivery.store.js';

@Injectable()
export class DeliveryGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly store: DeliveryStore,
    private readonly queue: DeliveryQueue,
  ) {}

  onModuleInit(): void {
    const read = async (which: 'parked' | 'age') => (await within(2000, this.store.backlog()))?.[which] ?? -1;
    this.metrics.gauge(
      'alur_deliveries_parked',
      'Deliveries given up after the last try, test messages not among them.',
      () => read('parked'),
    );
    this.metrics.gauge('alur_deliveries_oldest_pending_seconds', 'Since the oldest unsent delivery was due.', () =>
      read('age'),
    );
    for (const state of JOB_STATES) {
      const help = `Wake-up jobs of deliveries ${state}; -1 while the queue is away.`;
      this.metrics.gauge(`alur_delivery_queue_${state}`, help, async () => (await this.queue.counts())?.[state] ?? -1);
    }
  }
}
