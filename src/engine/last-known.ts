/**
 * Cases as this process last left them, so that the next act on one need not read it again. Only ever a guess: whatever is
 * decided on it is written where the version still matches, and nobody is refused by it (engine.service.ts).
 */
import type { CaseRow, CaseWrite } from './types.js';
import type { Opening, OpeningWrite } from './append.fields.js';

/** About a kilobyte each; beyond that the one left alone for longest goes. */
const MOST = 4096;

interface Known {
  readonly row: CaseRow;
  readonly officers: readonly string[];
}

const NOBODY: readonly string[] = [];

export class LastKnown {
  private readonly cases = new Map<string, Known>();

  constructor(private readonly most = MOST) {}

  get(officeId: string, caseId: string): CaseRow | null {
    return this.cases.get(name(officeId, caseId))?.row ?? null;
  }

  /** Who is known to be on record as taking part in it: by the very row that was remembered, or by nobody's word. */
  officers({ officeId, id, lastHash }: Pick<CaseRow, 'officeId' | 'id' | 'lastHash'>): readonly string[] {
    const known = this.cases.get(name(officeId, id));
    return known?.row.lastHash === lastHash ? known.officers : NOBODY;
  }

  keep(row: CaseRow, officers: readonly string[] = NOBODY): void {
    const key = name(row.officeId, row.id);
    // Closed cases are seldom asked again.
    this.cases.delete(key);
    if (row.closedAt !== null) return;
    this.cases.set(key, { row, officers });
    const [oldest] = this.cases.keys();
    if (this.cases.size > this.most && oldest !== undefined) this.cases.delete(oldest);
  }

  forget(officeId: string, caseId: string): void {
    this.cases.delete(name(officeId, caseId));
  }
}

/** Who acts, and who is named for the next step, unless they are on record; what the clock says is nobody's act. */
export function newcomers({ last, change }: CaseWrite, officers: readonly string[]): readonly string[] {
  const { actorId } = last;
  const { deskAccount } = change;
  if (actorId === null) return NOBODY;
  const isNew = (id: string | null): id is string => id !== null && !officers.includes(id);
  if (!isNew(actorId) && !isNew(deskAccount)) return NOBODY;
  return [actorId, deskAccount].filter(isNew);
}

/** A case that was just opened. */
export function afterOpening(
  { officeId, caseId: id, openedAt, change }: OpeningWrite['write'],
  { service, machineVersion, machineHash }: Opening,
  caseNo: string,
  lastHash: string,
): CaseRow {
  return changed({ officeId, id, caseNo, service, machineVersion, machineHash, openedAt }, change, lastHash);
}

/** A case once `change` is durable; field by field, since spread it would be a slow copy for each act. */
export function changed(
  head: Omit<CaseRow, keyof CaseWrite['change'] | 'lastHash'>,
  change: CaseWrite['change'],
  lastHash: string,
): CaseRow {
  return {
    officeId: head.officeId,
    id: head.id,
    caseNo: head.caseNo,
    service: head.service,
    machineVersion: head.machineVersion,
    machineHash: head.machineHash,
    openedAt: head.openedAt,
    lastHash,
    version: change.version,
    stepSeq: change.stepSeq,
    visit: change.visit,
    snapshot: change.snapshot,
    state: change.state,
    stepNo: change.stepNo,
    deskRole: change.deskRole,
    deskAccount: change.deskAccount,
    lastAt: change.lastAt,
    closedAt: change.closedAt,
    calendarVersion: change.calendarVersion,
    visitStartedAt: change.visitStartedAt,
    budgetMinutes: change.budgetMinutes,
    usedMs: change.usedMs,
    clockStartedAt: change.clockStartedAt,
    dueAt: change.dueAt,
    breachAt: change.breachAt,
    nextAlarmAt: change.nextAlarmAt,
    firedLevel: change.firedLevel,
  };
}

function name(officeId: string, caseId: string): string {
  return `${officeId} ${caseId}`;
}
