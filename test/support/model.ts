/**
 * Paths through the real machine, by xstate/graph: every edge a person may take, in every role that may take it, from
 * the shortest way there. What a path promises is then asked of the running system.
 */
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths } from 'xstate/graph';
import type { Role, Service } from '../../machines/contract.js';
import { eventOf, rolesOf, stateName, transitionsFrom } from '../../machines/shape.js';
import { leafOf } from '../../src/engine/snapshot.js';
import { accountId, HOLDERS } from './http.js';

/** An event as the machine takes it, with the body that makes it. */
export interface ModelEvent extends AnyEventObject {
  readonly role: Role;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface ModelStep {
  readonly event: ModelEvent;
  readonly after: AnyMachineSnapshot;
}

export const nameOf = (snapshot: AnyMachineSnapshot): string => stateName(leafOf(snapshot));

/** The disposition decides who must act next: both choices are roads of their own. */
const DISPOSED_TO = ['kabid', 'sekdin'] as const;

function eventsAt(service: Service, snapshot: AnyMachineSnapshot): ModelEvent[] {
  return transitionsFrom(leafOf(snapshot)).flatMap((transition) => {
    const type = eventOf(transition);
    const example = service.events[type]?.example ?? {};
    return rolesOf(transition).flatMap((role): ModelEvent[] => {
      const common = { type, role, by: accountId(HOLDERS[role]) };
      if (!service.events[type]?.names) return [{ ...example, ...common, payload: example }];
      return DISPOSED_TO.map((to) => {
        const payload = { ...example, disposition: { recipientRole: to } };
        return { ...payload, ...common, named: { role: to, id: accountId(HOLDERS[to]) }, payload };
      });
    });
  });
}

/** Papers on file grow without end; where the case stands, whom it names and who may lift a pause is what matters. */
function placeOf(snapshot: AnyMachineSnapshot): string {
  const { recipient, heldFrom } = snapshot.context as { recipient: { role: Role } | null; heldFrom: readonly Role[] };
  const history = Object.values(snapshot.historyValue as Record<string, { id: string }[]>).flat();
  const paused = ['held', 'returned'].includes(nameOf(snapshot));
  return JSON.stringify([
    snapshot.value,
    recipient?.role ?? null,
    ...(paused ? [history.map(({ id }) => id), nameOf(snapshot) === 'held' ? heldFrom : []] : []),
  ]);
}

/** `held RESUME kasi -> intake`: what a path has to show once. */
export function edgeOf(before: AnyMachineSnapshot, { type, role }: ModelEvent, after: AnyMachineSnapshot): string {
  return `${nameOf(before)} ${type} ${role} -> ${nameOf(after)}`;
}

/** Paths that together take every edge; longest first, so that the short ones they contain fall away. */
export function coveringPaths(service: Service): ModelStep[][] {
  const events = (snapshot: AnyMachineSnapshot) => eventsAt(service, snapshot);
  const options = { events, serializeState: placeOf };
  const machine = service.machine;
  const shortest = new Map(
    getShortestPaths(machine, options as never).map(({ state, steps }) => [placeOf(state), steps]),
  );
  const edges = adjacencyMapToArray(getAdjacencyMap(machine as never, options as never)) as {
    state: AnyMachineSnapshot;
    event: ModelEvent;
    nextState: AnyMachineSnapshot;
  }[];
  const paths = edges
    .filter(({ state, event }) => state.can(event as never))
    .map(({ state, event, nextState }) => {
      // xstate lists the state before each event, and the first one under an event of its own.
      const way = [...(shortest.get(placeOf(state)) ?? [])].slice(1) as {
        state: AnyMachineSnapshot;
        event: ModelEvent;
      }[];
      return [...way.map((step) => ({ event: step.event, after: step.state })), { event, after: nextState }];
    })
    .sort((a, b) => b.length - a.length);
  return withoutRepeats(service, paths);
}

function withoutRepeats(service: Service, paths: readonly ModelStep[][]): ModelStep[][] {
  const seen = new Set<string>();
  const start = getShortestPaths(service.machine, { events: [] } as never)[0]!.state as AnyMachineSnapshot;
  return paths.filter((path) => {
    const edges = path.map(({ event, after }, index) => edgeOf(path[index - 1]?.after ?? start, event, after));
    if (seen.has(edges.at(-1) ?? '')) return false;
    edges.forEach((edge) => seen.add(edge));
    return true;
  });
}
