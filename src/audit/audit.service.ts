/** Makes the audit report: read in its turn, put on record, then handed out. */
import { setImmediate as breath } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Registry } from '../../machines/registry.js';
import type { Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { CheckpointStore } from '../evidence/checkpoint.store.js';
import { RecordStore } from '../evidence/records.store.js';
import { FindingsService } from '../findings/findings.service.js';
import { KINDS } from '../findings/findings.types.js';
import { officeOf } from '../inspection/scope.js';
import { LongReads, type Run } from '../ops/long-reads.js';
import { auditCase, listsOf } from './audit.js';
import { casesOf, countCases, MOST_CASES, noticesOf, officeNow, overdueNow, refusedIn } from './audit.store.js';
import type { AuditCase, BrokenChain, Period } from './audit.types.js';
import { localTime } from './local-time.js';
import type { AuditReport, Format, ServiceOf } from './report.types.js';

/** Printed, more cases make some hundred pages. */
const MOST: Readonly<Record<Format, number>> = { json: MOST_CASES, csv: MOST_CASES, pdf: 300 };
/** Histories parsed and hashed in one go, while nobody else is served. */
const SLICE = 25;

@Injectable()
export class AuditService {
  constructor(
    private readonly reads: LongReads,
    private readonly findings: FindingsService,
    private readonly checkpoints: CheckpointStore,
    private readonly records: RecordStore,
    private readonly registry: Registry,
  ) {}

  async make(me: Reader, period: Period, format: Format): Promise<AuditReport> {
    const officeId = officeOf(me);
    const read = await this.reads.read((run) => this.stored(run, officeId, period, MOST[format]));
    const found = await this.findings.of(officeId, { ...period, kinds: KINDS, pauseDays: null });
    const head = await this.checkpoints.last();
    const cases: AuditCase[] = [];
    const broken: BrokenChain[] = [];
    for (const [index, one] of read.stored.entries()) {
      if (index % SLICE === 0) await breath();
      const audited = auditCase(officeId, one, read.office.zone);
      cases.push(audited.case);
      if (audited.broken) broken.push(audited.broken);
    }
    const span = { from: period.from.toISOString(), to: period.to.toISOString() };
    const facts = { report: 'audit', format, ...span, cases: cases.length };
    await this.records.append({ officeId, kind: 'REPORT_MADE', actorId: me.accountId, clientId: me.clientId, facts });
    const { office } = read;
    return {
      header: {
        office: { code: office.code, name: office.name },
        services: this.servicesOf(cases),
        ...span,
        fromLocal: localTime(period.from, office.zone),
        toLocal: localTime(period.to, office.zone),
        madeBy: me.login,
        madeAt: office.now.toISOString(),
        madeAtLocal: localTime(office.now, office.zone),
      },
      integrity: {
        result: broken.length === 0 ? 'PASS' : 'FAIL',
        cases: cases.length,
        entries: cases.reduce((sum, { entries }) => sum + entries.length, 0),
        broken,
        checkpoint: head && { size: head.size, rootHash: head.rootHex, note: head.note },
      },
      lists: listsOf(cases, period),
      overdueNow: read.overdue.items,
      refusedAttempts: read.refused.items,
      totals: { overdueNow: read.overdue.total, refusedAttempts: read.refused.total },
      findings: found,
      notices: read.notices,
      cases,
    };
  }

  private async stored(run: Run, officeId: string, period: Period, most: number) {
    const office = await officeNow(run, officeId);
    const cases = await countCases(run, officeId, period);
    if (cases > most) throw new AppError('PERIOD_TOO_LARGE', { params: { cases, most } });
    const stored = await casesOf(run, officeId, period);
    const overdue = await overdueNow(run, office);
    const refused = await refusedIn(run, office, period);
    return { office, stored, overdue, refused, notices: await noticesOf(run, officeId, period) };
  }

  /** Each version of each procedure that these cases run on. */
  private servicesOf(cases: readonly AuditCase[]): ServiceOf[] {
    const seen = new Map<string, ServiceOf>();
    for (const { service, machineVersion, machineHash } of cases) {
      const found = this.registry.find(service, machineVersion)?.service;
      seen.set(`${service}@${machineVersion} ${machineHash}`, {
        service,
        sopNumber: found?.sop.number ?? null,
        sopName: found?.sop.name ?? null,
        machineVersion,
        machineHash,
        labels: Object.fromEntries(Object.entries(found?.events ?? {}).map(([event, { label }]) => [event, label])),
      });
    }
    return [...seen.values()];
  }
}
