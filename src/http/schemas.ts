/** Shapes of the answers, for the OpenAPI document. */
type Schema = Record<string, unknown>;

const object = (properties: Record<string, Schema>, optional: string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const list = (items: Schema): Schema => ({ type: 'array', items });
const text: Schema = { type: 'string' };
const integer: Schema = { type: 'integer' };
const number: Schema = { type: 'number' };
const flag: Schema = { type: 'boolean' };
const instant: Schema = { type: 'string', format: 'date-time' };
const uuid: Schema = { type: 'string', format: 'uuid' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

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

const caseItem = object({
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
});

export const SCHEMAS = (codes: Schema): Record<string, Schema> => ({
  Text: object({ id: text, en: text }),
  Blocker: blocker,
  Case: caseShape,
  CasePage: object({
    items: list(caseItem),
    next: orNull(text),
    counts: object({ total: integer, capped: flag, byState: { type: 'object', additionalProperties: integer } }),
  }),
  Inbox: object({ items: list(inboxItem), next: orNull(text) }),
  Problem: object(
    {
      type: text,
      title: text,
      status: integer,
      code: codes,
      detail: text,
      details: ref('Text'),
      requestId: text,
      params: { type: 'object' },
      blockers: list(ref('Blocker')),
      allowed: list({ type: 'object' }),
      issues: list(object({ path: text, message: text })),
    },
    ['params', 'blockers', 'allowed', 'issues', 'requestId'],
  ),
});
