/** The words the engine, its SQL and its doors share. Instants are epoch milliseconds unless a name says otherwise. */
import type { Blocker, Role, Text } from '../../machines/contract.js';
import type { ErrorCode } from '../errors.js';

export interface Grant {
  readonly role: Role;
  /** The officer whose role is carried out under an order Plh./Plt., and that order's letter number. */
  readonly actingFor: string | null;
  readonly letterNumber: string | null;
}

/** Who acts. Everything but the account id comes from the database at each request. */
export interface Actor {
  readonly accountId: string;
  readonly officeId: string;
  readonly grants: readonly Grant[];
  /** The client application that acts on this officer's behalf. */
  readonly clientId: string | null;
}

/** The hash, size and type of an uploaded file; set by the documents door, never by a caller. */
export interface FileFacts {
  readonly documentId: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly contentType: string;
}

export interface Intent {
  readonly caseId: string;
  readonly event: string;
  readonly payload: unknown;
  /** The step sequence the caller saw (If-Match), or null where none was sent. */
  readonly stepSeq: number | null;
  /** Idempotency-Key, or null. */
  readonly key: string | null;
  readonly file?: FileFacts;
  /** Roles of the door the request came through; absent at the generic door. */
  readonly as?: readonly Role[];
}

/** A case as it stands in the database. */
export interface CaseRow {
  readonly officeId: string;
  readonly id: string;
  readonly caseNo: string;
  readonly service: string;
  readonly machineVersion: number;
  readonly machineHash: string;
  readonly version: number;
  readonly stepSeq: number;
  readonly visit: number;
  readonly snapshot: string;
  readonly state: string;
  readonly stepNo: number | null;
  readonly deskRole: Role | null;
  readonly deskAccount: string | null;
  readonly lastHash: string;
  readonly lastAt: number;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly calendarVersion: number;
  readonly visitStartedAt: number;
  readonly budgetMinutes: number | null;
  readonly usedMs: number;
  readonly clockStartedAt: number | null;
  readonly dueAt: number | null;
  readonly breachAt: number | null;
  readonly nextAlarmAt: number | null;
  readonly firedLevel: number;
}

/** The part of a case a write replaces. */
export type CaseChange = Omit<
  CaseRow,
  'officeId' | 'id' | 'caseNo' | 'service' | 'machineVersion' | 'machineHash' | 'lastHash' | 'openedAt'
>;

export interface HistoryWrite {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly actorId: string | null;
  readonly visit: number;
  readonly level: number | null;
  /** The entry's text; where a number is allocated, it goes between `text` and `tail`. */
  readonly text: string;
  readonly tail: string;
}

export interface NoticeWrite {
  readonly kind: string;
  readonly level: number;
  readonly recipientId: string;
  readonly text: Text;
}

export interface PrivateText {
  readonly saltHex: string;
  readonly data: string;
}

/** A number to be taken in the same statement: the next of (office, book or case prefix, year). */
export interface NumberWanted {
  readonly name: string;
  readonly year: number;
  readonly width: number;
  readonly letter: Readonly<Record<string, unknown>> | null;
}

/** All that one decision writes, in one statement. */
export interface CaseWrite {
  readonly officeId: string;
  readonly caseId: string;
  readonly openedAt: number;
  readonly expectedVersion: number;
  readonly change: CaseChange;
  /** System entries that became due before this act. */
  readonly earlier: readonly (HistoryWrite & { hash: string })[];
  readonly last: HistoryWrite;
  readonly request: { readonly key: string; readonly hashHex: string } | null;
  readonly payload: PrivateText | null;
  readonly notices: readonly NoticeWrite[];
  readonly number: NumberWanted | null;
}

/** A refusal as a value; the doors turn it into a problem. */
export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
  /** True where the case's present state is the reason: a caller with a stale view must look again first. */
  readonly ofState?: true;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly blockers?: readonly Blocker[];
  readonly allowed?: readonly unknown[];
  readonly issues?: readonly { path: string; message: string }[];
}

/** People of an office, for recipients and notices. */
export interface Directory {
  readonly officeId: string;
  readonly calendarVersion: number;
  readonly holders: readonly { role: Role; accountId: string; login: string }[];
  readonly titles: Readonly<Partial<Record<Role, string>>>;
}

export type { Blocker, Role, Text };
