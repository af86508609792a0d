/** Looks every second whether an office has changed its calendar, and moves its open cases over, batch by batch. */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CalendarMover } from '../engine/calendar-mover.js';

const LOOK_MS = 1000;
/** Cases moved in one transaction. */
const BATCH = 500;

@Injectable()
export class CalendarWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('calendars');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly mover: CalendarMover) {}

  onApplicationBootstrap(): void {
    this.again();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private again(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => this.again());
    }, LOOK_MS);
  }

  private async look(): Promise<void> {
    try {
      while (!this.stopping && (await this.mover.moveSome(BATCH)));
    } catch (error) {
      this.log.warn(`moving cases to a changed calendar failed, tried again in a second: ${(error as Error).message}`);
    }
  }
}
