/** What an inspector would otherwise look for by hand, as queries. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PAUSE_DAYS } from '../../machines/pauses.js';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { Answers, Gives } from '../http/openapi.js';
import { inOrder, INSTANT, instant, OUT_OF_ORDER } from '../http/period.js';
import { FindingsService } from './findings.service.js';
import { KINDS } from './findings.types.js';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 400;

const findingsQuery = z
  .strictObject({
    from: instant,
    to: instant,
    kind: z.enum(KINDS).optional(),
    pauseDays: z.coerce.number().int().min(1).max(365).optional(),
  })
  .refine(inOrder, OUT_OF_ORDER)
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= LONGEST_DAYS * DAY_MS, {
    path: ['to'],
    message: `at most ${LONGEST_DAYS} days after from`,
  });

@ApiTags('inspection')
@ApiBearerAuth()
@ForRoles('inspector')
@Controller('inspection/findings')
export class FindingsController {
  constructor(private readonly findings: FindingsService) {}

  @Get()
  @ApiOperation({
    summary: 'Findings of a period',
    description:
      'By kind, newest first, 200 of each at most; `counts` has them all. OUTSIDE_AUTHORITY: no grant of the role, or no order ' +
      'to act, was in force. TWO_ROLES: one person acted in several roles of one case. OUTSIDE_HOURS: the office was closed, by ' +
      'the calendar the act was judged by. AGENDA_GAP: numbers of a book that no case has. AGENDA_VOID: numbers of cases that were withdrawn, cancelled or ' +
      'rejected. DATED_LATER: a letter dated after the ' +
      'day it was entered. LONG_PAUSE: a hold or return of more days than its reason allows, or than `pauseDays`. REOPENED: a step visited more than once. ' +
      'LAST_SECOND: somebody who ended steps within the last second of their standard time, three times or more. UNREADABLE: the ' +
      'stored text is no entry, so that no other kind can judge it. A finding is a ' +
      'question, not a verdict.\n\nRoles: inspector.',
  })
  @ApiQuery({ name: 'from', required: true, schema: INSTANT })
  @ApiQuery({ name: 'to', required: true, schema: INSTANT, description: 'At most 400 days later.' })
  @ApiQuery({ name: 'kind', required: false, schema: { type: 'string', enum: [...KINDS] } })
  @ApiQuery({
    name: 'pauseDays',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 365 },
    description: `Without it, by the reason: ${JSON.stringify(PAUSE_DAYS)}.`,
  })
  @Gives(200, 'Findings', 'What was found.')
  @Answers(['INVALID_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'REPORT_TOO_LARGE', 'RATE_LIMITED'])
  async list(@Me() { officeId }: Reader, @Query({ schema: findingsQuery }) query: z.infer<typeof findingsQuery>) {
    const { kind, pauseDays = null } = query;
    const [from, to] = [new Date(query.from), new Date(query.to)];
    const found = await this.findings.of(officeId, { from, to, kinds: kind ? [kind] : KINDS, pauseDays });
    return { from, to, pauseDays, ...found };
  }
}
