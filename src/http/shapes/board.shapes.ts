/** Answers of the board and of the report on working minutes. */
import { instant, integer, list, number, object, orNull, ref, text } from './shape.js';

const desk = { role: orNull(text), login: orNull(text), name: orNull(text) };

const board = object({
  asOf: { ...instant, description: 'No figure is older than this.' },
  steps: list(object({ no: integer, label: ref('Text'), open: integer })),
  open: integer,
  lateNow: { ...integer, description: 'Late and the clock runs.' },
  dueWithinHour: { ...integer, description: 'Not late yet, due in the next sixty minutes.' },
  paused: { ...integer, description: 'On hold or returned.' },
  pausedLate: { ...integer, description: 'Those of the paused that were late before the pause.' },
  today: object({ finished: integer, onTime: integer, share: orNull(number) }),
  desks: list(object({ ...desk, open: integer, late: integer, paused: integer })),
  officers: list(object({ login: text, name: text, finished: integer, onTime: integer })),
});

const reportRow = object({
  month: orNull(text),
  step: orNull(integer),
  login: orNull(text),
  name: orNull(text),
  finished: { ...integer, description: 'Step visits that ended.' },
  onTimePercent: orNull(number),
  medianMinutes: { ...orNull(number), description: 'Working minutes of the finished visits, by nearest rank.' },
  p90Minutes: orNull(number),
  breaches: { ...integer, description: 'Finished visits that were late.' },
  outsideSop: { ...integer, description: 'All acts outside the printed SOP, among them the next three.' },
  holds: integer,
  returns: integer,
  recalls: integer,
});

export const BOARD_SHAPES = {
  Board: board,
  SlaReport: object({ from: text, to: text, groupBy: list(text), rows: list(reportRow) }),
};
