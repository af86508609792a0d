/**
 * Carries notices from the outbox to deliveries, once a second in every worker; an empty look costs one index probe. It
 * calls the workers only when its transaction is durable, and nothing is sent before.
 */
import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../app-config.js';
import { OfficeStore } from '../../engine/office.store.js';
import { DeliveryQueue } from './delivery.queue.js';
import { firstMinuteAfter, MAIL_LANE, planFor, type OutboxNotice, type Plan, type PlannedDigest } from './plan.js';
import { RelayStore, type OutboxEndpoint } from './relay.store.js';

const EVERY_MS = 1000;
/** Notices in one transaction. */
const BATCH = 200;

@Injectable()
export class Relay {
  private readonly log = new Logger('relay');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;
  private wasAway = false;

  constructor(
    private readonly config: AppConfig,
    private readonly store: RelayStore,
    private readonly offices: OfficeStore,
    private readonly queue: DeliveryQueue,
  ) {}

  start(): void {
    this.running = this.relayAll().finally(() => {
      if (!this.stopping) this.timer = setTimeout(() => this.start(), EVERY_MS);
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Everything in the outbox, batch by batch. */
  async relayAll(): Promise<void> {
    try {
      while (!this.stopping && (await this.relayBatch()) === BATCH);
      this.wasAway = false;
    } catch (error) {
      if (!this.wasAway) this.log.warn(`relaying failed, tried again each second: ${(error as Error).message}`);
      this.wasAway = true;
    }
  }

  private async relayBatch(): Promise<number> {
    // An office's calendar may change while notices are planned: what was read first holds for the batch.
    const versions = new Map<string, number>();
    const { taken, made } = await this.store.relay(
      BATCH,
      MAIL_LANE,
      (notices, endpoints, now) => {
        for (const { officeId, calendarVersion } of notices) versions.set(officeId, calendarVersion);
        return this.plans(notices, endpoints, now);
      },
      (digest) => this.nextDay(digest, versions.get(digest.officeId) ?? 0),
    );
    await this.queue.call(made.map(({ id, lane, at }) => ({ id, lane, at, tries: 0 })));
    return taken;
  }

  private plans(notices: OutboxNotice[], endpoints: OutboxEndpoint[], now: number): Promise<Plan[]> {
    const sendsMail = this.config.mail !== null;
    return Promise.all(
      notices.map(async (notice) => {
        const time = await this.offices.workingTime(notice.officeId, notice.calendarVersion);
        return planFor(notice, endpoints, sendsMail, time, now);
      }),
    );
  }

  /** Where the day's mail has already left. */
  private async nextDay(digest: PlannedDigest, version: number): Promise<PlannedDigest> {
    const time = await this.offices.workingTime(digest.officeId, version);
    const at = firstMinuteAfter(time, digest.at);
    return { ...digest, at, on: time.dateOf(at) };
  }
}
