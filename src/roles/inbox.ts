/** The inbox route, the same for every role: mine to do, soonest due first. */
import { applyDecorators, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import type { Role } from '../../machines/contract.js';
import { ForRoles } from '../access/actor.guard.js';
import { Answers, Gives } from '../http/openapi.js';

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(400).optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

export function InboxRoute(roles: readonly Role[]) {
  return applyDecorators(
    Get('inbox'),
    ApiBearerAuth(),
    ApiOperation({
      summary: 'My inbox',
      description:
        'Cases that wait for this desk, soonest due first; paused ones last. `remainingSeconds` is working time, ' +
        `negative once the step is late.\n\nRoles: ${roles.join(', ')}.`,
    }),
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 } }),
    ApiQuery({
      name: 'cursor',
      required: false,
      schema: { type: 'string' },
      description: '`next` of the page before.',
    }),
    Gives(200, 'Inbox', 'One page.'),
    ForRoles(...roles),
    Answers(['INVALID_INPUT', 'INVALID_CURSOR', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']),
  );
}
