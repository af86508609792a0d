/** A brake on guessing passwords: five failures lock the account from that address for 15 minutes, in every process. */
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../errors.js';
import { AttemptStore, LOCK_SECONDS, PAIR_FAILURES } from './attempts.store.js';

/** Entries kept at most of what is counted while the store is away. */
const MOST = 10_000;
const FORGET_MS = 600_000;

@Injectable()
export class Attempts implements OnModuleInit, OnModuleDestroy {
  private readonly local = new Map<string, { failures: number; endsAt: number }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: AttemptStore) {}

  onModuleInit(): void {
    // Failing costs nothing but some rows; the next round takes them.
    this.timer = setInterval(() => void this.store.forget().catch(() => undefined), FORGET_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Counts an attempt before the password is looked at. While the shared count is away, by this process's own. */
  async begin(account: string, address: string): Promise<void> {
    try {
      refuseFor(await this.store.begin(account, address));
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAVAILABLE') this.beginLocally(`${account} ${address}`);
      throw error;
    }
  }

  succeeded(account: string, address: string): Promise<void> {
    this.local.delete(`${account} ${address}`);
    return this.store.succeeded(account, address);
  }

  private beginLocally(key: string): void {
    const now = performance.now();
    const known = this.local.get(key);
    const { failures, endsAt } = known && known.endsAt > now ? known : { failures: 0, endsAt: 0 };
    if (failures >= PAIR_FAILURES) refuseFor(Math.ceil((endsAt - now) / 1000));
    if (this.local.size >= MOST) this.local.clear();
    this.local.set(key, { failures: failures + 1, endsAt: now + LOCK_SECONDS * 1000 });
  }
}

function refuseFor(seconds: number | null): void {
  if (seconds !== null) throw new AppError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, seconds) });
}
