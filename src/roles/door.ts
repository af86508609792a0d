/**
 * A door: one route for one (role, event) pair. What it is called, what it takes and what it may answer all come from
 * the machine; the controller's method only hands the request to the engine.
 */
import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  Post,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { EventSpec, Role } from '../../machines/contract.js';
import { RELEASES } from '../../machines/registry.js';
import { ForRoles, type Reader } from '../access/actor.guard.js';
import type { Intent } from '../engine/types.js';
import { Answers, ExampleBody, Gives } from '../http/openapi.js';
import { idempotencyKeyOf, ifMatchOf, uuidOf } from '../http/request.js';

export const DOOR = 'alur:door';

/** Which roles come through a door, and with which event; read by the test that counts doors. */
export interface DoorPlan {
  readonly roles: readonly Role[];
  readonly event: string;
}

export const TRANSITION_CODES = [
  'INVALID_INPUT',
  'MALFORMED_JSON',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'TRANSITION_REFUSED',
  'STALE_CASE',
  'TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'IDEMPOTENCY_MISMATCH',
  'HISTORY_UNREADABLE',
  'IF_MATCH_REQUIRED',
] as const;

/** What does not move the case needs no ETag: it may be sent without having seen the last step. */
const RECORD_CODES = TRANSITION_CODES.filter((code) => code !== 'IF_MATCH_REQUIRED');

/** `RECEIVE_APPLICANT` is `receive-applicant` in a path. */
export function pathOf(event: string): string {
  return event.toLowerCase().replaceAll('_', '-');
}

/** The newest machine's word on the event. */
function specOf(event: string): EventSpec {
  const spec = RELEASES.map(({ service }) => service.events[event]).findLast((found) => found !== undefined);
  if (!spec) throw new Error(`No machine knows the event ${event}.`);
  return spec;
}

/** Headers every transition takes. */
export function TransitionHeaders(movesCase = true) {
  const ifMatch = 'The `stepSeq` you saw, as ETag (`"3"`). Refused with 412 when the case has moved on since.';
  return applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: movesCase,
      description: ifMatch,
      schema: { type: 'string', example: '"1"' },
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any token of your own: a repeat with the same key and body gets the same answer and changes nothing.',
      schema: { type: 'string', example: '7d1c0f0e' },
    }),
  );
}

export function Door(roles: readonly Role[], event: string) {
  const spec = specOf(event);
  const notes = [spec.outsideSop ? 'Outside the printed SOP: a reason is mandatory.' : '', spec.label.id];
  return applyDecorators(
    SetMetadata(DOOR, { roles, event } satisfies DoorPlan),
    Post(`cases/:id/${pathOf(event)}`),
    HttpCode(200),
    ApiBearerAuth(),
    ApiOperation({
      summary: spec.label.en,
      description: `${notes.filter(Boolean).join(' ')}\n\nRoles: ${roles.join(', ')}.`,
    }),
    ApiParam({ name: 'id', description: 'Case id', schema: { type: 'string', format: 'uuid' } }),
    TransitionHeaders(spec.movesCase),
    ExampleBody(spec.schema, spec.payload, spec.example),
    Gives(200, 'Case', 'The case after the act.'),
    ForRoles(...roles),
    Answers(spec.movesCase ? TRANSITION_CODES : RECORD_CODES),
  );
}

/** What came through the door: who, and the intent in terms of the engine. */
export interface Sent {
  readonly actor: Reader;
  readonly intent: Intent;
}

/** Builds the intent from the door's own plan: the route decides the event, never the body. */
export const Sent = createParamDecorator((_: unknown, context: ExecutionContext): Sent => {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }> & { actor: Reader }>();
  const plan = Reflect.getMetadata(DOOR, context.getHandler()) as DoorPlan;
  const intent = {
    caseId: uuidOf(request.params.id),
    event: plan.event,
    payload: request.body,
    stepSeq: ifMatchOf(request),
    key: idempotencyKeyOf(request),
    as: plan.roles,
  };
  return { actor: request.actor, intent };
});
