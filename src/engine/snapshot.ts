/** Between a stored snapshot and a living one. Only what the machine needs is kept: value, context, history, status. */
import { initialTransition, type AnyMachineSnapshot, type AnyStateNode } from 'xstate';
import type { Service } from '../../machines/contract.js';

/** The snapshot of a case that was just opened. */
export function freshSnapshot({ machine }: Service): AnyMachineSnapshot {
  return initialTransition(machine)[0] as AnyMachineSnapshot;
}

export function store({ machine }: Service, snapshot: AnyMachineSnapshot): string {
  const { value, context, historyValue, status } = machine.getPersistedSnapshot(snapshot) as unknown as Record<
    string,
    unknown
  >;
  return JSON.stringify({ value, context, historyValue, status });
}

/** Only `restoreSnapshot` brings deep history back (hold and resume); `resolveState` would lose it. */
export function restore({ machine }: Service, stored: string): AnyMachineSnapshot {
  const kept = JSON.parse(stored) as object;
  return machine.restoreSnapshot({ ...kept, children: {} } as never, undefined as never) as AnyMachineSnapshot;
}

/** The innermost active state: the machines here are never parallel. */
export function leafOf(snapshot: AnyMachineSnapshot): AnyStateNode {
  const nodes = snapshot._nodes as AnyStateNode[];
  return nodes.reduce((deepest, node) => (node.path.length > deepest.path.length ? node : deepest));
}
