/** Any version of the office's calendar, for everyone who may read its cases: what a clock was judged by. */
import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { OFFICER_ROLES } from '../../machines/contract.js';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Calendars } from './calendars.service.js';

const READERS = [...OFFICER_ROLES, 'client', 'inspector'] as const;
const VERSION = /^[1-9]\d{0,8}$/;

@ApiTags('cases')
@ApiBearerAuth()
@Controller('calendars')
export class CalendarVersionsController {
  constructor(private readonly calendars: Calendars) {}

  @Get(':version')
  @ForRoles(...READERS)
  @ApiOperation({
    summary: "Read a version of the office's calendar",
    description: `A version never changes. Each stretch of \`GET /cases/{id}/clock\` names the one it is judged by, so its pieces can be worked out again (docs/clock.md).\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ApiParam({ name: 'version', schema: { type: 'integer', minimum: 1 } })
  @Gives(200, 'KeptCalendar', 'The calendar of that version.')
  @Answers(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])
  version(@Me() { officeId }: Reader, @Param('version') version: string) {
    if (!VERSION.test(version)) throw new AppError('NOT_FOUND');
    return this.calendars.version(officeId, Number(version));
  }
}
