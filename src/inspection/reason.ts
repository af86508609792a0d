/** Why an inspector reads personal data: in words, kept with the name of the reader. */
import { ApiHeader } from '@nestjs/swagger';
import { z } from 'zod';
import { AppError } from '../errors.js';

export const SHORTEST = 10;
export const LONGEST = 500;
/** In words: whoever is concerned will read it. */
const reason = z
  .string()
  .trim()
  .min(SHORTEST)
  .max(LONGEST)
  .regex(/\p{L}{3}/u);

/** The header `Reason`, or the refusal that asks for it. */
export function reasonOf(given: string | undefined): string {
  const parsed = reason.safeParse(decoded(given));
  if (parsed.success) return parsed.data;
  const message = `say why, in ${SHORTEST} to ${LONGEST} characters`;
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'Reason', message }] });
}

/** The header in the OpenAPI document. */
export function ReasonHeader(required: boolean) {
  const example = 'Aduan 12/INSP/2026: pemohon menyangkal';
  const schema = { type: 'string', minLength: SHORTEST, maxLength: LONGEST, example } as const;
  return ApiHeader({ name: 'Reason', required, schema });
}

/** Headers arrive as Latin-1: UTF-8 sent as such is read as what it is. */
function decoded(text = ''): string {
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return utf8.includes('\uFFFD') ? text : utf8;
}
