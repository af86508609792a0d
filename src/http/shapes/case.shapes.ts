/** Answers about cases: their standing, lists, clock, history, papers. */
import {
  flag,
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
  ref,
  text,
  uuid,
  type Schema,
} from './shape.js';

const blocker = object({ code: text, en: text, id: text, params: { type: 'object' }, curable: flag });

const step = object({
  no: integer,
  label: ref('Text'),
  accountable: list(text),
  minutes: integer,
  requirements: list(object({ paper: text, label: text, or: list(text) }, ['or'])),
  output: object({ paper: text, label: text }),
});

const clock = object({
  running: flag,
  usedMinutes: number,
  budgetMinutes: integer,
  remainingSeconds: { ...integer, description: 'Working seconds left; negative once the standard time is used up.' },
  dueAt: orNull(instant),
  breachAt: { ...orNull(instant), description: 'After this instant the step is late.' },
  late: flag,
  calendarVersion: integer,
});

const numberTaken = object({ name: text, year: integer, value: text });

const last = object({
  event: text,
  at: instant,
  usedMinutes: orNull(number),
  budgetMinutes: orNull(integer),
  verdict: orNull({ type: 'string', enum: ['ON_TIME', 'LATE'] }),
  number: orNull(numberTaken),
});

const agenda = object({
  book: { type: 'string', enum: ['incoming', 'outgoing'] },
  year: integer,
  seq: integer,
  letter: { type: 'object' },
  letterNumber: text,
});

const caseShape = object(
  {
    id: uuid,
    caseNo: { ...text, examples: ['KIM-2026-000123'] },
    service: object({ id: text, version: integer }),
    state: text,
    stateLabel: ref('Text'),
    closed: flag,
    step: orNull(step),
    stepSeq: { ...integer, description: 'What If-Match speaks of; also sent as ETag.' },
    visit: integer,
    dueAt: orNull(instant),
    last,
    allowed: list(object({ event: text, label: ref('Text'), schema: text, needs: list(ref('Blocker')) })),
    blocked: list(object({ event: text, label: ref('Text'), schema: text, blockers: list(ref('Blocker')) })),
    receipt: object({ seq: integer, hash: text }),
    openedAt: instant,
    closedAt: orNull(instant),
    deskOpenedAt: orNull(instant),
    clock: orNull(clock),
    agenda: list(agenda),
    applicant: orNull({ type: 'object' }),
  },
  ['openedAt', 'closedAt', 'deskOpenedAt', 'clock', 'agenda', 'applicant'],
);

const inboxItem = object({
  id: uuid,
  caseNo: text,
  service: text,
  state: text,
  stateLabel: ref('Text'),
  stepNo: orNull(integer),
  stepSeq: integer,
  openedAt: instant,
  dueAt: orNull(instant),
  late: flag,
  remainingSeconds: orNull(integer),
});

const caseItem = {
  id: uuid,
  caseNo: text,
  service: text,
  state: text,
  stepNo: orNull(integer),
  stepSeq: integer,
  openedAt: instant,
  closedAt: orNull(instant),
  dueAt: orNull(instant),
  late: flag,
};

const used = { netMs: integer, grossMs: integer, netMinutes: number, grossMinutes: number };

const clockSegment = object({
  kind: { type: 'string', enum: ['worked', 'outsideHours', 'holiday', 'held'] },
  from: instant,
  to: instant,
  ms: integer,
});

const clockVisit = object({
  no: integer,
  stepNo: orNull(integer),
  startedAt: instant,
  endedAt: orNull(instant),
  budgetMinutes: integer,
  budgetMs: integer,
  dueAt: orNull(instant),
  dueSeq: { ...orNull(integer), description: 'The history entry that set the due time.' },
  breachAt: { ...orNull(instant), description: 'After this instant the visit is late.' },
  late: flag,
  verdict: orNull({ type: 'string', enum: ['ON_TIME', 'LATE'] }),
  ...used,
  stretches: list(
    object({
      kind: { type: 'string', enum: ['running', 'paused'] },
      from: instant,
      to: instant,
      fromSeq: { ...integer, description: 'The history entry that began it.' },
      toSeq: { ...orNull(integer), description: 'The history entry that ended it; null while it lasts.' },
      calendar: { ...integer, description: "Version of the office's calendar it is judged by." },
      segments: list(clockSegment),
    }),
  ),
});

const caseClock = object({
  id: uuid,
  caseNo: text,
  at: instant,
  sopMinutes: integer,
  remainingMs: { ...integer, description: "Net time left of the SOP's total; negative once it is used up." },
  verdict: {
    type: 'string',
    enum: ['WITHIN', 'OVER', 'OPEN'],
    description: 'Of the whole case against `sopMinutes`. OPEN: not over, and not ended.',
  },
  ...used,
  visits: list(clockVisit),
});

const casePage = (item: Schema) =>
  object({
    items: list(item),
    next: orNull(text),
    counts: object({ total: integer, capped: flag, byState: { type: 'object', additionalProperties: integer } }),
  });

/** An entry of a case's history; free text only for the office itself. */
export const historyEntry: Record<string, Schema> = {
  seq: integer,
  at: instant,
  event: { ...text, description: 'UNREADABLE where the stored text is no entry: what the others say is then unknown.' },
  outsideSop: flag,
  actor: orNull(
    object({
      login: orNull(text),
      name: orNull(text),
      role: text,
      actingFor: orNull(text),
      letterNumber: orNull(text),
      client: orNull(text),
    }),
  ),
  from: orNull(text),
  to: orNull(text),
  stepNo: orNull(integer),
  visit: orNull(integer),
  usedMinutes: orNull(number),
  budgetMinutes: orNull(integer),
  verdict: orNull(oneOf(['ON_TIME', 'LATE'])),
  number: orNull(numberTaken),
  facts: open,
  remarks: orNull(open),
  prev: { ...text, description: 'Hash of the entry before it, in hex.' },
  hash: text,
};

const paper = object({
  kind: text,
  medium: oneOf(['file', 'paper']),
  documentId: orNull(text),
  contentType: orNull(text),
  sizeBytes: orNull(integer),
  sha256: orNull(text),
  recordedAt: instant,
  event: text,
  seq: integer,
});

export const CASE_SHAPES = {
  Blocker: blocker,
  Case: caseShape,
  CaseClock: caseClock,
  CaseHistory: object({ id: uuid, caseNo: text, entries: list(object(historyEntry)) }),
  CasePage: casePage(object(caseItem)),
  InspectedCasePage: casePage(object({ ...caseItem, office: text })),
  Inbox: page(inboxItem),
  Papers: items(paper),
};
