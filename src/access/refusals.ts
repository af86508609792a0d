/**
 * What known people tried and may not: for the audit report. Noted after the answer and written once a second, so that no
 * refusal costs a statement of its own; what was noted in the last second before a crash is lost.
 */
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AppError, ErrorCode } from '../errors.js';
import { Metrics } from '../ops/metrics.js';
import type { Actor } from '../engine/types.js';
import { RefusalStore, type Refused } from './refusals.store.js';

const WRITE_MS = 1000;
/** Different ones kept at most until they are written; more are counted and dropped. */
const MOST = 2000;

/** Beyond one's authority or the procedure. A stale step or a typing error is no attempt at anything. */
const ATTEMPTS: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'OWN_ACCOUNT', 'TRANSITION_REFUSED']);

export interface Attempt {
  readonly actor: Actor;
  readonly method: string;
  /** The path as documented. */
  readonly path: string;
  readonly caseId: string | null;
}

@Injectable()
export class Refusals implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('refusals');
  private waiting = new Map<string, Refused>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RefusalStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.write(), WRITE_MS).unref();
  }

  /** While there still is a database to write to. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.write();
    await this.writing;
  }

  /** Somebody else's case, or one that is not there, is an attempt only where it was to be changed. */
  note({ actor, method, path, caseId }: Attempt, { code, extras }: AppError): void {
    if (!ATTEMPTS.has(code) && !(code === 'NOT_FOUND' && method !== 'GET' && method !== 'HEAD')) return;
    const { officeId, accountId, clientId } = actor;
    const route = `${method} ${path}`;
    const key = [officeId, accountId, clientId, route, caseId, code].join(' ');
    const known = this.waiting.get(key);
    if (!known && this.waiting.size >= MOST) {
      this.metrics.refusalsDropped.inc();
      return;
    }
    const reasons = (extras.blockers ?? []).map((blocker) => blocker.code);
    const times = (known?.times ?? 0) + 1;
    this.waiting.set(key, { officeId, accountId, clientId, route, caseId, code, reasons, times });
  }

  /** One write at a time; what could not be written is dropped, and counted. */
  private write(): void {
    if (this.waiting.size === 0) return;
    const batch = [...this.waiting.values()];
    this.waiting = new Map();
    this.writing = this.writing
      .then(() => this.store.add(batch))
      .catch((error: unknown) => {
        this.metrics.refusalsDropped.inc(batch.length);
        this.log.warn(`${batch.length} refused attempts were not kept: ${(error as Error).message}`);
      });
  }
}
