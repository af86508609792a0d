/** Seals and signs, again and again. A failure is logged once and tried again; a transition never waits for any of it. */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Sealer } from './sealer.js';
import { Signer } from './signer.js';

/** An entry waits for its place at most two seconds (design); this leaves room for a slow moment. */
const EVERY_MS = 500;

@Injectable()
export class LogWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('log');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private stopping = false;
  private complaint = '';

  constructor(
    private readonly sealer: Sealer,
    private readonly signer: Signer,
  ) {}

  onApplicationBootstrap(): void {
    this.signer.prepare();
    void this.again();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private async again(): Promise<void> {
    this.working = this.turn();
    await this.working;
    if (!this.stopping) this.timer = setTimeout(() => void this.again(), EVERY_MS);
  }

  private async turn(): Promise<void> {
    try {
      await this.sealer.sealAll(() => this.stopping);
      await this.signer.signIfDue();
      this.complaint = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.complaint) this.log.error(`sealing or signing failed, trying again: ${message}`);
      this.complaint = message;
    }
  }
}
