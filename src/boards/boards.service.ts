/** The boards kept by this process, which never take more than one connection; and the report. */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isOvertime } from '../db/sql.js';
import { AppError } from '../errors.js';
import { Turns } from '../ops/turns.js';
import { boardOf, type Board } from './board.js';
import { BoardsStore } from './boards.store.js';
import type { ReportRow } from './boards.types.js';
import { Kept } from './kept.js';
import { ReportStore, type ReportAsk } from './report.store.js';

const KEEPING = { most: 100, freshMs: 5000, idleMs: 60_000, forgetMs: 86_400_000 };
const TEND_MS = 15_000;

@Injectable()
export class Boards implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('boards');
  private readonly turns = new Turns();
  private readonly kept = new Kept(
    (officeId) => this.turns.take('board', () => this.count(officeId)),
    () => {
      if (this.timer) this.log.warn('board not refreshed: the last figures stay, with their asOf');
    },
    KEEPING,
  );
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: BoardsStore,
    private readonly reports: ReportStore,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.kept.tend(), TEND_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  board(officeId: string): Promise<Board> {
    return this.kept.get(officeId);
  }

  report(officeId: string, ask: ReportAsk): Promise<ReportRow[]> {
    return this.reports.rows(officeId, ask);
  }

  private async count(officeId: string): Promise<Board> {
    try {
      return boardOf(await this.store.counts(officeId));
    } catch (error) {
      throw isOvertime(error) ? new AppError('UNAVAILABLE', { retryAfterSeconds: 5 }) : error;
    }
  }
}
