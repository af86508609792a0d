/** All shapes an answer may have, by the names they carry in the OpenAPI document. */
import { ADMIN_SHAPES } from './admin.shapes.js';
import { BOARD_SHAPES } from './board.shapes.js';
import { CASE_SHAPES } from './case.shapes.js';
import { INSPECTION_SHAPES } from './inspection.shapes.js';
import { NOTICE_SHAPES } from './notice.shapes.js';
import { SERVICE_SHAPES } from './service.shapes.js';
import { integer, list, object, open, ref, text, type Schema } from './shape.js';

const ANSWERS = {
  ...CASE_SHAPES,
  ...BOARD_SHAPES,
  ...SERVICE_SHAPES,
  ...NOTICE_SHAPES,
  ...ADMIN_SHAPES,
  ...INSPECTION_SHAPES,
};
export type ShapeName = keyof typeof ANSWERS;

/** `codes`: schema of the problem codes. */
export const schemas = (codes: Schema): Record<string, Schema> => ({
  ...ANSWERS,
  Text: object({ id: text, en: text }),
  Problem: object(
    {
      type: text,
      title: text,
      status: integer,
      code: codes,
      detail: text,
      details: ref('Text'),
      requestId: text,
      params: open,
      blockers: list(ref('Blocker')),
      allowed: list(open),
      issues: list(object({ path: text, message: text })),
    },
    ['params', 'blockers', 'allowed', 'issues', 'requestId'],
  ),
});
