/** A procedure as data. */
import { flag, integer, items, list, object, oneOf, open, orNull, ref, text } from './shape.js';

const head = {
  id: text,
  version: integer,
  hash: { ...text, description: 'SHA-256 of the machine.' },
  title: ref('Text'),
};
const sop = { ...open, description: 'Number, date and name of the SOP as printed.' };

const paperNeeded = object({ paper: text, label: text, or: list(text) }, ['or']);

const printedStep = object(
  {
    state: text,
    kind: oneOf(['step']),
    no: integer,
    label: ref('Text'),
    activity: text,
    boxes: list(text),
    accountable: list(text),
    minutes: integer,
    requirements: list(paperNeeded),
    output: paperNeeded,
    outputField: text,
  },
  ['outputField'],
);

const event = object({
  label: ref('Text'),
  schema: text,
  outsideSop: flag,
  movesCase: flag,
  payload: { ...open, description: 'JSON schema.' },
  example: open,
});

const state = object({
  name: text,
  kind: text,
  label: ref('Text'),
  stepNo: orNull(integer),
  events: list(object({ event: text, roles: list(text), target: orNull(list(text)), guards: list(text) })),
});

const ladder = object({
  levels: list(object({ percent: integer, kind: text, fromMinutes: integer, tells: list(text) })),
  superiors: { type: 'object', additionalProperties: list(text) },
});

export const SERVICE_SHAPES = {
  Services: items(object({ ...head, sop })),
  Service: object({
    ...head,
    sop,
    opens: { ...list(text), description: 'Roles that may open a case.' },
    totalMinutes: integer,
    steps: list(printedStep),
    ladder,
    states: list(state),
    events: { type: 'object', additionalProperties: event },
    papers: open,
    applicant: object({ schema: open, example: open }),
  }),
};
