/**
 * Reports and findings read much, once: one after the other in a process, each with a limit of time, so that they never
 * take the connections that transitions need.
 */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { isOvertime, Sql } from '../db/sql.js';
import { AppError } from '../errors.js';
import { Turns } from './turns.js';

/** What every other statement is denied may be the best way here. */
const PLANS = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'] as const;
const MOST_WAITING = 8;

export type Run = Sql['run'];

@Injectable()
export class LongReads {
  private readonly turns = new Turns();
  private waiting = 0;

  constructor(
    private readonly sql: Sql,
    private readonly config: AppConfig,
  ) {}

  /** `work` in its turn, in one read-only transaction. */
  async read<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const limitSeconds = this.config.reportSeconds;
    if (this.waiting > MOST_WAITING) throw new AppError('RATE_LIMITED', { retryAfterSeconds: 10 });
    this.waiting += 1;
    try {
      return await this.turns.take('read', () => this.sql.reading(limitSeconds, PLANS, work));
    } catch (error) {
      throw isOvertime(error) ? new AppError('REPORT_TOO_LARGE', { params: { limitSeconds } }) : error;
    } finally {
      this.waiting -= 1;
    }
  }
}
