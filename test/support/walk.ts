/** The KIM machine alone, moved by xstate's pure `transition`: no engine, no clock, no database. */
import { transition, type AnyMachineSnapshot } from 'xstate';
import type { Named, Role } from '../../machines/contract.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import type { KimContext } from '../../machines/kim-member-service.v1.js';
import { blockersOf, rolesOf, stateName, transitionsFrom } from '../../machines/shape.js';
import { freshSnapshot, leafOf, restore, store } from '../../src/engine/snapshot.js';

export interface Sent {
  readonly type: string;
  readonly by: string;
  readonly role: Role;
  readonly papers?: readonly string[];
  readonly named?: Named;
  readonly [field: string]: unknown;
}

export const KABID: Named = { role: 'kabid', id: 'the-kabid' };

/** The printed path as machine events, each with its example's fields. */
export const STEPS: readonly Sent[] = (
  [
    ['RECEIVE_APPLICANT', 'staff'],
    ['REGISTER_LETTER', 'staff'],
    ['ISSUE_DISPOSITION', 'kadin'],
    ['RECORD_DISPOSITION', 'staff'],
    ['DELIVER_DISPOSITION', 'staff'],
    ['FOLLOW_UP_DISPOSITION', 'kabid'],
    ['COMPLETE_SERVICE', 'staff'],
    ['FILE_DOCUMENTS', 'staff'],
    ['CONFIRM_ARCHIVE', 'kasi'],
  ] as const
).map(([type, role]) => ({
  ...service.events[type]?.example,
  ...(type === 'ISSUE_DISPOSITION' && { named: KABID }),
  type,
  role,
  by: `the-${role}`,
}));

export const nameOf = (snapshot: AnyMachineSnapshot): string => stateName(leafOf(snapshot));
export const contextOf = (snapshot: AnyMachineSnapshot): KimContext => snapshot.context as KimContext;

export function send(snapshot: AnyMachineSnapshot, event: Sent): AnyMachineSnapshot {
  return transition(service.machine, snapshot, event as never)[0] as AnyMachineSnapshot;
}

/** Sends and insists that the machine took it. */
export function must(snapshot: AnyMachineSnapshot, event: Sent): AnyMachineSnapshot {
  const before = blockers(snapshot, event);
  if (before.length > 0) throw new Error(`${event.type} in ${nameOf(snapshot)}: ${JSON.stringify(before)}`);
  return send(snapshot, event);
}

/** What stands in the way of the event, by the rules that explain the guards. */
export function blockers(snapshot: AnyMachineSnapshot, event: Sent) {
  const found = transitionsFrom(leafOf(snapshot)).find(({ eventType }) => eventType === event.type);
  if (!found || !rolesOf(found).includes(event.role)) return [{ code: 'NO_SUCH_WAY', params: {} }];
  return blockersOf(service, found, { context: contextOf(snapshot), event });
}

/** A fresh case moved along the printed path until it is in `state`. */
export function at(state: string): AnyMachineSnapshot {
  let snapshot = freshSnapshot(service);
  for (const step of STEPS) {
    if (nameOf(snapshot) === state) return snapshot;
    snapshot = must(snapshot, step);
  }
  return snapshot;
}

/** The step of the path that leaves `state`. */
export function stepFrom(state: string): Sent {
  const snapshot = at(state);
  const step = STEPS.find(({ type }) => transitionsFrom(leafOf(snapshot)).some(({ eventType }) => eventType === type));
  if (!step) throw new Error(`nothing leads on from ${state}`);
  return step;
}

/** As the database keeps it and gives it back. */
export function stored(snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
  return restore(service, store(service, snapshot));
}
