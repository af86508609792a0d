/** What the case-handling API takes. Title and example go into the OpenAPI document with the schema. */
import { z } from 'zod';
import { RELEASES } from '../../machines/registry.js';

const example = RELEASES[0]?.service;

export const newCase = z
  .strictObject({
    service: z.string().min(1).max(60),
    /** Checked by the service's own schema; see GET /services/{id}. */
    applicant: z.record(z.string(), z.unknown()),
  })
  .meta({ title: 'NewCase', example: { service: example?.id, applicant: example?.applicantExample } });
export type NewCase = z.infer<typeof newCase>;

export const anyEvent = z
  .strictObject({
    type: z.string().min(1).max(60),
    payload: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({
    title: 'AnyEvent',
    example: { type: 'RECEIVE_APPLICANT', payload: example?.events.RECEIVE_APPLICANT?.example },
  });
export type AnyEvent = z.infer<typeof anyEvent>;

export const caseQuery = z.strictObject({
  /** One state or several, separated by commas. */
  state: z
    .string()
    .regex(/^[A-Za-z.]+(,[A-Za-z.]+)*$/)
    .max(300)
    .optional(),
  /** The step at which open cases are, or from which they were put on hold or sent back. */
  step: z.coerce.number().int().min(1).max(99).optional(),
  late: z.enum(['true', 'false']).optional(),
  /** Login of an officer who acted on the case or is named in it. */
  officer: z.string().min(1).max(60).optional(),
  /** Opened on these dates (office's zone), both included. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  /** Part of the case number, or of the applicant's name, KIM, village or purpose. */
  text: z.string().trim().min(3).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(400).optional(),
});
export type CaseQuery = z.infer<typeof caseQuery>;
