/** Headers and path parameters of a case request, read strictly. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.js';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const KEY = /^[\x21-\x7e]{1,200}$/;
const STEP = /^"(\d{1,9})"$/;

/** A malformed id is answered like an unknown one: there is no such thing in this office. */
export function uuidOf(value: unknown): string {
  const text = String(value).toLowerCase();
  if (!UUID.test(text)) throw new AppError('NOT_FOUND');
  return text;
}

export function idempotencyKeyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (!KEY.test(String(key))) throw invalidHeader('Idempotency-Key', 'must be 1 to 200 visible ASCII characters');
  return String(key);
}

/** The step sequence the caller saw. Only one exact ETag is taken: `*` would mean "whatever it is by now". */
export function ifMatchOf({ headers }: FastifyRequest): number | null {
  const tag = headers['if-match'];
  if (tag === undefined) return null;
  const step = STEP.exec(tag);
  if (!step) throw invalidHeader('If-Match', 'must be the case\'s ETag, as in "3"');
  return Number(step[1]);
}

function invalidHeader(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { issues: [{ path, message }] });
}

/** The `:id` of the path. */
export const Id = createParamDecorator((name: string | undefined, context: ExecutionContext): string => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  return uuidOf(params[name ?? 'id']);
});

export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotencyKeyOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
