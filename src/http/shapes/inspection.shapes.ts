/** What inspectors read: histories, proofs, findings, the audit report. */
import { historyEntry } from './case.shapes.js';
import {
  instant,
  integer,
  items,
  list,
  number,
  object,
  oneOf,
  open,
  orNull,
  page,
  text,
  uuid,
  type Schema,
} from './shape.js';

const of = { id: uuid, caseNo: text };
const result = oneOf(['PASS', 'FAIL']);

const standing = object({
  seq: { ...integer, description: 'The entry that left it so.' },
  at: instant,
  event: { ...text, description: 'UNREADABLE where the stored text is no entry: what follows is then unknown.' },
  hash: text,
  state: orNull(text),
  stepSeq: orNull(integer),
  visit: orNull(integer),
  dueAt: orNull(instant),
});

const checkpoint = object({ size: integer, rootHex: text, keyId: text, note: text, signedAt: instant });

const key = object({
  keyId: text,
  verifierKey: { ...text, description: 'C2SP verifier key.' },
  fromSize: integer,
  endorsement: { ...orNull(text), description: 'By the key before it; null for the first.' },
  addedAt: instant,
});

const finding = object({
  kind: text,
  caseId: orNull(uuid),
  caseNo: orNull(text),
  seq: orNull(integer),
  at: instant,
  actor: orNull(text),
  detail: open,
});

const counts: Schema = { type: 'object', additionalProperties: integer };
const findings = { items: list(finding), counts };

const letter = object({ book: text, year: integer, seq: integer, letter: open });

const office = object({ id: uuid, code: text, name: text, letterNumber: orNull(text), until: orNull(instant) });

const overdue = object({
  caseNo: text,
  state: text,
  stepNo: orNull(integer),
  dueAt: instant,
  dueAtLocal: text,
  desk: orNull(text),
});

const refusedAttempt = object({
  at: instant,
  atLocal: text,
  actor: orNull(text),
  client: orNull(text),
  caseNo: orNull(text),
  route: text,
  code: text,
  reasons: list(text),
  times: integer,
});

const noticeCount = object({
  kind: text,
  notices: integer,
  acknowledged: integer,
  sent: integer,
  waiting: integer,
  givenUp: integer,
  medianDelaySeconds: orNull(number),
  longestDelaySeconds: orNull(number),
});

export const INSPECTION_SHAPES = {
  FullHistory: object({ ...of, entries: list(object({ ...historyEntry, text })) }),
  CaseAsOf: object({ ...of, at: orNull(instant), standing: orNull(standing) }),
  ChainVerdict: object({
    ...of,
    result,
    entries: integer,
    lastHash: orNull(text),
    firstBad: orNull(object({ seq: integer, reason: text })),
  }),
  LogKeys: items(key),
  Checkpoints: page(checkpoint),
  Proof: object({ index: integer, leaf: text, text, proof: list(text), checkpoint: text }),
  PersonalData: object({
    ...of,
    applicant: orNull(open),
    remarks: list(object({ seq: integer, text: open })),
    letters: list(letter),
  }),
  InspectedOffices: object({ accountId: uuid, items: list(office) }),
  Findings: object({ from: instant, to: instant, pauseDays: orNull(integer), ...findings }),
  AuditReport: object({
    header: open,
    integrity: object({
      result,
      cases: integer,
      entries: integer,
      broken: list(object({ caseNo: text, seq: integer, reason: text })),
      checkpoint: orNull(object({ size: integer, rootHash: text, note: text })),
    }),
    lists: { type: 'object', additionalProperties: list(open) },
    overdueNow: list(overdue),
    refusedAttempts: list(refusedAttempt),
    totals: object({ overdueNow: integer, refusedAttempts: integer }),
    findings: object(findings),
    notices: list(noticeCount),
    cases: list(open),
  }),
};
