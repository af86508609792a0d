/**
 * What every service (one SOP at one version) tells the rest of the house about itself.
 *
 * Pure: types and zod schemas only. The engine reads a machine through this contract and through nothing else, so a
 * second SOP is one new machine beside the first and a line in `registry.ts`.
 */
import type { AnyEventObject, AnyStateMachine } from 'xstate';
import type { ZodObject } from 'zod';

/** Roles as the office knows them; titles on paper are dated data, these ids never change. */
export const ROLES = ['staff', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspector', 'client', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Roles whose holders carry out steps. `inspector` reads, `client` opens cases, `admin` keeps accounts. */
export const OFFICER_ROLES = ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] as const satisfies readonly Role[];

/** A sentence or label: Bahasa Indonesia is the office's language, English for those who ask for it. */
export interface Text {
  readonly id: string;
  readonly en: string;
}

/** One line of the column "kelengkapan": the paper, its name as printed, and papers the office takes in its place. */
export interface Requirement {
  readonly paper: string;
  readonly label: string;
  readonly or?: readonly string[];
}

/** One printed row of the SOP. Times are standard working minutes ("mutu baku: waktu"). */
export interface StepMeta {
  readonly kind: 'step';
  readonly no: number;
  readonly label: Text;
  /** The row's text as printed, and the performers whose boxes stand in that row, left to right. */
  readonly activity: string;
  readonly boxes: readonly string[];
  /** Whose clock runs. More than one role means: whichever of them the case names. */
  readonly accountable: readonly Role[];
  readonly minutes: number;
  readonly requirements: readonly Requirement[];
  readonly output: Requirement;
  /** Payload field that makes the output; without one, the output is listed in `papers`. */
  readonly outputField?: string;
}

/** A part of a step that has several boxes: it shares the step's clock, but somebody else must act. */
export interface DeskMeta {
  readonly kind: 'desk';
  readonly label: Text;
  readonly accountable: readonly Role[];
}

/** Between steps: the clock stands still until somebody lets the case go on. */
export interface PauseMeta {
  readonly kind: 'pause';
  readonly label: Text;
  readonly accountable: readonly Role[];
}

/** The case is over. */
export interface EndMeta {
  readonly kind: 'end';
  readonly label: Text;
}

export type StateMeta = StepMeta | DeskMeta | PauseMeta | EndMeta;

/** Who may send the event from this state. */
export interface TransitionMeta {
  readonly roles: readonly Role[];
}

/** Why something cannot be done: a stable code, the sentence in both languages, and what it speaks of. */
export interface Blocker {
  readonly code: string;
  readonly en: string;
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** True when the request itself can cure it, by saying more. */
  readonly curable: boolean;
}

/** Added to every machine event by the engine: who acts, in which role. */
export interface Act {
  readonly by: string;
  readonly role: Role;
}

/** An officer whom a payload names by role (and account), after the engine has looked them up. */
export interface Named {
  readonly role: Role;
  readonly id: string;
}

/** One guard, able to explain itself: an empty list lets the event pass. */
export type Rule = (given: { context: object; event: AnyEventObject }, params: unknown) => Blocker[];

export interface EventSpec {
  readonly label: Text;
  /** Name of the payload's schema in the OpenAPI document. */
  readonly schema: string;
  readonly payload: ZodObject;
  /** A body that works as it stands. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Not on the printed page: an exception with a mandatory reason. */
  readonly outsideSop: boolean;
  /** Payload fields that may hold personal data: kept apart from history, which holds only a salted commitment. */
  readonly personal: readonly string[];
  /** False for acts that only add a record: they leave the step as it is and need no If-Match. */
  readonly movesCase: boolean;
  /** Agenda book in which this act takes the next number. */
  readonly book?: 'incoming' | 'outgoing';
  /** Payload field whose `recipientRole` and `recipient` name an officer of the office. */
  readonly names?: string;
}

/** One rung: at more than `percent` of the standard minutes, somebody is told. */
export interface LadderLevel {
  readonly percent: number;
  readonly kind: 'warning' | 'breach' | 'escalation';
  /** Steps with fewer standard minutes have no such level: it would only be noise. */
  readonly fromMinutes: number;
  /** Roles, or whoever is accountable (by name where one is named), or the superiors of that role. */
  readonly tells: readonly (Role | 'accountable' | 'superiors')[];
}

export interface Ladder {
  /** Upwards. */
  readonly levels: readonly LadderLevel[];
  readonly superiors: Readonly<Partial<Record<Role, readonly Role[]>>>;
}

export interface Service {
  readonly id: string;
  readonly version: number;
  readonly title: Text;
  readonly sop: { readonly number: string; readonly name: string; readonly effectiveFrom: string };
  /** Prefix of case numbers, as in `KIM-2026-000123`. */
  readonly casePrefix: string;
  readonly opens: readonly Role[];
  /** Personal data asked for when a case is opened; never part of the history. */
  readonly applicant: ZodObject;
  readonly applicantExample: Readonly<Record<string, unknown>>;
  readonly papers: Readonly<Record<string, Text>>;
  readonly events: Readonly<Record<string, EventSpec>>;
  readonly rules: Readonly<Record<string, Rule>>;
  readonly machine: AnyStateMachine;
  /** Absent: the standard one of `ladder.ts`. */
  readonly ladder?: Ladder;
  /** The one officer a case is waiting for, where a disposition names them. */
  readonly namedOfficer: (context: object) => Named | null;
}

/** The compound state that holds the steps; its name is left out of state names (`open.intake` is `intake`). */
export const OPEN_STATE = 'open';
