/** The printed report, laid out by a thread of its own. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Text } from '../../machines/contract.js';
import { PROJECT_ROOT } from '../paths.js';
import type { AuditReport } from './report.types.js';

/** Of the build, also for the suites: a thread loads no TypeScript. */
const THREAD = join(PROJECT_ROOT, 'dist/src/audit/pdf.worker.js');
const MOST_MEGABYTES = 512;

export function auditPdf(report: AuditReport, language: keyof Text): Promise<Buffer> {
  const worker = new Worker(THREAD, {
    workerData: { report, language },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once('message', (pdf: Uint8Array) => resolve(Buffer.from(pdf)));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread ended without a document.')));
  });
}
