/** From stored histories to what the audit report says of them. Pure. */
import { timeline, type TimelineItem } from '../inspection/timeline.js';
import { verifyChain } from '../inspection/verify.js';
import type { Zone } from '../sla/calendar.js';
import type { StoredCase } from './audit.store.js';
import { localTime } from './local-time.js';
import type { AuditCase, AuditLine, BrokenChain, Listed, ListName, Period } from './audit.types.js';

export function auditCase(
  officeId: string,
  one: StoredCase,
  zone: Zone,
): { case: AuditCase; broken: BrokenChain | null } {
  const { result, firstBad } = verifyChain(officeId, one.id, one.stored, one);
  const { id, caseNo, service, machineVersion, machineHash, state } = one;
  return {
    case: {
      id,
      caseNo,
      service,
      machineVersion,
      machineHash,
      openedAt: one.openedAt.toISOString(),
      closedAt: one.closedAt?.toISOString() ?? null,
      state,
      integrity: result,
      entries: timeline(one.stored, false).map((item) => lineOf(item, zone)),
    },
    broken: firstBad && { caseNo, ...firstBad },
  };
}

function lineOf(item: TimelineItem, zone: Zone): AuditLine {
  const { seq, at, event, outsideSop, actor, from, to, stepNo, usedMinutes, budgetMinutes, verdict, facts, hash } =
    item;
  const cause = facts.cause;
  return {
    seq,
    at,
    atLocal: localTime(new Date(at), zone),
    event,
    outsideSop,
    actor,
    from,
    to,
    stepNo,
    usedMinutes,
    budgetMinutes,
    verdict,
    reason: typeof cause === 'string' ? cause : null,
    facts,
    hash,
  };
}

/** Which entries a list holds. A correction sends a case back, or takes back what was decided. */
const BELONGS: Readonly<Record<ListName, (line: AuditLine) => boolean>> = {
  breaches: ({ event }) => event === 'SLA_BREACHED',
  outsideSop: ({ outsideSop }) => outsideSop,
  holds: ({ event }) => event === 'HOLD' || event === 'RESUME',
  corrections: ({ event }) => event === 'RETURN_INCOMPLETE' || event === 'RESUBMIT' || event === 'CALENDAR_CHANGED',
  acting: ({ actor }) => actor?.actingFor != null,
  reDispositions: ({ event }) => event === 'RECALL_DISPOSITION',
};

/** The entries of the period that belong to each list, in the order of the cases. */
export function listsOf(cases: readonly AuditCase[], { from, to }: Period): Record<ListName, Listed[]> {
  const [since, until] = [from.toISOString(), to.toISOString()];
  const inPeriod = cases.flatMap(({ caseNo, entries }) =>
    entries.filter(({ at }) => at >= since && at < until).map((line) => ({ caseNo, line })),
  );
  const list = (name: ListName) => inPeriod.filter(({ line }) => BELONGS[name](line)).map(listed);
  return {
    breaches: list('breaches'),
    outsideSop: list('outsideSop'),
    holds: list('holds'),
    corrections: list('corrections'),
    acting: list('acting'),
    reDispositions: list('reDispositions'),
  };
}

function listed({ caseNo, line }: { caseNo: string; line: AuditLine }): Listed {
  const { seq, at, atLocal, event, stepNo, actor, usedMinutes, budgetMinutes, reason } = line;
  return {
    caseNo,
    seq,
    at,
    atLocal,
    event,
    stepNo,
    actor: actor?.login ?? null,
    detail: {
      ...(usedMinutes !== null && { usedMinutes, budgetMinutes }),
      ...(reason !== null && { reason }),
      ...(actor?.actingFor && { letterNumber: actor.letterNumber }),
    },
  };
}
