/**
 * The printed report, laid out by a thread of its own: one at a time in a process, for no longer than a report may take, and
 * for nobody who has gone.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { Text } from '../../machines/contract.js';
import { AppConfig } from '../app-config.js';
import { AppError } from '../errors.js';
import { Turns } from '../ops/turns.js';
import { PROJECT_ROOT } from '../paths.js';
import type { AuditReport } from './report.types.js';

/** Of the build, also for the suites: a thread loads no TypeScript. */
const THREAD = join(PROJECT_ROOT, 'dist/src/audit/pdf.worker.js');
/** Of a container's 512 MB (docker-compose.yml), beside the process's own; 300 cases of 11 entries need less (273 MB in all). */
const MOST_MEGABYTES = 256;
/** At work or waiting, each with a whole report in memory. */
const MOST_AT_ONCE = 3;
const RETRY_SECONDS = 10;

@Injectable()
export class Printer {
  private readonly turns = new Turns();
  private printing = 0;

  constructor(private readonly config: AppConfig) {}

  /** The report that `make` makes, in its turn; before it is made and put on record, there is a place for it. */
  async print(make: () => Promise<AuditReport>, language: keyof Text, gone: AbortSignal): Promise<Buffer> {
    if (this.printing >= MOST_AT_ONCE) throw new AppError('RATE_LIMITED', { retryAfterSeconds: RETRY_SECONDS });
    this.printing += 1;
    try {
      const report = await make();
      return await this.turns.take('print', () => this.laidOut(report, language, gone));
    } finally {
      this.printing -= 1;
    }
  }

  private async laidOut(report: AuditReport, language: keyof Text, gone: AbortSignal): Promise<Buffer> {
    gone.throwIfAborted();
    const worker = new Worker(THREAD, {
      workerData: { report, language },
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
      execArgv: [],
    });
    const limitSeconds = this.config.reportSeconds;
    const tooLarge = new AppError('REPORT_TOO_LARGE', { params: { limitSeconds } });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        worker.once('message', (pdf: Uint8Array) => resolve(Buffer.from(pdf)));
        worker.once('error', (error) => reject(isOutOfMemory(error) ? tooLarge : error));
        worker.once('exit', () => reject(new Error('The thread ended without a document.')));
        timer = setTimeout(() => reject(tooLarge), limitSeconds * 1000);
        gone.addEventListener('abort', () => reject(gone.reason as Error), { once: true });
      });
    } finally {
      clearTimeout(timer);
      // The next one begins when the memory of this one is free.
      await worker.terminate();
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
