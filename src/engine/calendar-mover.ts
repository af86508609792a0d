/** Open cases follow their office's calendar: each gets an entry with its old and its new due time. */
import { Injectable, Logger } from '@nestjs/common';
import { CalendarMoveStore } from './calendar-move.store.js';
import { Engine } from './engine.service.js';

@Injectable()
export class CalendarMover {
  private readonly log = new Logger('calendars');

  constructor(
    private readonly engine: Engine,
    private readonly store: CalendarMoveStore,
  ) {}

  /** At most `limit` cases; true where there may be more. Safe to call from anywhere at any time. */
  async moveSome(limit: number): Promise<boolean> {
    const done = await this.store.moveSome(limit, (row, now, version) => this.engine.caughtUp(row, now, version));
    if (!done) return false;
    this.engine.announce(done.moved);
    for (const { caseNo, reason } of done.failed) {
      this.log.error(`case ${caseNo} cannot follow its office's calendar: ${reason}`);
    }
    return done.more;
  }
}
