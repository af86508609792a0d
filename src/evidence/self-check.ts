/**
 * Looks at everything again, every few minutes: each text against the log, the log against its tiles and against what was
 * signed, each case against its history run again. What does not agree is an error in the log, a number in the metrics and an
 * alarm to the inspectorate.
 *
 * What it reads was perhaps written by somebody who knows this file. So no look ends another one, whatever it finds is told
 * even where the next look fails, and a look that fails on what it reads is itself a finding.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from '../../machines/registry.js';
import { AppConfig } from '../app-config.js';
import { isOvertime, Sql } from '../db/sql.js';
import { replayAll } from '../engine/replay-all.js';
import { AppError } from '../errors.js';
import { Metrics } from '../ops/metrics.js';
import { AlarmStore } from './alarm.store.js';
import { checkLog } from './check-log.js';
import { CheckpointStore } from './checkpoint.store.js';
import { Found, type Difference } from './found.js';
import { SelfCheckStore } from './self-check.store.js';

/** Lines in the log for one run; the metric has the true number. */
const LINES = 20;
/** Cases run again in one go: while they are, this process does nothing else, for some thirty milliseconds. */
const CASES = 25;
/** Between the end of a run that took longer than its period and the next. */
const REST_MS = 1000;
/** In the metrics: this process did not carry out the last run, so it knows nothing. */
const UNKNOWN = -1;

@Injectable()
export class SelfCheck implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('self-check');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly sql: Sql,
    private readonly registry: Registry,
    private readonly store: SelfCheckStore,
    private readonly checkpoints: CheckpointStore,
    private readonly alarms: AlarmStore,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.metrics.selfCheckDifferences.set(UNKNOWN);
    this.arm(this.config.selfCheckSeconds * 1000);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** The period is counted from the start of a run: what is changed behind its back is found a period and a run later. */
  private arm(afterMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      const begun = performance.now();
      this.running = this.run().finally(() => {
        this.arm(pauseAfter(this.config.selfCheckSeconds * 1000, performance.now() - begun));
      });
    }, afterMs);
  }

  private async run(): Promise<void> {
    try {
      const mine = await this.store.alone(() => this.check());
      if (mine === null) this.metrics.selfCheckDifferences.set(UNKNOWN);
    } catch (error) {
      this.failed('self-check', error);
    }
  }

  private async check(): Promise<true> {
    const begun = performance.now();
    const found = new Found();
    let complete = true;
    try {
      for (const [name, look] of this.looks()) {
        const carriedOut = await this.carryOut(name, look, found);
        complete &&= carriedOut;
      }
    } finally {
      if (!this.stopping || found.total > 0) await this.settle(found, complete && !this.stopping);
    }
    this.metrics.selfCheckSeconds.set((performance.now() - begun) / 1000);
    return true;
  }

  private looks(): [name: string, look: (found: (one: Difference) => void) => Promise<unknown>][] {
    return [
      ['log', async (found) => checkLog(this.reader, await this.checkpoints.last(), found)],
      ['counts', (found) => this.count(found)],
      ['replay', (found) => this.replay(found)],
    ];
  }

  /** False where it could not be done to the end for reasons that say nothing about what is looked at. */
  private async carryOut(
    name: string,
    look: (found: (one: Difference) => void) => Promise<unknown>,
    found: Found,
  ): Promise<boolean> {
    const say = (one: Difference) => {
      found.add(one);
      if (found.total <= LINES) this.log.error(`DIFFERS ${one.caseId ?? 'the log'}: ${one.why}`);
    };
    try {
      this.stopIfAsked();
      await look(say);
      return true;
    } catch (error) {
      this.failed(name, error);
      // The database is away or slow, or we are to stop: that is told by other metrics.
      if (this.stopping || error instanceof AppError || isOvertime(error)) return false;
      say({ officeId: null, caseId: null, why: `the look at the ${name} cannot be carried out` });
      return true;
    }
  }

  private async count(found: (one: Difference) => void): Promise<void> {
    const strays = await this.store.strays();
    const nobodys = { officeId: null, caseId: null };
    if (strays !== 0) found({ ...nobodys, why: `${strays} more entries in history than in the log` });
    const extra = await this.store.extraTiles();
    if (extra !== 0) found({ ...nobodys, why: `${extra} tiles of the log cover more than it has` });
  }

  private async replay(found: (one: Difference) => void): Promise<void> {
    const listener = {
      differs: (_caseNo: string, caseId: string, why: string, officeId: string) => found({ officeId, caseId, why }),
      progress: () => this.stopIfAsked(),
    };
    await replayAll(this.sql, this.registry, listener, CASES);
  }

  /** The number first: it needs nothing. */
  private async settle(found: Found, complete: boolean): Promise<void> {
    this.metrics.selfCheckDifferences.set(complete || found.total > 0 ? found.total : UNKNOWN);
    if (found.total > 0) this.metrics.selfChecks.inc({ result: 'differs' });
    else if (complete) this.metrics.selfChecks.inc({ result: 'agrees' });
    await this.alarms.tell('self-check', found.findings(), complete);
  }

  private readonly reader = {
    page: (from: number, limit: number) => {
      this.stopIfAsked();
      return this.store.page(from, limit);
    },
    tiles: (keys: Parameters<SelfCheckStore['tiles']>[0]) => this.store.tiles(keys),
  };

  private failed(what: string, error: unknown): void {
    if (this.stopping) return;
    this.metrics.selfChecks.inc({ result: 'failed' });
    this.log.error(`the self-check could not be carried out (${what}): ${(error as Error).message}`);
  }

  private stopIfAsked(): void {
    if (this.stopping) throw new Error('stopping');
  }
}

/** Until the next run, when one took so long. */
export function pauseAfter(periodMs: number, tookMs: number): number {
  return Math.max(periodMs - tookMs, REST_MS);
}
