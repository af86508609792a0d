/** What this actor may do with the case now, and for what is in the way, why. Pure. */
import type { AnyMachineSnapshot, AnyTransitionDefinition } from 'xstate';
import type { Blocker, Role, Service, Text } from '../../machines/contract.js';
import { eventOf, blockersOf, rolesOf, transitionsFrom } from '../../machines/shape.js';
import { leafOf } from './snapshot.js';

/** An event the actor may send. `needs`: what the request has to bring for it to be accepted. */
export interface AllowedEvent {
  readonly event: string;
  readonly label: Text;
  /** Name of the payload's schema in the OpenAPI document. */
  readonly schema: string;
  readonly needs: readonly Blocker[];
}

export interface BlockedEvent {
  readonly event: string;
  readonly label: Text;
  readonly schema: string;
  readonly blockers: readonly Blocker[];
}

export interface Options {
  readonly allowed: readonly AllowedEvent[];
  readonly blocked: readonly BlockedEvent[];
}

export function wrongRole(roles: readonly Role[]): Blocker {
  return {
    code: 'WRONG_ROLE',
    en: `Only ${roles.join(' or ')} may do this here.`,
    id: `Hanya ${roles.join(' atau ')} yang dapat melakukannya di sini.`,
    params: { roles },
    curable: false,
  };
}

interface Holder {
  readonly id: string;
  readonly roles: readonly Role[];
}

/**
 * The role in which the actor would act: of those the transition names and they hold, the first in which nothing speaks
 * against it that saying more could not cure; else the first.
 */
export function actingRole(
  service: Service,
  transition: AnyTransitionDefinition,
  context: object,
  { id, roles }: Holder,
): Role | undefined {
  const held = rolesOf(transition).filter((role) => roles.includes(role));
  const open = held.find((role) => {
    const event = { type: eventOf(transition), by: id, role };
    return blockersOf(service, transition, { context, event }).every(({ curable }) => curable);
  });
  return open ?? held[0];
}

/** Readers kept for each snapshot: an office has a handful of people. */
const MOST = 64;
const known = new WeakMap<AnyMachineSnapshot, Map<string, Options>>();

/** Depends on nothing but the snapshot and the reader, so it is worked out once for both. */
export function optionsFor(service: Service, snapshot: AnyMachineSnapshot, actor: Holder): Options {
  let readers = known.get(snapshot);
  if (!readers || readers.size >= MOST) known.set(snapshot, (readers = new Map<string, Options>()));
  const key = `${actor.id} ${actor.roles.join(' ')}`;
  let options = readers.get(key);
  if (!options) readers.set(key, (options = workOut(service, snapshot, actor)));
  return options;
}

function workOut(service: Service, snapshot: AnyMachineSnapshot, actor: Holder): Options {
  const context = snapshot.context as object;
  const allowed: AllowedEvent[] = [];
  const blocked: BlockedEvent[] = [];
  for (const transition of transitionsFrom(leafOf(snapshot))) {
    const event = eventOf(transition);
    const spec = service.events[event];
    if (!spec) continue;
    const { label, schema } = spec;
    const role = actingRole(service, transition, context, actor);
    if (!role) {
      blocked.push({ event, label, schema, blockers: [wrongRole(rolesOf(transition))] });
      continue;
    }
    const blockers = blockersOf(service, transition, { context, event: { type: event, by: actor.id, role } });
    if (blockers.every(({ curable }) => curable)) allowed.push({ event, label, schema, needs: blockers });
    else blocked.push({ event, label, schema, blockers });
  }
  return { allowed, blocked };
}
