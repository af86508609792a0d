/** Everything of an office that was given up, once more: by batches, so that it holds up nobody however much that is. */
import { Injectable } from '@nestjs/common';
import { DeliveryListStore, type ListedDelivery } from './delivery-list.store.js';
import { DeliveryQueue } from './delivery.queue.js';

/** Rows of one statement. */
const BATCH = 1000;
/** Batches of one request; who asks again goes on. */
const MOST_BATCHES = 10;
/** Deliveries shown of all that were retried. */
const SHOWN = 25;

export interface Retried {
  readonly retried: number;
  /** True where there are more than one request retries. */
  readonly more: boolean;
  readonly items: readonly ListedDelivery[];
}

@Injectable()
export class RetryAll {
  constructor(
    private readonly store: DeliveryListStore,
    private readonly queue: DeliveryQueue,
  ) {}

  async of(officeId: string): Promise<Retried> {
    const until = await this.store.now();
    const lanes = new Set<string>();
    const shown: string[] = [];
    let retried = 0;
    let more = true;
    for (let batch = 0; more && batch < MOST_BATCHES; batch++) {
      const woken = await this.store.retrySome(officeId, until, BATCH);
      for (const { id, lane } of woken) {
        lanes.add(lane);
        if (shown.length < SHOWN) shown.push(id);
      }
      retried += woken.length;
      more = woken.length === BATCH;
    }
    // A lane goes on while anything arrives: one call wakes it for all of them.
    await this.queue.call([...lanes].map((lane) => ({ id: lane, lane, at: 0, tries: 0 })));
    return { retried, more, items: await this.store.these(officeId, shown) };
  }
}
