/**
 * How many requests one account, or one address, may make in a minute. Each process decides by what it knows and tells
 * the others once a second: no request waits for a count, and the limit is passed by what comes in one second at most.
 * While the shared count is away each process goes by its own.
 */
import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { AppError } from '../errors.js';
import { RequestCountStore } from './request-limits.store.js';

interface Known {
  /** What all processes had counted when we last asked. */
  shared: number;
  /** Ours since then. */
  own: number;
  endsAt: number;
}

const SHARE_MS = 1000;
const MINUTE_MS = 60_000;
/** Keys kept at most; all are dropped when it is full, and known again a second later. */
const MOST = 50_000;

@Injectable()
export class RequestLimits implements OnModuleInit, OnModuleDestroy {
  private readonly known = new Map<string, Known>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly store: RequestCountStore,
  ) {}

  onModuleInit(): void {
    if (this.config.requestsPerMinute === null) return;
    let sharing = false;
    this.timer = setInterval(() => {
      if (sharing) return;
      sharing = true;
      void this.share().finally(() => (sharing = false));
    }, SHARE_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Counts a request under `who`, or refuses it. */
  take(who: string): void {
    const limit = this.config.requestsPerMinute;
    if (limit === null) return;
    const key = createHash('sha256').update(who).digest('hex');
    const now = performance.now();
    let known = this.known.get(key);
    if (!known || known.endsAt <= now) {
      if (this.known.size >= MOST) this.known.clear();
      known = { shared: 0, own: 0, endsAt: now + MINUTE_MS };
      this.known.set(key, known);
    }
    if (known.shared + known.own >= limit) {
      throw new AppError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil((known.endsAt - now) / 1000)) });
    }
    known.own += 1;
  }

  private async share(): Promise<void> {
    const own = new Map([...this.known].filter(([, { own }]) => own > 0).map(([key, { own }]) => [key, own]));
    if (own.size === 0) return;
    try {
      for (const { keyHex, requests, secondsLeft } of await this.store.add(own)) {
        const known = this.known.get(keyHex);
        if (!known) continue;
        known.shared = requests;
        known.own -= own.get(keyHex) ?? 0;
        known.endsAt = performance.now() + secondsLeft * 1000;
      }
    } catch {
      // Away: each process goes by its own count until it is back.
    }
  }
}
