/** Pages of cases with their counts. */
import { Injectable } from '@nestjs/common';
import type { Reader } from '../access/actor.guard.js';
import { Registry } from '../../machines/registry.js';
import { metaOf, stateName, stateNodes, stepMetaOf } from '../../machines/shape.js';
import { OfficeStore } from '../engine/office.store.js';
import { cursorOf, instantKey, readCursor } from '../http/cursor.js';
import { ZONES } from '../sla/calendar.js';
import { seesApplicants } from './case-view.service.js';
import type { CaseQuery } from './cases.schemas.js';
import { CasesStore, type Counts } from './cases.store.js';

export interface CaseItem {
  readonly id: string;
  readonly caseNo: string;
  readonly service: string;
  readonly state: string;
  readonly stepNo: number | null;
  readonly stepSeq: number;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly dueAt: string | null;
  readonly late: boolean;
}

export interface CasePage {
  readonly items: CaseItem[];
  readonly next: string | null;
  readonly counts: Counts;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

@Injectable()
export class CaseLists {
  constructor(
    private readonly store: CasesStore,
    private readonly offices: OfficeStore,
    private readonly registry: Registry,
  ) {}

  /** A step is open in its own states and in every pause: those that a step can be left for and come back to. */
  private statesOf({ state, step }: CaseQuery): string[] | null {
    const asked = state ? [...new Set(state.split(','))] : null;
    if (!step) return asked;
    const nodes = this.registry.all().flatMap(({ service }) => [...stateNodes(service)]);
    const ofStep = nodes
      .filter((node) => stepMetaOf(node)?.no === step || metaOf(node)?.kind === 'pause')
      .map(stateName);
    return [...new Set(ofStep)].filter((name) => asked?.includes(name) ?? true);
  }

  async page(reader: Reader, query: CaseQuery): Promise<CasePage> {
    const after = readCursor(query.cursor, instantKey);
    const { calendarVersion } = await this.offices.directory(reader.officeId);
    const { calendar } = await this.offices.workingTime(reader.officeId, calendarVersion);
    const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`) - ZONES[calendar.zone] * HOUR_MS;
    const scope = {
      officeId: reader.officeId,
      personal: seesApplicants(reader),
      fromMs: query.from ? midnight(query.from) : null,
      untilMs: query.to ? midnight(query.to) + DAY_MS : null,
      states: this.statesOf(query),
    };
    const { rows, counts } = await this.store.find(scope, query, after);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    return {
      items: shown.map((row) => ({
        id: row.id,
        caseNo: row.caseNo,
        service: row.service,
        state: row.state,
        stepNo: row.stepNo,
        stepSeq: row.stepSeq,
        openedAt: new Date(row.openedAt).toISOString(),
        closedAt: iso(row.closedAt),
        dueAt: iso(row.dueAt),
        late: row.closedAt === null && row.breachAt !== null && row.breachAt < row.now,
      })),
      next: rows.length > query.limit && last ? cursorOf([last.openedAt, last.id]) : null,
      counts,
    };
  }
}
