/** Findings by kind, in one long read. */
import { Injectable } from '@nestjs/common';
import { OTHER_PAUSE_DAYS, PAUSE_DAYS } from '../../machines/pauses.js';
import { OfficeStore } from '../engine/office.store.js';
import { LongReads, type Run } from '../ops/long-reads.js';
import { findingsOf, minutesOf, type Minute } from './findings.store.js';
import type { Finding, Findings, FindingsAsk, Kind } from './findings.types.js';

const MOST_ITEMS = 200;

@Injectable()
export class FindingsService {
  constructor(
    private readonly reads: LongReads,
    private readonly offices: OfficeStore,
  ) {}

  of(officeId: string, ask: FindingsAsk): Promise<Findings> {
    return this.reads.read((run) => this.all(run, officeId, ask));
  }

  private async all(run: Run, officeId: string, ask: FindingsAsk): Promise<Findings> {
    const items: Finding[] = [];
    const counts: Partial<Record<Kind, number>> = {};
    for (const kind of ask.kinds) {
      const found = await findingsOf(
        run,
        officeId,
        kind,
        ask,
        MOST_ITEMS,
        await this.parametersOf(run, officeId, kind, ask),
      );
      items.push(...found.items);
      counts[kind] = found.count;
    }
    return { items, counts };
  }

  /** `$5` and whatever else the kind's own statement takes. */
  private async parametersOf(run: Run, officeId: string, kind: Kind, ask: FindingsAsk): Promise<unknown[]> {
    if (kind === 'OUTSIDE_HOURS') return [null, ...(await this.closedMinutes(run, officeId, ask))];
    if (kind === 'LONG_PAUSE') return [ask.pauseDays, JSON.stringify(PAUSE_DAYS), OTHER_PAUSE_DAYS];
    return [null];
  }

  /** Minutes in which somebody acted while the office was closed, and the calendar that says so. */
  private async closedMinutes(run: Run, officeId: string, ask: FindingsAsk): Promise<[Date[], number[]]> {
    const closed: Minute[] = [];
    for (const one of await minutesOf(run, officeId, ask)) {
      const time = await this.offices.workingTime(officeId, one.calendar);
      const at = one.minute.getTime();
      if (time.nextWorking(at) !== at) closed.push(one);
    }
    return [closed.map(({ minute }) => minute), closed.map(({ calendar }) => calendar)];
  }
}
