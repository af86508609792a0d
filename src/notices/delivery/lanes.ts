/**
 * Sends what is due, lane by lane: each webhook endpoint is a lane of its own and all mail is one, so that a receiver which
 * hangs holds up nobody but itself. A lane goes on while anything arrives and rests until the next sweep when nothing did.
 */
import { Injectable, Logger } from '@nestjs/common';
import { within } from '../../ops/within.js';
import { DeliveryStore } from './delivery.store.js';
import { Sender } from './sender.js';
import { Settler } from './settler.js';
import type { Claimed } from './outcome.js';

/** Tries of one lane side by side. */
const SIDE_BY_SIDE = 4;
/** Lanes of one process side by side; others wait their turn. */
const MOST_LANES = 32;
/** What a stop gives tries under way before it breaks them off; they are tried again, with the same id. */
const GRACE_MS = 3000;

@Injectable()
export class Lanes {
  private readonly log = new Logger('deliveries');
  private readonly running = new Map<string, Promise<void>>();
  /** Running lanes that were called meanwhile. */
  private readonly again = new Set<string>();
  private readonly waiting = new Set<string>();
  private readonly stopping = new AbortController();
  private isStopping = false;

  constructor(
    private readonly store: DeliveryStore,
    private readonly sender: Sender,
    private readonly settler: Settler,
  ) {}

  /** Something may be due there. Returns at once; two calls are one run, and a call during a run is one more look. */
  wake(lane: string): void {
    if (this.running.has(lane)) this.again.add(lane);
    else if (this.running.size >= MOST_LANES) this.waiting.add(lane);
    else if (!this.isStopping) this.running.set(lane, this.run(lane));
  }

  async wakeDue(): Promise<void> {
    for (const lane of await this.store.dueLanes()) this.wake(lane);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.waiting.clear();
    const all = Promise.all(this.running.values());
    await within(GRACE_MS, all);
    this.stopping.abort();
    await all;
  }

  private async run(lane: string): Promise<void> {
    do {
      this.again.delete(lane);
      try {
        while (!this.isStopping && (await this.sendBatch(lane)));
      } catch (error) {
        this.log.warn(`a lane broke off, the next sweep goes on: ${(error as Error).message}`);
      }
    } while (this.again.has(lane) && !this.isStopping);
    this.running.delete(lane);
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    this.wake(next);
  }

  /** True while it is worth going on. */
  private async sendBatch(lane: string): Promise<boolean> {
    const claimed = await this.store.claim(lane, SIDE_BY_SIDE);
    const arrived = await Promise.all(claimed.map((one) => this.deliver(one)));
    return arrived.some(Boolean);
  }

  private async deliver(claimed: Claimed): Promise<boolean> {
    const outcome = await this.sender.send(claimed, this.stopping.signal);
    await this.settler.settle(claimed, outcome);
    return outcome.result !== 'failed';
  }
}
