/** The events of a case, run again through its machine: gives the stored state, or the history is not what happened. */
import { transition, type AnyMachineSnapshot } from 'xstate';
import type { Service } from '../../machines/contract.js';
import type { Entry } from './entry.js';
import { freshSnapshot } from './snapshot.js';

/** One entry further. Only the acts of people, after the opening, put a question to the machine. */
export function advance(service: Service, snapshot: AnyMachineSnapshot, entry: Entry): AnyMachineSnapshot {
  const { event, facts, actor, seq } = entry;
  if (actor === null || seq === 1) return snapshot;
  const machineEvent = { ...facts, type: event, by: actor.id, role: actor.role };
  const [next] = transition(service.machine, snapshot, machineEvent as never) as [AnyMachineSnapshot, unknown];
  return next;
}

export function replay(service: Service, entries: readonly Entry[]): AnyMachineSnapshot {
  return entries.reduce<AnyMachineSnapshot>(
    (snapshot, entry) => advance(service, snapshot, entry),
    freshSnapshot(service),
  );
}
