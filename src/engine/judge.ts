/**
 * May this event happen? Refusals come in the order a person would ask: is there such an event, may this role ever send
 * it, does the case take it now, is the payload sound, do the guards agree. Pure.
 */
import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import type { Blocker, EventSpec, Named, Role, Service } from '../../machines/contract.js';
import { blockersOf, rolesEver, rolesOf, stateName, transitionsFrom } from '../../machines/shape.js';
import { actingRole, optionsFor, wrongRole } from './allowed.js';
import { leafOf } from './snapshot.js';
import type { Directory, Refusal } from './types.js';

export interface Judged {
  readonly ok: true;
  readonly spec: EventSpec;
  readonly role: Role;
  /** Payload fields that enter the machine and the history. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Payload fields that stay apart from history. */
  readonly personal: Readonly<Record<string, unknown>>;
  readonly machineEvent: { type: string; by: string; role: Role } & Record<string, unknown>;
}

interface Question {
  readonly service: Service;
  readonly snapshot: AnyMachineSnapshot;
  readonly actor: { readonly id: string; readonly roles: readonly Role[] };
  readonly event: string;
  readonly payload: unknown;
  readonly directory: Directory;
  readonly extraFacts?: Readonly<Record<string, unknown>>;
}

export function judge(question: Question): Judged | Refusal {
  const { service, snapshot, actor, event } = question;
  const spec = specOf(service, event);
  if (!spec) return { ok: false, code: 'UNKNOWN_EVENT', params: { event, service: service.id } };

  const everywhere = rolesEver(service, event);
  if (!everywhere.some((role) => actor.roles.includes(role))) return forbidden(everywhere);

  const leaf = leafOf(snapshot);
  const transition = transitionsFrom(leaf).find(({ eventType }) => eventType === event);
  if (!transition) return refused(question, [wrongState(leaf, event)]);
  const context = snapshot.context as object;
  const role = actingRole(service, transition, context, actor);
  if (!role) return { ...forbidden(rolesOf(transition)), ofState: true };

  const parsed = spec.payload.safeParse(question.payload ?? {});
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return { ok: false, code: 'INVALID_INPUT', issues };
  }
  const { facts, personal } = split(parsed.data, spec);
  const named = spec.names ? findNamed(question.directory, facts[spec.names]) : undefined;
  const { extraFacts } = question;
  const found = named && 'id' in named ? { named } : undefined;
  const kept = extraFacts || found ? { ...facts, ...extraFacts, ...found } : facts;
  const machineEvent = { ...kept, type: event, by: actor.id, role };
  const blockers = [
    ...(named && 'code' in named ? [named] : []),
    ...blockersOf(service, transition, { context, event: machineEvent }),
  ];
  if (blockers.length > 0) return refused(question, blockers);
  return { ok: true, spec, role, facts: kept, personal, machineEvent };
}

/** Own names only: `constructor` is a name every object knows. */
function specOf({ events }: Service, event: string): EventSpec | undefined {
  return Object.hasOwn(events, event) ? events[event] : undefined;
}

function forbidden(roles: readonly Role[]): Refusal {
  return { ok: false, code: 'FORBIDDEN', params: { roles: roles.join(', ') }, blockers: [wrongRole(roles)] };
}

function refused({ service, snapshot, actor }: Question, blockers: readonly Blocker[]): Refusal {
  const { allowed } = optionsFor(service, snapshot, actor);
  return { ok: false, code: 'TRANSITION_REFUSED', ofState: true, blockers, allowed };
}

function wrongState(leaf: AnyStateNode, event: string): Blocker {
  const state = stateName(leaf);
  return {
    code: 'WRONG_STATE',
    en: `In state ${state} the case takes no ${event}.`,
    id: `Pada keadaan ${state}, berkas tidak menerima ${event}.`,
    params: { state, event },
    curable: false,
  };
}

function split(payload: Record<string, unknown>, { personal }: EventSpec) {
  const parts = { facts: {} as Record<string, unknown>, personal: {} as Record<string, unknown> };
  for (const field of Object.keys(payload)) {
    const value = payload[field];
    if (value !== undefined) parts[personal.includes(field) ? 'personal' : 'facts'][field] = value;
  }
  return parts;
}

/** The one officer of the office whom a payload names by role, and by account where several hold it. */
function findNamed(directory: Directory, field: unknown): Named | Blocker | undefined {
  if (field === undefined) return undefined;
  const { recipientRole: role, recipient } = field as { recipientRole: Role; recipient?: string };
  const inRole = directory.holders.filter((holder) => holder.role === role);
  const found = inRole.filter(({ login }) => recipient === undefined || login === recipient);
  const params = { role, recipient: recipient ?? null, choices: inRole.map(({ login }) => login) };
  if (found[0] && found.length === 1) return { role, id: found[0].accountId };
  const several = found.length > 1;
  const choices = params.choices.join(', ') || '-';
  return {
    code: several ? 'RECIPIENT_AMBIGUOUS' : 'RECIPIENT_UNKNOWN',
    en: several
      ? `Several officers hold ${role}: name one in "recipient" (${choices}).`
      : `No such officer holds ${role} in this office. Choose from: ${choices}.`,
    id: several
      ? `Ada beberapa ${role}: sebutkan satu di "recipient" (${choices}).`
      : `Tidak ada pejabat itu sebagai ${role} di kantor ini. Pilih dari: ${choices}.`,
    params,
    curable: true,
  };
}
