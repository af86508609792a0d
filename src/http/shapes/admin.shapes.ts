/** Answers of the administrators' doors. */
import { flag, instant, integer, items, list, object, oneOf, open, orNull, page, text, uuid } from './shape.js';

const account = object({
  id: uuid,
  login: text,
  name: text,
  email: orNull(text),
  kind: oneOf(['officer', 'client']),
  scopes: orNull(list(text)),
  disabledAt: orNull(instant),
  mustChangePassword: flag,
  roles: list(text),
});

const identity = object({ id: uuid, issuer: text, subject: text });

const orderKind = oneOf(['PLH', 'PLT']);

const grant = object({
  id: uuid,
  role: text,
  from: { ...orNull(instant), description: 'Null: from the beginning.' },
  until: { ...orNull(instant), description: 'Null: without an end.' },
  order: orNull(orderKind),
  actingFor: orNull(uuid),
  letterNumber: orNull(text),
});

const mandate = object({
  id: uuid,
  account: object({ id: uuid, login: text, name: text }),
  office: object({ code: text, name: text }),
  letterNumber: text,
  from: instant,
  until: instant,
});

const secret = object({ id: uuid, createdAt: instant, expiresAt: instant, revokedAt: orNull(instant) });

const logEntry = object({
  id: uuid,
  at: instant,
  actor: orNull(text),
  action: text,
  subjectId: text,
  old: orNull(open),
  new: orNull(open),
});

const calendarVersion = object({
  version: integer,
  createdAt: instant,
  by: orNull(text),
  reason: orNull(text),
  casesMoved: integer,
  finishedAt: { ...orNull(instant), description: 'Null while open cases are still being moved over.' },
});

const movedCase = object({
  id: uuid,
  caseNo: text,
  stepNo: orNull(integer),
  oldDueAt: orNull(instant),
  newDueAt: orNull(instant),
});

const firstPassword = { ...text, description: 'Shown this once.' };

export const ADMIN_SHAPES = {
  Id: object({ id: uuid }),
  Account: account,
  Accounts: page(account),
  NewAccountAnswer: object({ id: uuid, login: text, name: text, firstPassword }),
  FirstPassword: object({ id: uuid, firstPassword }),
  Identity: identity,
  Identities: items(identity),
  Client: object({ id: uuid, login: text, name: text, scopes: list(text) }),
  Secrets: page(secret),
  Secret: object({ id: uuid, secret: { ...text, description: 'Shown this once.' }, days: integer }),
  Grants: page(grant),
  Grant: object({ id: uuid, role: text, from: instant, until: instant }, ['from', 'until']),
  ActingOrder: object({
    id: uuid,
    kind: orderKind,
    role: text,
    actingFor: uuid,
    letterNumber: text,
    from: instant,
    until: instant,
  }),
  Mandates: page(mandate),
  Mandate: object({ id: uuid, accountId: uuid, letterNumber: text, from: instant, until: instant }, ['from']),
  Office: object({
    id: uuid,
    code: text,
    name: text,
    unitCode: text,
    letterClassification: text,
    letterTemplate: text,
    titles: list(
      object({ role: text, title: text, validFrom: { ...orNull(text), description: 'Null: from the beginning.' } }),
    ),
  }),
  AdminLog: page(logEntry),
  Calendar: object({ version: integer, calendar: open, versions: list(calendarVersion) }),
  CalendarVersion: object({ version: integer }),
  KeptCalendar: object({ version: integer, createdAt: instant, calendar: open }),
  CalendarEffect: object({
    openCases: integer,
    paused: integer,
    dueLater: integer,
    dueEarlier: integer,
    dueUnchanged: integer,
    lateAtOnce: integer,
    lateNoMore: integer,
    examples: list(movedCase),
    capped: { ...flag, description: 'True where not all open cases were looked at.' },
  }),
};
