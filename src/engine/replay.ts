/** The events of a case, run again through its machine: gives the stored state, or the history is not what happened. */
import { transition, type AnyMachineSnapshot } from 'xstate';
import type { Service } from '../../machines/contract.js';
import type { Entry } from './entry.js';
import { freshSnapshot } from './snapshot.js';

/** Entries that put a question to the machine: those of people, after the opening. */
function isAct({ actor, seq }: Entry): boolean {
  return actor !== null && seq > 1;
}

export function replay(service: Service, entries: readonly Entry[]): AnyMachineSnapshot {
  return entries.filter(isAct).reduce<AnyMachineSnapshot>((snapshot, { event, facts, actor }) => {
    const machineEvent = { ...facts, type: event, by: actor?.id, role: actor?.role };
    const [next] = transition(service.machine, snapshot, machineEvent as never) as [AnyMachineSnapshot, unknown];
    return next;
  }, freshSnapshot(service));
}
