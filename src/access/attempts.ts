/** A brake on guessing passwords, per account and process: after five failures a pause that grows with each further one. */
import { Injectable } from '@nestjs/common';
import { AppError } from '../errors.js';

const FREE = 5;
const LONGEST_SECONDS = 60;
const MOST = 10_000;

@Injectable()
export class Attempts {
  private readonly failures = new Map<string, { count: number; openAt: number }>();

  check(account: string): void {
    const seconds = ((this.failures.get(account)?.openAt ?? 0) - performance.now()) / 1000;
    if (seconds > 0) throw new AppError('RATE_LIMITED', { retryAfterSeconds: Math.ceil(seconds) });
  }

  failed(account: string): void {
    if (this.failures.size >= MOST) this.failures.clear();
    const count = (this.failures.get(account)?.count ?? 0) + 1;
    const pause = count < FREE ? 0 : Math.min(2 ** (count - FREE), LONGEST_SECONDS);
    this.failures.set(account, { count, openAt: performance.now() + pause * 1000 });
  }

  succeeded(account: string): void {
    this.failures.delete(account);
  }
}
