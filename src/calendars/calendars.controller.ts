/** The calendar an office goes by, for its administrators. */
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import {
  calendarChange,
  calendarPreview,
  holidayImport,
  holidayList,
  type CalendarChange,
  type CalendarPreview,
  type HolidayImport,
  type HolidayList,
} from './calendars.schemas.js';
import { Calendars } from './calendars.service.js';

const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
const BODY_CODES = ['INVALID_INPUT', 'MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', ...CODES] as const;

/** The whole range a calendar may have dates in. */
const YEAR = { name: 'year', schema: { type: 'string' as const, pattern: '^(20|21)\\d\\d$', example: '2028' } };
const yearOf = (text: string) => {
  if (!/^(20|21)\d\d$/.test(text)) throw new AppError('NOT_FOUND');
  return text;
};

@ApiTags('administration')
@ApiBearerAuth()
@ForRoles('admin')
@Controller('admin/calendar')
export class CalendarsController {
  constructor(private readonly calendars: Calendars) {}

  @Get()
  @ApiOperation({
    summary: "Read the office's calendar",
    description:
      'The version in force, and who made which version when and why. `finishedAt` is null while open cases are still being moved over.\n\nRoles: admin.',
  })
  @Gives(200, 'Calendar', 'The calendar and its versions, newest first.')
  @Answers(CODES)
  show(@Me() me: Reader) {
    return this.calendars.show(me);
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({
    summary: 'See what another calendar would change',
    description: 'Counts the open cases whose due time would move, with examples. Writes nothing.\n\nRoles: admin.',
  })
  @Gives(200, 'CalendarEffect', 'What would become of the open cases.')
  @Answers(BODY_CODES)
  preview(@Me() me: Reader, @Body({ schema: calendarPreview }) body: CalendarPreview) {
    return this.calendars.preview(me, body);
  }

  @Put()
  @ApiOperation({
    summary: "Change the office's calendar",
    description:
      'Makes a new version. The due times of open steps are worked out anew, each as an entry CALENDAR_CHANGED with the old and the new due time; what has been told and judged stays. Send the whole calendar, and the version you read.\n\nRoles: admin.',
  })
  @Gives(200, 'CalendarVersion', 'The new version.')
  @Answers([...BODY_CODES, 'STALE_CALENDAR'])
  change(@Me() me: Reader, @Body({ schema: calendarChange }) body: CalendarChange) {
    return this.calendars.change(me, body);
  }

  @Post('holidays/:year/preview')
  @HttpCode(200)
  @ApiParam(YEAR)
  @ApiOperation({
    summary: "See what a year's list of holidays would change",
    description: 'As the preview of a calendar. Writes nothing.\n\nRoles: admin.',
  })
  @Gives(200, 'CalendarEffect', 'What would become of the open cases.')
  @Answers(BODY_CODES)
  previewYear(@Me() me: Reader, @Param('year') year: string, @Body({ schema: holidayList }) body: HolidayList) {
    return this.calendars.previewYear(me, yearOf(year), body);
  }

  @Put('holidays/:year')
  @ApiParam(YEAR)
  @ApiOperation({
    summary: "Import a year's list of holidays",
    description:
      'The days of a decree, in the place of all the calendar had of that year; a new version, as by a change of the calendar. The legal basis stands at each day, and as the reason.\n\nRoles: admin.',
  })
  @Gives(200, 'CalendarVersion', 'The new version.')
  @Answers([...BODY_CODES, 'STALE_CALENDAR'])
  importYear(@Me() me: Reader, @Param('year') year: string, @Body({ schema: holidayImport }) body: HolidayImport) {
    return this.calendars.importYear(me, yearOf(year), body);
  }
}
