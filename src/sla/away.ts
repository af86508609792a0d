/** Says once that a queue is away, and not again before it was back. */
import type { Logger } from '@nestjs/common';

export class Away {
  private isKnown = false;

  constructor(private readonly log: Pick<Logger, 'warn'>) {}

  say(error: unknown): void {
    if (this.isKnown) return;
    this.isKnown = true;
    this.log.warn(`the queue is away, the sweep goes on: ${(error as Error).message}`);
  }

  isBack(): void {
    this.isKnown = false;
  }
}
