/**
 * Each minute: do the open steps, the armed alarms and the queued jobs agree? What differs is counted and mended. And two
 * canaries are sent: an alarm and a job, whose silence says that the bell does not work.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ladderOf } from '../../machines/ladder.js';
import { AppConfig } from '../app-config.js';
import { Engine } from '../engine/engine.service.js';
import { OfficeStore } from '../engine/office.store.js';
import type { CaseRow } from '../engine/types.js';
import { budgetMs } from '../engine/visit.js';
import { AppError } from '../errors.js';
import { Metrics } from '../ops/metrics.js';
import { AlarmQueue } from './alarm.queue.js';
import { AlarmWorker } from './alarm.worker.js';
import { CanaryStore } from './canary.store.js';
import { levelInstant, nextLevel } from './ladder.js';
import { FIRST, TruthStore, type Difference, type Rung, type Suspect } from './truth.store.js';

/** Cases looked at in one statement. */
const PAGE = 2000;
/** Of one round; a large installation is looked through in several, each going on where the last one stopped. */
const ROUND_MS = 1000;

/** `unreadable`: a case of which nobody can say what alarm it should have: its machine or its calendar is not there. */
type Kind = Difference | 'unreadable';
const ALARM_KINDS: readonly Kind[] = ['unarmed', 'stray', 'moved', 'adrift', 'unreadable'];

@Injectable()
export class TruthWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('truth');
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;
  private place: readonly [string, string] = FIRST;
  private readonly rungs: readonly Rung[];

  constructor(
    private readonly config: AppConfig,
    private readonly store: TruthStore,
    private readonly canaries: CanaryStore,
    private readonly offices: OfficeStore,
    private readonly engine: Engine,
    private readonly queue: AlarmQueue,
    private readonly alarms: AlarmWorker,
    private readonly metrics: Metrics,
  ) {
    this.rungs = engine.registry.all().flatMap(({ service }) =>
      ladderOf(service).levels.map(({ percent, fromMinutes: minutes }) => {
        return { service: service.id, version: service.version, percent, minutes };
      }),
    );
  }

  onApplicationBootstrap(): void {
    this.again();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.round;
  }

  /** One round, as the timer does it. What fails does not keep the rest from being looked at. */
  async check(): Promise<void> {
    await this.part('canaries', [], () => this.sing());
    await this.part('alarms', ALARM_KINDS, () => this.checkAlarms());
    await this.part('jobs', ['unqueued'], () => this.checkJobs());
  }

  private async part(what: string, kinds: readonly string[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      for (const kind of kinds) this.metrics.notLookedAt(kind);
      this.log.warn(`the truth check of ${what} failed: ${(error as Error).message}`);
    }
  }

  private again(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.round = this.check().finally(() => this.again());
    }, this.config.truthSeconds * 1000);
  }

  private async sing(): Promise<void> {
    await this.queue.callAt(await this.canaries.armAlarm());
    await this.queue.sendCanary();
  }

  private async checkAlarms(): Promise<void> {
    const until = performance.now() + ROUND_MS;
    const found: Record<Kind, number> = { unarmed: 0, stray: 0, moved: 0, adrift: 0, unreadable: 0 };
    const goesOn = () => !this.stopping && performance.now() < until;
    do {
      const { looked, last, suspects } = await this.store.page(this.place, PAGE, this.rungs);
      let place = looked < PAGE || !last ? FIRST : last;
      for (const suspect of suspects) {
        const kind = await this.mend(suspect);
        if (kind) found[kind] += 1;
        if (goesOn()) continue;
        place = [suspect.officeId, suspect.caseId];
        break;
      }
      this.place = place;
    } while (this.place !== FIRST && goesOn());
    const { unreadable, ...mended } = found;
    for (const [kind, count] of Object.entries(mended)) this.metrics.foundAmiss(kind, count);
    this.metrics.foundUnreadable(unreadable);
  }

  /** What is wrong with one case is that case's, and the others are looked at; a database that is away ends the round. */
  private async mend(suspect: Suspect): Promise<Kind | null> {
    try {
      const difference = await this.store.mend(suspect, this.rungs, (row) => this.alarmOf(row));
      if (difference) this.log.error(`case ${suspect.caseId} was ${difference}: mended`);
      return difference;
    } catch (error) {
      if (error instanceof AppError) throw error;
      this.log.error(`case ${suspect.caseId} cannot be checked: ${(error as Error).message}`);
      return 'unreadable';
    }
  }

  private async alarmOf(row: CaseRow): Promise<number | null> {
    const level = nextLevel(ladderOf(this.engine.registered(row).service), row.budgetMinutes ?? 0, row.firedLevel);
    if (row.closedAt !== null || row.clockStartedAt === null || level === null) return null;
    const time = await this.offices.workingTime(row.officeId, row.calendarVersion);
    const clock = { startedAt: row.clockStartedAt, usedMs: row.usedMs, budgetMs: budgetMs(row, time) };
    return levelInstant(time, clock, level.percent);
  }

  /** Within the horizon each due quarter second has its job; of a queue that is away nothing can be said. */
  private async checkJobs(): Promise<void> {
    const missing = await this.queue.missing(await this.alarms.upcoming());
    if (!missing) {
      this.metrics.notLookedAt('unqueued');
      return;
    }
    this.metrics.foundAmiss('unqueued', missing.length);
    if (missing.length === 0) return;
    this.log.warn(`${missing.length} wake-up calls were not in the queue: called again`);
    this.queue.forget();
    for (const at of missing) await this.queue.callAt(at);
  }
}
