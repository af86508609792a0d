/** Reading a machine's structure: state nodes, names, transitions, guards. Everything here is derived, nothing decided. */
import { and, type AnyEventObject, type AnyStateNode, type AnyTransitionDefinition } from 'xstate';
import type { Blocker, Role, Service, StateMeta, StepMeta, TransitionMeta } from './contract.js';
import { OPEN_STATE } from './contract.js';

/** Machines do not change while the program runs: what is derived from one is derived once. */
function once<K extends object, V>(derive: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = derive(key);
    known.set(key, value);
    return value;
  };
}

/** All nodes of the machine but the root and history pseudo-states, in document order. */
export const stateNodes = once((service: Service): readonly AnyStateNode[] => {
  const walk = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states as Record<string, AnyStateNode>).flatMap((child) => [child, ...walk(child)]);
  return walk(service.machine.root).filter(({ type }) => type !== 'history');
});

const rolesByEvent = once((service: Service): ReadonlyMap<string, readonly Role[]> => {
  const found = new Map<string, Set<Role>>();
  for (const node of stateNodes(service)) {
    for (const [event, definitions] of node.transitions as Map<string, AnyTransitionDefinition[]>) {
      const roles = found.get(event) ?? new Set();
      for (const role of definitions.flatMap(rolesOf)) roles.add(role);
      found.set(event, roles);
    }
  }
  return new Map([...found].map(([event, roles]) => [event, [...roles]]));
});

/** Roles that may send the event from at least one state. */
export function rolesEver(service: Service, event: string): readonly Role[] {
  return rolesByEvent(service).get(event) ?? [];
}

/** `open.archiving.filing` is called `archiving.filing`: the compound that holds the steps says nothing new. */
export function stateName(node: AnyStateNode): string {
  const path = node.path[0] === OPEN_STATE ? node.path.slice(1) : node.path;
  return path.join('.');
}

export function metaOf(node: AnyStateNode): StateMeta | undefined {
  return node.meta as StateMeta | undefined;
}

/** The step a node belongs to: its own, or the one of the compound it is a part of. */
export function stepNodeOf(node: AnyStateNode): AnyStateNode | undefined {
  for (let at: AnyStateNode | undefined = node; at; at = at.parent as AnyStateNode | undefined) {
    if (metaOf(at)?.kind === 'step') return at;
  }
  return undefined;
}

/** The printed rows, in their order, each with the name of its state. */
export const stepsOf = once((service: Service): readonly (StepMeta & { readonly state: string })[] =>
  stateNodes(service).flatMap((node) => {
    const meta = metaOf(node);
    return meta?.kind === 'step' ? [{ state: stateName(node), ...meta }] : [];
  }),
);

/** Standard minutes of the whole SOP. */
export function totalMinutes(service: Service): number {
  return stepsOf(service).reduce((sum, { minutes }) => sum + minutes, 0);
}

export function stepMetaOf(node: AnyStateNode): StepMeta | undefined {
  const step = stepNodeOf(node);
  return step && (metaOf(step) as StepMeta);
}

/** Transitions a node answers to: its own first, then those of the compounds around it. */
export const transitionsFrom = once((node: AnyStateNode): readonly AnyTransitionDefinition[] => {
  const seen = new Set<string>();
  const found: AnyTransitionDefinition[] = [];
  for (let at: AnyStateNode | undefined = node; at; at = at.parent as AnyStateNode | undefined) {
    for (const [event, definitions] of at.transitions as Map<string, AnyTransitionDefinition[]>) {
      if (!seen.has(event)) found.push(...definitions);
      seen.add(event);
    }
  }
  return found;
});

/** The event a transition answers to. */
export function eventOf(transition: AnyTransitionDefinition): string {
  return transition.eventType as string;
}

export function rolesOf(transition: AnyTransitionDefinition): TransitionMeta['roles'] {
  return (transition.meta as TransitionMeta | undefined)?.roles ?? [];
}

interface NamedGuard {
  type: string;
  params?: unknown;
}

interface Compound {
  check?: unknown;
  guards?: unknown[];
}

/** How xstate evaluates `and`: `or` looks the same from outside, but no list of blockers can say it. */
const { check: CHECK_AND } = and([]) as Compound;

/** The named guards of a transition, `and([...])` unfolded. Other functions have no name and come back as `(inline)`. */
export function guardsOf(guard: unknown): NamedGuard[] {
  if (guard === undefined) return [];
  if (typeof guard === 'string') return [{ type: guard }];
  if (typeof guard === 'function') {
    const { check, guards = [] } = guard as Compound;
    return check === CHECK_AND ? guards.flatMap(guardsOf) : [{ type: '(inline)' }];
  }
  return [guard as NamedGuard];
}

const guardsIn = once((transition: AnyTransitionDefinition): readonly NamedGuard[] => guardsOf(transition.guard));

/** Everything that stands in the way of this event, in the order the guards are written. */
export function blockersOf(
  service: Service,
  transition: AnyTransitionDefinition,
  given: { context: object; event: AnyEventObject },
): Blocker[] {
  return guardsIn(transition).flatMap(({ type, params }) => service.rules[type]?.(given, params) ?? []);
}
