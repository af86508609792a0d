/** A case as its readers see it: the engine's answer, the clock as it stands, numbers, and the applicant where allowed. */
import { Injectable } from '@nestjs/common';
import { OFFICER_ROLES } from '../../machines/contract.js';
import type { Reader } from '../access/actor.guard.js';
import { minutesOf } from '../engine/answer.js';
import type { CaseAnswer } from '../engine/answer.types.js';
import { Engine } from '../engine/engine.service.js';
import { OfficeStore } from '../engine/office.store.js';
import type { CaseRow } from '../engine/types.js';
import { budgetMs, usedMs } from '../engine/visit.js';
import { CasesStore, type AgendaNumber } from './cases.store.js';

export interface ClockView {
  readonly running: boolean;
  readonly usedMinutes: number;
  readonly budgetMinutes: number;
  /** Working seconds left; negative once the standard time is used up. */
  readonly remainingSeconds: number;
  readonly dueAt: string | null;
  /** After this instant the step is late. */
  readonly breachAt: string | null;
  readonly late: boolean;
  readonly calendarVersion: number;
}

export interface CaseView extends CaseAnswer {
  readonly openedAt: string;
  readonly closedAt: string | null;
  /** When the desk this step waits for first looked at the case; its clock runs from the start of the step. */
  readonly deskOpenedAt: string | null;
  readonly clock: ClockView | null;
  readonly agenda: readonly AgendaNumber[];
  /** Personal data: for the office's officers and clients; reads by clients are recorded; never for inspectors. */
  readonly applicant: Readonly<Record<string, unknown>> | null;
}

/** Roles that see who the applicant is. */
const SEES_APPLICANT: readonly string[] = [...OFFICER_ROLES, 'client'];

/** Of the office itself, or a client acting for one of its officers. */
export function isOfficer({ grants }: Reader): boolean {
  return grants.some(({ role }) => (OFFICER_ROLES as readonly string[]).includes(role));
}

export function seesApplicants({ grants }: Reader): boolean {
  return grants.some(({ role }) => SEES_APPLICANT.includes(role));
}

/** The step waits for this reader: by role, and by name where the disposition names one. */
function isDesk({ grants, accountId, clientId }: Reader, row: CaseRow): boolean {
  const named = row.deskAccount === null || row.deskAccount === accountId;
  return row.clockStartedAt !== null && clientId === null && named && grants.some(({ role }) => role === row.deskRole);
}

@Injectable()
export class CaseViews {
  constructor(
    private readonly engine: Engine,
    private readonly store: CasesStore,
    private readonly offices: OfficeStore,
  ) {}

  async view(reader: Reader, caseId: string): Promise<CaseView> {
    const { row, now, answer } = await this.engine.view(reader, caseId);
    const personal = seesApplicants(reader);
    if (personal && reader.kind === 'client') {
      await this.store.recordPersonalRead(row.officeId, row.id, reader.clientId ?? reader.accountId);
    }
    if (isDesk(reader, row)) await this.store.recordDeskOpening(row.officeId, row.id, row.visit, reader.accountId);
    const [clock, agenda, applicant, deskOpenedAt] = await Promise.all([
      this.clock(row, now),
      this.store.agenda(row.officeId, row.id),
      personal ? this.store.applicant(row.officeId, row.id) : null,
      this.store.deskOpenedAt(row.officeId, row.id, row.visit),
    ]);
    return {
      ...answer,
      openedAt: new Date(row.openedAt).toISOString(),
      closedAt: row.closedAt === null ? null : new Date(row.closedAt).toISOString(),
      deskOpenedAt: deskOpenedAt?.toISOString() ?? null,
      clock,
      agenda: personal ? agenda : agenda.map((number) => ({ ...number, letter: {} })),
      applicant,
    };
  }

  /** The present visit's clock; null once the case is closed. */
  async clock(row: CaseRow, now: number): Promise<ClockView | null> {
    if (row.closedAt !== null || row.budgetMinutes === null) return null;
    const time = await this.offices.workingTime(row.officeId, row.calendarVersion);
    const used = usedMs(row, time, now);
    const budget = budgetMs(row, time);
    return {
      running: row.clockStartedAt !== null,
      usedMinutes: minutesOf(used, { budgetMinutes: row.budgetMinutes, budgetMs: budget }),
      budgetMinutes: row.budgetMinutes,
      remainingSeconds: Math.floor((budget - used) / 1000),
      dueAt: row.dueAt === null ? null : new Date(row.dueAt).toISOString(),
      breachAt: row.breachAt === null ? null : new Date(row.breachAt).toISOString(),
      late: row.breachAt !== null && row.breachAt < now,
      calendarVersion: row.calendarVersion,
    };
  }
}
