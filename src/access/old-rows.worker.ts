/** Once an hour, as much as there is, batch by batch: else these tables would grow for ever. */
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { OldRowStore } from './old-rows.store.js';

const EVERY_MS = 3_600_000;
const BATCH = 1000;

@Injectable()
export class OldRowWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('old-rows');
  private timer: NodeJS.Timeout | undefined;
  private forgetting: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly store: OldRowStore) {}

  onApplicationBootstrap(): void {
    this.forgetting = this.forget().finally(() => this.again());
  }

  /** While there still is a database. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.forgetting;
  }

  private again(): void {
    if (!this.stopping) this.timer = setTimeout(() => this.onApplicationBootstrap(), EVERY_MS).unref();
  }

  private async forget(): Promise<void> {
    try {
      while (!this.stopping && (await this.store.forget(BATCH)));
    } catch (error) {
      this.log.warn(`old rows were not deleted, tried again in an hour: ${(error as Error).message}`);
    }
  }
}
