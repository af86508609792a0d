/**
 * Between a stored snapshot and a living one. Only what the machine needs is kept: value, context, history, status.
 * Living snapshots never change and cases at the same place in their SOP have the same text, so each text is brought to
 * life once and kept while it is in use.
 */
import {
  createActor,
  initialTransition,
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
} from 'xstate';
import type { Service } from '../../machines/contract.js';

/** Texts kept alive for each service; beyond that the one unused for longest goes. */
const MOST = 512;

const living = new WeakMap<Service, Map<string, AnyMachineSnapshot>>();
const texts = new WeakMap<AnyMachineSnapshot, string>();

const fresh = new WeakMap<Service, AnyMachineSnapshot>();

/** The snapshot of a case that was just opened: one for all of them. */
export function freshSnapshot(service: Service): AnyMachineSnapshot {
  let snapshot = fresh.get(service);
  if (!snapshot) fresh.set(service, (snapshot = initialTransition(service.machine)[0] as AnyMachineSnapshot));
  return snapshot;
}

const scopes = new WeakMap<AnyStateMachine, AnyActorScope>();

/** What xstate's `transition()` makes anew each time, an actor and its initial snapshot: one for each machine will do. */
function scopeOf(machine: AnyStateMachine): AnyActorScope {
  const known = scopes.get(machine);
  if (known) return known;
  const self = createActor(machine);
  const nothing = () => undefined;
  const scope: AnyActorScope = {
    self,
    id: '',
    sessionId: '',
    system: self.system,
    logger: nothing,
    defer: nothing,
    stopChild: nothing,
    emit: nothing,
    actionExecutor: nothing,
  };
  scopes.set(machine, scope);
  return scope;
}

/** Where an event leads. Pure: the machines here have no actions but `assign`, and nothing is executed. */
function step({ machine }: Service, snapshot: AnyMachineSnapshot, event: AnyEventObject): AnyMachineSnapshot {
  return machine.transition(snapshot, event, scopeOf(machine) as never) as AnyMachineSnapshot;
}

export function store({ machine }: Service, snapshot: AnyMachineSnapshot): string {
  const known = texts.get(snapshot);
  if (known !== undefined) return known;
  const { value, context, historyValue, status } = machine.getPersistedSnapshot(snapshot) as unknown as Record<
    string,
    unknown
  >;
  const text = JSON.stringify({ value, context, historyValue, status });
  texts.set(snapshot, text);
  return text;
}

/** Only `restoreSnapshot` brings deep history back (hold and resume); `resolveState` would lose it. */
export function restore(service: Service, stored: string): AnyMachineSnapshot {
  return kept(service, stored, () => {
    const parsed = JSON.parse(stored) as object;
    const { machine } = service;
    return machine.restoreSnapshot({ ...parsed, children: {} } as never, undefined as never) as AnyMachineSnapshot;
  });
}

/** Ways kept for each snapshot; all are dropped when they are too many, since working one out again is cheap. */
const MOST_WAYS = 64;
/** For each snapshot, the text of the one that an event leads to: texts, so that no snapshot keeps others alive. */
const ways = new WeakMap<AnyMachineSnapshot, Map<string, string>>();

/** Where an event leads, as the one snapshot that stands for all with the same text; the same event is worked out once. */
export function follow(service: Service, snapshot: AnyMachineSnapshot, event: AnyEventObject): AnyMachineSnapshot {
  let known = ways.get(snapshot);
  if (!known || known.size >= MOST_WAYS) ways.set(snapshot, (known = new Map<string, string>()));
  const key = JSON.stringify(event);
  let text = known.get(key);
  if (text === undefined) known.set(key, (text = store(service, step(service, snapshot, event))));
  return restore(service, text);
}

function kept(service: Service, text: string, make: () => AnyMachineSnapshot): AnyMachineSnapshot {
  let known = living.get(service);
  if (!known) living.set(service, (known = new Map<string, AnyMachineSnapshot>()));
  const found = known.get(text) ?? make();
  known.delete(text);
  known.set(text, found);
  texts.set(found, text);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  return found;
}

/** The innermost active state: the machines here are never parallel. */
export function leafOf(snapshot: AnyMachineSnapshot): AnyStateNode {
  const nodes = snapshot._nodes as AnyStateNode[];
  return nodes.reduce((deepest, node) => (node.path.length > deepest.path.length ? node : deepest));
}
